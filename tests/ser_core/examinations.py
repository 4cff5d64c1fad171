"""An examination of a small recipe on made-up features, for tests of what is said of it."""

from functools import cache

import numpy as np

from ser_core.classifier import TrainingOptions
from ser_core.dataset import Dataset
from ser_core.examination import Examination, examine
from ser_core.features import feature_names
from ser_core.model import EmotionModel

FAMILIES = ("chroma", "prosody")
TELLING = "prosody"  # the one family whose numbers say anything
EMOTIONS = {
    "ravdess": ("neutral", "calm", "happy", "angry"),
    "ravdess-song": ("neutral", "calm", "happy", "angry"),
    "nemo": ("neutral", "happy", "angry"),
}
OPTIONS = TrainingOptions(n_components=8, hidden_units=16, n_networks=1, epochs=60)


def clips(*corpora: str, n_speakers: int = 3, size: float = 0.3, seed: int = 0) -> Dataset:
    """Give clips whose emotion shows in prosody, a little, and in nothing else."""
    generator = np.random.default_rng(seed)
    names = feature_names(FAMILIES)
    telling = np.array([name.startswith(f"{TELLING}.") for name in names])
    of_emotion = {
        name: telling * generator.standard_normal(len(names)) for name in EMOTIONS["ravdess"]
    }
    rows = [
        (size * of_emotion[emotion], emotion, f"{corpus.partition('-')[0]}-{speaker}", corpus)
        for corpus in corpora
        for speaker in range(n_speakers)
        for emotion in EMOTIONS[corpus]
        for _ in range(4)
    ]
    means, emotions, speakers, origin = zip(*rows, strict=True)
    noise = generator.standard_normal((len(rows), len(names)))
    return Dataset(
        features=(np.stack(means) + noise).astype(np.float32),
        emotions=np.array(emotions),
        speakers=np.array(speakers),
        corpora=np.array(origin),
        families=FAMILIES,
    )


def model(*corpora: str, **options: float) -> EmotionModel:
    """Train the small recipe on some corpora."""
    return EmotionModel.fit(clips(*corpora, **options), options=OPTIONS)  # type: ignore[arg-type]


@cache
def examined() -> Examination:
    """Examine a model of RAVDESS in all ways, on it and on a corpus that it never heard."""
    return examine(
        model("ravdess"),
        clips("ravdess", "nemo"),
        with_ablation=True,
        n_jobs=1,
        follow=lambda what: lambda done, total: None,
    )
