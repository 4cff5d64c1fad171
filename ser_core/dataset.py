"""Clips as numbers: their features, taken in parallel and kept on disk for the next run."""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from joblib import Memory, Parallel, delayed
from numpy.typing import NDArray

from ser_core import audio, features, speech
from ser_core.corpora import Clip
from ser_core.errors import AudioError, CorpusError
from ser_core.features import DEFAULT_FAMILIES

Array = NDArray[np.float32]

DEFAULT_CACHE = Path(".cache") / "features"
BATCH = 16  # clips that a worker takes at once

MEASURING_MODULES = (
    "audio",
    "segments",
    "libsndfile",
    "speech",
    "spectrum",
    "pitch",
    "contours",
    "rhythm",
    "functionals",
    "sound",
    "summaries",
    "families",
    "features",
)
"""Modules whose source has a say in a feature vector: where it changes, features are taken anew."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Clips with their features; row i of everything is clip i.

    Parameters
    ----------
    features
        (n_clips, n_features) float32.
    emotions, speakers, corpora
        (n_clips,) of str.
    families
        The feature families, as `features.extract` takes them.
    altered
        (n_clips, n_copies, n_features) float32: features of altered copies of each clip, to train
        on and never to test on. None for no copies.
    """

    features: Array
    emotions: NDArray[np.str_]
    speakers: NDArray[np.str_]
    corpora: NDArray[np.str_]
    families: tuple[str, ...]
    altered: Array | None = None

    def __len__(self) -> int:
        return len(self.emotions)

    def take(self, clips: NDArray[np.bool_] | NDArray[np.intp]) -> "Dataset":
        """Give some clips, chosen by a mask, (n_clips,), or by index; copies stay with theirs."""
        return Dataset(
            features=self.features[clips],
            emotions=self.emotions[clips],
            speakers=self.speakers[clips],
            corpora=self.corpora[clips],
            families=self.families,
            altered=None if self.altered is None else self.altered[clips],
        )

    def without_copies(self) -> "Dataset":
        """Give the clips alone."""
        return replace(self, altered=None)

    def clips_by_corpus(self) -> dict[str, int]:
        """Count the clips of each corpus."""
        names, counts = np.unique(self.corpora, return_counts=True)
        return dict(zip(names.tolist(), counts.tolist(), strict=True))


def measure(
    clips: Sequence[Clip],
    *,
    families: tuple[str, ...] = DEFAULT_FAMILIES,
    cache: str | os.PathLike[str] | None = DEFAULT_CACHE,
    n_jobs: int = -1,
    on_progress: Callable[[int], None] | None = None,
) -> Dataset:
    """Take the features of clips.

    Parameters
    ----------
    clips
        From `corpora.find_clips`.
    families
        Which features.
    cache
        Folder in which features are kept; None keeps none. They are taken anew when a file, the
        families, or the code that measures has changed.
    n_jobs
        How many processes; -1 for one on each core.
    on_progress
        Called with the number of clips done so far.

    Returns
    -------
    Dataset
        In the order of the clips, without those in which there is no speech.

    Raises
    ------
    CorpusError
        If a clip cannot be decoded, or none holds speech; the text names it.
    """
    memory = Memory(cache, verbose=0)
    remembered = memory.cache(_measure_file, ignore=["path"])
    code = _code_digest()
    jobs = (delayed(_measure_clip)(remembered, clip.path, families, code) for clip in clips)
    vectors: list[Array | None] = []
    parallel = Parallel(n_jobs=n_jobs, batch_size=BATCH, return_as="generator")
    for vector in parallel(jobs):
        vectors.append(vector)
        if on_progress is not None:
            on_progress(len(vectors))
    heard = [
        (clip, vector) for clip, vector in zip(clips, vectors, strict=True) if vector is not None
    ]
    if not heard:
        raise CorpusError("There is speech in none of the clips.")
    return Dataset(
        features=np.stack([vector for _, vector in heard]),
        emotions=np.array([clip.emotion for clip, _ in heard]),
        speakers=np.array([clip.speaker for clip, _ in heard]),
        corpora=np.array([clip.corpus for clip, _ in heard]),
        families=families,
    )


def _measure_clip(
    remembered: Callable[..., Array | None], path: Path, families: tuple[str, ...], code: str
) -> Array | None:
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return remembered(path=path, digest=digest, families=families, code=code)
    except (OSError, AudioError) as cause:
        raise CorpusError(f"The clip {path} cannot be used: {cause}") from cause


def _measure_file(path: Path, digest: str, families: tuple[str, ...], code: str) -> Array | None:
    """Measure one file; all but the path say whether what was measured before still holds."""
    prepared = speech.prepare(audio.to_waveform(audio.decode(path)))
    if not prepared.is_present:
        return None
    return features.extract(prepared.waveform, families=families)


def _code_digest() -> str:
    """Digest the source of `MEASURING_MODULES`."""
    digest = hashlib.sha256()
    for module in MEASURING_MODULES:
        digest.update(Path(__file__).with_name(f"{module}.py").read_bytes())
    return digest.hexdigest()
