"""Clips as numbers: their features, taken in parallel and kept on disk for the next run."""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from joblib import Memory, Parallel, delayed
from numpy.typing import NDArray

from ser_core import audio, augment, features, speech
from ser_core.corpora import Clip
from ser_core.errors import AudioError, CorpusError
from ser_core.features import DEFAULT_FAMILIES

Array = NDArray[np.float32]

Task = tuple[str | None, int, str]
"""A chain (None for the clip as it is), which of its copies, and the digest of our code."""

DEFAULT_CACHE = Path(".cache") / "features"
BATCH = 16  # clips that a worker takes at once

MEASURING_MODULES = (
    "audio",
    "segments",
    "libsndfile",
    "voice_network",
    "voice_activity",
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

ALTERING_MODULES = ("codecs", "alterations", "augment")
"""The same for altered copies."""


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
    chains: tuple[str, ...] = (),
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
    chains
        Of `augment.CHAINS`; each gives one altered copy of every clip, and the same chain again
        another one.
    cache
        Folder in which features are kept; None keeps none. They are taken anew when a file, the
        families, or the code that measures has changed.
    n_jobs
        How many processes; -1 for one on each core.
    on_progress
        Called with the number of clips done so far, copies and all.

    Returns
    -------
    Dataset
        In the order of the clips, without those in which there is no speech. A copy in which
        nothing is heard any more is replaced by its clip.

    Raises
    ------
    CorpusError
        If a clip cannot be decoded, or none holds speech; the text names it.
    TrainingError
        If a chain is unknown, or what alters clips is not installed.
    """
    measured = _measure_all(clips, families, chains, cache, n_jobs, on_progress)
    heard = [
        (clip, itself, [itself if copy is None else copy for copy in copies])
        for clip, (itself, *copies) in zip(clips, measured, strict=True)
        if itself is not None
    ]
    if not heard:
        raise CorpusError("There is speech in none of the clips.")
    return Dataset(
        features=np.stack([vector for _, vector, _ in heard]),
        emotions=np.array([clip.emotion for clip, _, _ in heard]),
        speakers=np.array([clip.speaker for clip, _, _ in heard]),
        corpora=np.array([clip.corpus for clip, _, _ in heard]),
        families=families,
        altered=np.stack([np.stack(copies) for _, _, copies in heard]) if chains else None,
    )


def _measure_all(
    clips: Sequence[Clip],
    families: tuple[str, ...],
    chains: tuple[str, ...],
    cache: str | os.PathLike[str] | None,
    n_jobs: int,
    on_progress: Callable[[int], None] | None,
) -> list[list[Array | None]]:
    """Measure each clip and its copies; None stands for one in which there is no speech."""
    remembered = Memory(cache, verbose=0).cache(_measure_file, ignore=["path"])
    plain, altering = (
        _code_digest(modules)
        for modules in (MEASURING_MODULES, MEASURING_MODULES + ALTERING_MODULES)
    )
    # Of each chain, the first copy is number 0, the second number 1.
    numbers = [chains[:place].count(chain) for place, chain in enumerate(chains)]
    copies = zip(chains, numbers, strict=True)
    tasks: list[Task] = [(None, 0, plain), *((*copy, altering) for copy in copies)]
    jobs = (delayed(_measure_clip)(remembered, clip.path, families, tasks) for clip in clips)
    measured: list[list[Array | None]] = []
    for vectors in Parallel(n_jobs=n_jobs, batch_size=BATCH, return_as="generator")(jobs):
        measured.append(vectors)
        if on_progress is not None:
            on_progress(len(measured))
    return measured


def _measure_clip(
    remembered: Callable[..., Array | None],
    path: Path,
    families: tuple[str, ...],
    tasks: Sequence[Task],
) -> list[Array | None]:
    """Measure a clip as it is and as each chain alters it."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return [
            remembered(
                path=path, digest=digest, families=families, chain=chain, copy=copy, code=code
            )
            for chain, copy, code in tasks
        ]
    except (OSError, AudioError) as cause:
        raise CorpusError(f"The clip {path} cannot be used: {cause}") from cause


def _measure_file(
    path: Path, digest: str, families: tuple[str, ...], chain: str | None, copy: int, code: str
) -> Array | None:
    """Measure one file; all but the path say whether what was measured before still holds."""
    waveform = audio.to_waveform(audio.decode(path))
    if chain is not None:
        # By its bytes, so that a copy stays the same whatever the file is called.
        waveform = augment.augment(waveform, chain=chain, seed=(int(digest[:16], 16), copy))
    prepared = speech.prepare(waveform)
    if not prepared.is_present:
        return None
    return features.extract(prepared.waveform, families=families)


def _code_digest(modules: Sequence[str]) -> str:
    """Digest the source of some of our modules."""
    digest = hashlib.sha256()
    for module in modules:
        digest.update(Path(__file__).with_name(f"{module}.py").read_bytes())
    return digest.hexdigest()
