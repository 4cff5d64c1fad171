"""Features of clips: in order, in parallel, and cached for the next run."""

import importlib.metadata
import shutil
import types
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
import soundfile

from ser_core.concurrency.parallel import Workers
from ser_core.corpora.clip import Clip
from ser_core.dataset import dataset
from ser_core.emotions import EMOTION_NAMES
from ser_core.errors import CorpusError
from ser_core.features import extraction
from tests.voices import SAMPLE_RATE, silence, talk

FAMILIES = ("tonnetz", "prosody")
JUNK = shutil.ignore_patterns("__pycache__", "models")


def measure(clips, *, families=FAMILIES, n_jobs=1, **options):
    return dataset.measure(clips, families=families, workers=Workers(n_jobs), **options)


@pytest.fixture
def clips(tmp_path):
    found = []
    for number, (pitch, emotion) in enumerate(((110, "sad"), (180, "happy"), (260, "angry"))):
        path = tmp_path / f"{number}.wav"
        soundfile.write(path, talk(pitch=pitch), SAMPLE_RATE)
        found.append(Clip(path=path, emotion=emotion, speaker=f"s{number}", corpus="made"))
    return found


@pytest.mark.slow
def test_rows_are_in_the_order_of_the_clips(clips, tmp_path):
    data = measure(clips, cache=tmp_path / "cache", n_jobs=2)
    assert data.emotions.tolist() == ["sad", "happy", "angry"]
    assert data.speakers.tolist() == ["s0", "s1", "s2"]
    pitch = extraction.feature_names(FAMILIES).index("prosody.pitch_semitones.mean")
    assert (np.diff(data.features[:, pitch]) > 0).all()
    assert data.clips_by_corpus() == {"made": 3}
    assert data.take(data.emotions == "sad").speakers.tolist() == ["s0"]


@pytest.fixture
def measured(monkeypatch):
    """Count the waveforms of which features are extracted."""
    counting = mock.Mock(wraps=dataset.extract)
    monkeypatch.setattr(dataset, "extract", counting)
    return counting


@pytest.mark.slow
def test_a_second_run_measures_only_what_has_changed(clips, tmp_path, measured):
    cache = tmp_path / "cache"
    first = measure(clips, cache=cache)
    soundfile.write(clips[0].path, talk(pitch=300), SAMPLE_RATE)
    moved = clips[1].path.rename(tmp_path / "moved.wav")
    clips[1] = replace(clips[1], path=moved)
    second = measure(clips, cache=cache)
    assert measured.call_count == 3 + 1, "the changed file, and not the one of another name"
    np.testing.assert_array_equal(first.features[1:], second.features[1:])
    assert not np.array_equal(first.features[0], second.features[0])
    measure(clips, families=("prosody",), cache=cache)
    assert measured.call_count == 3 + 1 + 3, "other families are other numbers"


def test_each_chain_gives_a_copy_that_stays_with_its_clip_and_is_the_same_again(clips, tmp_path):
    chains = ("channel", "voice")
    data = measure(clips, chains=chains, cache=tmp_path / "cache")
    plain = measure(clips, cache=None)
    assert data.altered is not None
    assert data.altered.shape == (len(clips), len(chains), data.features.shape[1])
    np.testing.assert_array_equal(data.features, plain.features)
    unaltered = (data.altered == data.features[:, None]).all(axis=2)
    assert unaltered.mean() < 0.5, "chance may leave one as it is"
    again = measure(clips[::-1], chains=chains, cache=None)
    np.testing.assert_array_equal(again.altered[::-1], data.altered)
    np.testing.assert_array_equal(data.take(np.array([2, 0])).altered, data.altered[[2, 0]])


def test_a_chain_named_twice_gives_two_copies_of_which_the_first_is_that_of_once(clips):
    once = measure(clips, chains=("voice",), cache=None).altered
    twice = measure(clips, chains=("voice", "voice"), cache=None)
    np.testing.assert_array_equal(twice.altered[:, :1], once)
    assert (twice.altered[:, 1] != twice.altered[:, 0]).any(axis=1).all()


def test_silent_clips_are_left_out_and_nothing_but_silence_is_an_error(
    clips, tmp_path, monkeypatch
):
    soundfile.write(clips[0].path, silence(2.0), SAMPLE_RATE)
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    data = measure(clips, cache=None)
    assert data.emotions.tolist() == ["happy", "angry"]
    assert sorted(tmp_path.rglob("*")) == before, "without a cache nothing is written"
    with pytest.raises(CorpusError, match="speech in none"):
        measure(clips[:1], cache=None)


def test_labels_are_what_was_acted_what_was_heard_or_a_mixture(clips):
    assert measure(clips, cache=None).votes is None
    clips[1] = replace(clips[1], votes={"happy": 1, "neutral": 4})
    data = measure(clips, cache=None)
    acted, both, heard = (
        [
            {EMOTION_NAMES[column]: row[column] for column in np.flatnonzero(row)}
            for row in data.labels(votes=share)
        ]
        for share in (0.0, 0.5, 1.0)
    )
    assert acted == [{"sad": 1.0}, {"happy": 1.0}, {"angry": 1.0}]
    assert both == [{"sad": 1.0}, {"neutral": 0.4, "happy": 0.6}, {"angry": 1.0}]
    assert heard == [{"sad": 1.0}, {"neutral": 0.8, "happy": 0.2}, {"angry": 1.0}]
    assert data.take(data.emotions == "happy").votes.sum() == 5


def test_a_broken_clip_is_named_and_so_is_one_that_is_gone(clips):
    clips[2].path.write_bytes(b"broken")
    clips[1].path.unlink()
    for clip in clips[1:]:
        with pytest.raises(CorpusError, match=rf"{clip.path.name} cannot be used"):
            measure([clip], cache=None)


@pytest.mark.parametrize("changed", ["a module", "a library"])
def test_other_code_and_other_libraries_measure_anew(
    clips, tmp_path, monkeypatch, measured, changed
):
    measure(clips[:1], cache=tmp_path / "cache")
    if changed == "a module":
        package = tmp_path / "ser_core"
        shutil.copytree(Path(dataset.__file__).parent, package, ignore=JUNK)
        (package / "emotions.py").write_text("# other words")
        monkeypatch.setattr(dataset, "__file__", str(package / "dataset.py"))
    else:
        another = types.SimpleNamespace(name="numpy", version="99")
        monkeypatch.setattr(importlib.metadata, "distributions", lambda: [another])
    dataset.code_digest.cache_clear()
    measure(clips[:1], cache=tmp_path / "cache")
    dataset.code_digest.cache_clear()
    assert measured.call_count == 2
