"""How many answers stay the same when only the way of the sound changes."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_core import robustness
from ser_core.alterations import BATTERY
from ser_core.classifier import TrainingOptions
from ser_core.corpora import Clip
from ser_core.dataset import Dataset
from ser_core.errors import CorpusError, TrainingError
from ser_core.features import feature_names
from ser_core.parallel import Workers
from tests.voices import SAMPLE_RATE, silence, talk

FAMILIES = ("shape",)
SMALL = TrainingOptions(n_components=4, hidden_units=4, n_networks=1, epochs=2)


class Always:
    """A classifier that hears nothing."""

    def predict(self, features):
        return np.full(len(features), "happy")


class Hissing:
    """A classifier that takes for sad whatever has much above 4 kHz, and all else for happy."""

    def predict(self, features):
        column = feature_names(FAMILIES).index("shape.band_4000_8000_db.mean")
        return np.where(features[:, column] > -15.0, "sad", "happy")


def clip(folder, name, sound, *, emotion="happy", speaker="a", corpus="made"):
    path = folder / f"{name}.wav"
    soundfile.write(path, sound, SAMPLE_RATE)
    return Clip(path=path, emotion=emotion, speaker=speaker, corpus=corpus)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    return [
        clip(folder, "0", talk(0.9, pitch=90), emotion="sad", speaker="a", corpus="one"),
        clip(folder, "1", talk(0.9, pitch=100), emotion="happy", speaker="b", corpus="one"),
        clip(folder, "2", talk(0.9, pitch=110), emotion="happy", speaker="c", corpus="two"),
    ]


def measure(clips, model):
    models = {clip.speaker: model for clip in clips}
    return robustness.measure(clips, models, families=FAMILIES, workers=Workers(1))


@pytest.fixture(scope="module")
def hissing(clips):
    return measure(clips, Hissing())


def dataset(speakers, emotions):
    """Give a dataset of nothing but who says what."""
    n_clips = len(speakers)
    shape = (n_clips, len(feature_names(FAMILIES)))
    return Dataset(
        features=np.random.default_rng(0).standard_normal(shape).astype(np.float32),
        emotions=np.array(emotions),
        speakers=np.array(speakers),
        corpora=np.full(n_clips, "made"),
        families=FAMILIES,
    )


def many_clips():
    """Give 60 clips of two corpora; in the first, nine of ten are calm."""
    return [
        Clip(
            path=Path(f"{number}.wav"),
            emotion="calm" if corpus == "one" and number % 10 else "angry",
            speaker="a",
            corpus=corpus,
        )
        for corpus in ("one", "two")
        for number in range(30)
    ]


class TestSample:
    def test_each_corpus_gives_as_many_and_its_emotions_as_equally_as_can_be(self):
        drawn = robustness.sample(many_clips(), n_clips=10)
        kinds = Counter((clip.corpus, clip.emotion) for clip in drawn)
        assert kinds == {("one", "calm"): 7, ("one", "angry"): 3, ("two", "angry"): 10}

    def test_they_follow_from_the_seed_and_keep_their_order(self):
        clips = many_clips()
        drawn = robustness.sample(clips, n_clips=10, seed=1)
        assert drawn == robustness.sample(clips, n_clips=10, seed=1)
        assert drawn != robustness.sample(clips, n_clips=10, seed=2)
        assert drawn == [clip for clip in clips if clip in drawn]

    @pytest.mark.parametrize("n_clips", [0, 1_000])
    def test_none_or_too_many_are_all(self, n_clips):
        assert robustness.sample(many_clips(), n_clips=n_clips) == many_clips()


class TestLeaveSpeakersOut:
    def test_nobody_is_asked_about_of_a_model_that_heard_them(self):
        """Each speaker has an emotion of their own: a model knows whom it has heard by it."""
        own = {"a": "angry", "b": "calm", "c": "sad"}
        speakers = [name for name in own for _ in range(12)]
        emotions = [own[name] if n % 2 else "happy" for n, name in enumerate(speakers)]
        models = robustness.leave_speakers_out(
            dataset(speakers, emotions), options=SMALL, workers=Workers(1)
        )
        for speaker, model in models.items():
            assert set(model.classes_) == {"happy", *own.values()} - {own[speaker]}

    def test_many_speakers_are_left_out_in_groups(self):
        speakers = [f"s{n % 10}" for n in range(60)]
        data = dataset(speakers, ["calm" if n % 4 < 2 else "sad" for n in range(60)])
        models = robustness.leave_speakers_out(data, options=SMALL, workers=Workers(1))
        assert set(models) == set(speakers)
        assert len({id(model) for model in models.values()}) == 6

    def test_a_single_speaker_cannot_be_left_out(self):
        with pytest.raises(TrainingError, match="two speakers"):
            robustness.leave_speakers_out(
                dataset("aaaa", ["calm", "sad"] * 2), options=SMALL, workers=Workers(1)
            )


class TestMeasure:
    def test_who_hears_nothing_never_changes_an_answer(self, clips):
        figures = measure(clips, Always())
        assert figures.n_clips == 3
        assert figures.uar == 0.5
        assert list(figures.effects) == list(BATTERY)
        assert {effect.unchanged for effect in figures.effects.values()} == {1.0}
        assert {effect.uar for effect in figures.effects.values()} == {0.5}

    def test_who_goes_by_the_hiss_is_misled_by_noise_and_by_nothing_else(self, hissing):
        misled = {
            name
            for name, effect in hissing.effects.items()
            if effect.unchanged + effect.no_speech < 1
        }
        assert misled == {"white noise, 10 dB"}
        noisy = hissing.effects["white noise, 10 dB"]
        assert (noisy.unchanged, noisy.no_speech, noisy.uar) == (0.0, 0.0, 0.5)

    def test_each_corpus_has_its_own_figures(self, hissing):
        assert {name: part.n_clips for name, part in hissing.by_corpus.items()} == {
            "one": 2,
            "two": 1,
        }
        assert hissing.by_corpus["two"].uar == 1.0
        assert hissing.by_corpus["two"].effects["white noise, 10 dB"].uar == 0.0
        assert hissing.by_corpus["two"].by_corpus == {}

    def test_the_figures_are_values_that_json_can_hold(self, hissing):
        record = json.loads(json.dumps(asdict(hissing)))
        assert record["effects"]["gain -12 dB"] == {
            "unchanged": 1.0,
            "no_speech": 0.0,
            "uar": 0.5,
        }
        assert set(record["by_corpus"]) == {"one", "two"}

    def test_a_clip_that_an_alteration_leaves_too_little_of_is_lost(self, clips, tmp_path):
        short = clip(tmp_path, "short", talk(0.56), speaker="d")
        figures = measure([short, clips[0]], Always())
        cropped = figures.effects["cropped start, 0.1 s of voice"]
        assert (cropped.unchanged, cropped.no_speech) == (0.5, 0.5)
        assert figures.effects["gain -12 dB"].no_speech == 0.0
        assert cropped.uar == 0.0, "the happy one is lost, and the sad one taken for happy"

    def test_clips_without_speech_are_not_counted(self, clips, tmp_path):
        silent = clip(tmp_path, "silent", silence(1.0), speaker="nobody knows")
        models = {"a": Always(), "b": Always()}
        clips = [silent, *clips[:2]]
        figures = robustness.measure(clips, models, families=FAMILIES, workers=Workers(1))
        assert figures.n_clips == 2

    def test_only_silent_clips_are_an_error(self, tmp_path):
        silent = [clip(tmp_path, name, silence(1.0), speaker=name) for name in "ab"]
        with pytest.raises(CorpusError, match="speech in none"):
            measure(silent, Always())

    def test_nobody_babbles_alone(self, clips):
        with pytest.raises(CorpusError, match="two speakers"):
            measure(clips[:1], Always())

    def test_a_broken_clip_is_named(self, clips, tmp_path):
        broken = clip(tmp_path, "broken", talk(1.0), speaker="e")
        broken.path.write_bytes(b"broken")
        with pytest.raises(CorpusError, match=r"broken\.wav"):
            measure([broken, clips[0]], Always())
