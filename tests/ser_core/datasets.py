"""Clips and their features, made up; and folders of them as corpora have them."""

import numpy as np
import soundfile

from ser_core.dataset import Dataset
from ser_core.features import feature_names
from tests.voices import SAMPLE_RATE, talk

FAMILIES = ("tonnetz",)
N_FEATURES = len(feature_names(FAMILIES))


def dataset(clips, *, seed=0):
    """Return clips of corpora, speakers and emotions; their features are noise."""
    corpora, speakers, emotions = (np.array(column) for column in zip(*clips, strict=True))
    features = np.random.default_rng(seed).standard_normal((emotions.size, N_FEATURES))
    return Dataset(features.astype(np.float32), emotions, speakers, corpora, FAMILIES)


def write_ravdess(folder, pitches, *, takes, statements=1):
    """Write clips of three actors who act emotions by nothing but pitch, in Hz by RAVDESS' code."""
    folder.mkdir()
    for actor in (1, 2, 3):
        for emotion, pitch in pitches.items():
            for take in range(1, takes + 1):
                for statement in range(1, statements + 1):
                    higher = pitch * (1 + 0.02 * actor)
                    sound = talk(1.0, pitch=higher, seed=10 * take + statement)
                    name = f"03-01-{emotion}-01-0{statement}-0{take}-{actor:02d}.wav"
                    soundfile.write(folder / name, sound, SAMPLE_RATE)
