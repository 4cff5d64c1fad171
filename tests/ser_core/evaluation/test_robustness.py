"""Robustness: the share of answers that stay the same when the recording is altered."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_core.concurrency.parallel import Workers
from ser_core.corpora.clip import Clip
from ser_core.dataset.alterations import BATTERY
from ser_core.errors import CorpusError, TrainingError
from ser_core.evaluation import robustness
from ser_core.features.extraction import feature_names
from ser_core.models.mlp import TrainingOptions
from tests.ser_core.datasets import dataset
from tests.voices import SAMPLE_RATE, silence, talk

pytestmark = pytest.mark.slow

FAMILIES = ("shape",)
SMALL = TrainingOptions(n_components=4, hidden_units=4, n_networks=1, epochs=2)
NOISY = "white noise, 10 dB"


class Always:
    """A classifier that ignores its input."""

    def predict(self, features):
        return np.full(len(features), "happy")


class Hissing:
    """A classifier that predicts sad where there is much above 4 kHz, else happy."""

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


class TestSample:
    # In the first corpus, nine of ten are calm.
    EMOTIONS = ("angry", *(9 * ["calm"])) * 3 + ("angry",) * 30
    CLIPS = tuple(
        Clip(Path(f"{number}.wav"), emotion, "a", "one" if number < 30 else "two")
        for number, emotion in enumerate(EMOTIONS)
    )

    def test_each_corpus_gives_as_many_and_its_emotions_as_equally_as_can_be(self):
        drawn = robustness.sample(self.CLIPS, n_clips=10, seed=1)
        kinds = Counter((clip.corpus, clip.emotion) for clip in drawn)
        assert kinds == {("one", "calm"): 7, ("one", "angry"): 3, ("two", "angry"): 10}
        assert drawn == [clip for clip in self.CLIPS if clip in drawn], "in their order"
        assert drawn == robustness.sample(self.CLIPS, n_clips=10, seed=1)
        assert drawn != robustness.sample(self.CLIPS, n_clips=10, seed=2)

    @pytest.mark.parametrize("n_clips", [0, 1_000])
    def test_none_or_too_many_are_all(self, n_clips):
        assert robustness.sample(self.CLIPS, n_clips=n_clips) == list(self.CLIPS)


class TestLeaveSpeakersOut:
    def models(self, *clips):
        data = dataset([("made", *one) for one in clips])
        return robustness.leave_speakers_out(data, options=SMALL, workers=Workers(1))

    def test_nobody_is_asked_about_of_a_model_that_heard_them(self):
        """Each speaker has an emotion of their own, which a model of them would predict."""
        own = {"a": "angry", "b": "calm", "c": "sad"}
        clips = [(name, emotion) for name in own for emotion in ("happy", own[name])] * 6
        for speaker, model in self.models(*clips).items():
            assert set(model.classes_) == {"happy", *own.values()} - {own[speaker]}

    def test_many_speakers_are_left_out_in_groups_and_one_cannot_be(self):
        names = [f"s{number}" for number in range(10)]
        models = self.models(*((name, emotion) for name in names for emotion in ("calm", "sad")))
        assert set(models) == set(names)
        assert len({id(model) for model in models.values()}) == 6
        with pytest.raises(TrainingError, match="two speakers"):
            self.models(("a", "calm"), ("a", "sad"))


class TestMeasure:
    def test_who_hears_nothing_never_changes_an_answer(self, clips):
        figures = measure(clips, Always())
        assert (figures.n_clips, figures.uar) == (3, 0.5)
        assert list(figures.effects) == list(BATTERY)
        assert {effect.unchanged for effect in figures.effects.values()} == {1.0}
        assert {effect.uar for effect in figures.effects.values()} == {0.5}

    def test_who_goes_by_the_hiss_is_misled_by_noise_and_by_nothing_else(self, clips):
        figures = measure(clips, Hissing())
        for name, effect in figures.effects.items():
            assert (effect.unchanged + effect.no_speech < 1) == (name == NOISY), name
        noisy = figures.effects[NOISY]
        assert (noisy.unchanged, noisy.no_speech, noisy.uar) == (0.0, 0.0, 0.5)
        one, two = figures.by_corpus["one"], figures.by_corpus["two"]
        assert (one.n_clips, two.n_clips) == (2, 1)
        assert (two.uar, two.effects[NOISY].uar, two.by_corpus) == (1.0, 0.0, {})

    def test_a_clip_that_an_alteration_leaves_too_little_of_is_lost(self, clips, tmp_path):
        short = clip(tmp_path, "short", talk(0.22), speaker="d")
        figures = measure([short, clips[0]], Always())
        cropped = figures.effects["cropped start, 0.1 s of voice"]
        assert (cropped.unchanged, cropped.no_speech) == (0.5, 0.5)
        assert figures.effects["gain -12 dB"].no_speech == 0.0
        assert cropped.uar == 0.0, "the happy one is lost, and the sad one taken for happy"

    def test_clips_without_speech_are_not_counted_and_must_not_be_all(self, clips, tmp_path):
        silent = [clip(tmp_path, name, silence(1.0), speaker=name) for name in "xy"]
        assert measure([silent[0], *clips[:2]], Always()).n_clips == 2
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
