"""Clips as numbers: in order, in parallel, and kept for the next run."""

import os

import numpy as np
import pytest
import soundfile

from ser_core import dataset
from ser_core.corpora import Clip
from ser_core.dataset import measure
from ser_core.errors import CorpusError
from tests.voices import SAMPLE_RATE, silence, talk

FAMILIES = ("tonnetz", "prosody")


@pytest.fixture
def clips(tmp_path):
    found = []
    for number, (pitch, emotion) in enumerate(((110, "sad"), (180, "happy"), (260, "angry"))):
        path = tmp_path / f"{number}.wav"
        soundfile.write(path, talk(pitch=pitch), SAMPLE_RATE)
        found.append(Clip(path=path, emotion=emotion, speaker=f"s{number}", corpus="made"))
    return found


def test_rows_are_in_the_order_of_the_clips(clips, tmp_path):
    data = measure(clips, families=FAMILIES, cache=tmp_path / "cache", n_jobs=2)
    assert data.emotions.tolist() == ["sad", "happy", "angry"]
    assert data.speakers.tolist() == ["s0", "s1", "s2"]
    pitches = data.features[
        :, dataset.features.feature_names(FAMILIES).index("prosody.pitch_semitones.mean")
    ]
    assert (np.diff(pitches) > 0).all()
    assert data.clips_by_corpus() == {"made": 3}
    assert data.take(data.emotions == "sad").speakers.tolist() == ["s0"]


def test_a_second_run_measures_nothing_and_a_changed_file_is_measured_anew(
    clips, tmp_path, monkeypatch
):
    cache = tmp_path / "cache"
    first = measure(clips, families=FAMILIES, cache=cache, n_jobs=1)
    soundfile.write(clips[0].path, talk(pitch=300), SAMPLE_RATE)
    measured = []
    real = dataset.features.extract
    monkeypatch.setattr(
        dataset.features,
        "extract",
        lambda waveform, *, families: measured.append(1) or real(waveform, families=families),
    )
    second = measure(clips, families=FAMILIES, cache=cache, n_jobs=1)
    assert len(measured) == 1
    np.testing.assert_array_equal(first.features[1:], second.features[1:])
    assert not np.array_equal(first.features[0], second.features[0])
    measure(clips, families=("prosody",), cache=cache, n_jobs=1)
    assert len(measured) == 4, "other families are other numbers"


def test_a_renamed_file_is_not_measured_again(clips, tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    first = measure(clips[:1], families=FAMILIES, cache=cache, n_jobs=1)
    moved = clips[0].path.with_name("moved.wav")
    os.replace(clips[0].path, moved)
    monkeypatch.setattr(dataset.features, "extract", None)
    clip = Clip(path=moved, emotion="sad", speaker="s0", corpus="made")
    again = measure([clip], families=FAMILIES, cache=cache, n_jobs=1)
    np.testing.assert_array_equal(first.features, again.features)


def test_each_chain_gives_a_copy_that_stays_with_its_clip_and_is_the_same_again(clips, tmp_path):
    chains = ("channel", "voice")
    data = measure(clips, families=FAMILIES, chains=chains, cache=tmp_path / "cache", n_jobs=1)
    plain = measure(clips, families=FAMILIES, cache=None, n_jobs=1)
    assert data.altered is not None
    assert data.altered.shape == (len(clips), len(chains), data.features.shape[1])
    np.testing.assert_array_equal(data.features, plain.features)
    unaltered = (data.altered == data.features[:, None]).all(axis=2)
    assert unaltered.mean() < 0.5, "chance may leave one as it is"
    again = measure(clips[::-1], families=FAMILIES, chains=chains, cache=None, n_jobs=1)
    np.testing.assert_array_equal(again.altered[::-1], data.altered)
    np.testing.assert_array_equal(data.take(np.array([2, 0])).altered, data.altered[[2, 0]])
    assert data.without_copies().altered is None


def test_a_chain_named_twice_gives_two_copies_of_which_the_first_is_that_of_once(clips):
    once = measure(clips, families=FAMILIES, chains=("voice",), cache=None, n_jobs=1).altered
    twice = measure(clips, families=FAMILIES, chains=("voice", "voice"), cache=None, n_jobs=1)
    np.testing.assert_array_equal(twice.altered[:, :1], once)
    assert (twice.altered[:, 1] != twice.altered[:, 0]).any(axis=1).all()


def test_without_a_cache_nothing_is_written(clips, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    measure(clips, families=FAMILIES, cache=None, n_jobs=1)
    assert sorted(tmp_path.rglob("*")) == before


def test_silent_clips_are_left_out(clips, tmp_path):
    soundfile.write(clips[1].path, silence(2.0), SAMPLE_RATE)
    data = measure(clips, families=FAMILIES, cache=None, n_jobs=1)
    assert data.emotions.tolist() == ["sad", "angry"]


def test_only_silent_clips_are_an_error(clips):
    soundfile.write(clips[0].path, silence(2.0), SAMPLE_RATE)
    with pytest.raises(CorpusError, match="speech in none"):
        measure(clips[:1], families=FAMILIES, cache=None, n_jobs=1)


def test_a_broken_clip_is_named(clips):
    clips[2].path.write_bytes(b"broken")
    with pytest.raises(CorpusError, match=r"2\.wav"):
        measure(clips, families=FAMILIES, cache=None, n_jobs=1)


def test_progress_counts_every_clip(clips):
    counted = []
    measure(clips, families=FAMILIES, cache=None, n_jobs=1, on_progress=counted.append)
    assert counted == [1, 2, 3]
