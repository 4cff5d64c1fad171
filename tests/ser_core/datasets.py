"""Made-up features of clips, and folders of clips as corpora have them."""

import itertools

import numpy as np
import soundfile

from ser_core.concurrency.parallel import Workers
from ser_core.corpora.discovery import find_clips
from ser_core.dataset.dataset import Dataset, measure
from ser_core.features.extraction import feature_names
from ser_core.models.emotion_model import EmotionModel
from tests.voices import SAMPLE_RATE, talk

FAMILIES = ("tonnetz",)
N_FEATURES = len(feature_names(FAMILIES))


def dataset(clips, *, families=FAMILIES, seed=0):
    """Return a data set of corpora, speakers and emotions, whose features are noise.

    The seed may be a generator, whose state advances.
    """
    corpora, speakers, emotions = (np.array(column) for column in zip(*clips, strict=True))
    size = emotions.size, len(feature_names(families))
    features = np.random.default_rng(seed).standard_normal(size).astype(np.float32)
    return Dataset(features, emotions, speakers, corpora, families)


def training_arrays(data):
    """Return what a model is fitted on, without labels, by the names of the arguments."""
    names = ("features", "emotions", "speakers", "corpora", "families", "altered")
    return {name: getattr(data, name) for name in names}


def write_ravdess(folder, pitches, *, takes, statements=1):
    """Write clips of three actors whose emotions differ in pitch alone, in Hz by RAVDESS' code."""
    folder.mkdir()
    ranges = (1, 2, 3), pitches, range(1, takes + 1), range(1, statements + 1)
    for actor, emotion, take, statement in itertools.product(*ranges):
        sound = talk(1.0, pitch=pitches[emotion] * (1 + 0.02 * actor), seed=10 * take + statement)
        name = f"03-01-{emotion}-01-0{statement}-0{take}-{actor:02d}.wav"
        soundfile.write(folder / name, sound, SAMPLE_RATE)


def write_model(root, *, options):
    """Train a model on the prosody of the clips in a folder's "ravdess", and save it there."""
    clips = find_clips("ravdess", root / "ravdess")
    data = measure(clips, families=("prosody",), cache=root / "cache", workers=Workers(1))
    EmotionModel.fit(**training_arrays(data), options=options).save(root / "model.joblib")
