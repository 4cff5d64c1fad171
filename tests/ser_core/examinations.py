"""An examination of a small recipe on made-up features, for tests of reports."""

from contextlib import contextmanager
from functools import cache
from unittest import mock

import numpy as np

from ser_core.concurrency.parallel import Workers
from ser_core.evaluation.examination import examine
from ser_core.features.extraction import feature_names
from ser_core.models import mlp
from ser_core.models.emotion_model import EmotionModel
from ser_core.models.mlp import TrainingOptions
from tests.ser_core.datasets import dataset, training_arrays

FAMILIES = ("chroma", "prosody")
TELLING = "prosody"  # the only informative family
EMOTIONS = {
    "ravdess": ("neutral", "calm", "happy", "angry"),
    "ravdess-song": ("neutral", "calm", "happy", "angry"),
    "nemo": ("neutral", "happy", "angry"),
}
OPTIONS = TrainingOptions(n_components=8, hidden_units=16, n_networks=1, epochs=60)


def clips(*corpora, n_speakers=3, size=0.4, seed=0):
    """Return clips whose emotion shows a little in prosody, and in nothing else."""
    generator = np.random.default_rng(seed)
    telling = [name.startswith(f"{TELLING}.") for name in feature_names(FAMILIES)]
    shown = {one: telling * generator.standard_normal(len(telling)) for one in EMOTIONS["ravdess"]}
    rows = [
        (corpus, f"{corpus.partition('-')[0]}-{speaker}", emotion)
        for corpus in corpora
        for speaker in range(n_speakers)
        for emotion in EMOTIONS[corpus]
        for _ in range(4)
    ]
    data = dataset(rows, families=FAMILIES, seed=generator)
    data.features[:] += size * np.stack([shown[emotion] for emotion in data.emotions])
    return data


@contextmanager
def few_steps():
    """Halve the steps of training."""
    with mock.patch.object(mlp, "LEAST_STEPS", 200):
        yield


def model(*corpora, **options):
    """Train the small recipe on some corpora."""
    with few_steps():
        data = clips(*corpora, **options)  # type: ignore[arg-type]
        return EmotionModel.fit(**training_arrays(data), options=OPTIONS)


def quickly(asked, data, **options):
    """Examine a model in this process."""
    with few_steps():
        return examine(asked, data, workers=Workers(1), **options)  # type: ignore[arg-type]


@cache
def examined():
    """Examine a model of RAVDESS by all splits, on RAVDESS and on another corpus."""
    data = clips("ravdess", "nemo")
    return quickly(model("ravdess"), data, skip=True, with_ablation=True, n_partitions=2)
