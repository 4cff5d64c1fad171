"""Features of clips, extracted in parallel and cached on disk for the next run."""

import functools
import hashlib
import importlib.metadata
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Memory
from numpy.typing import NDArray

from ser_core import audio
from ser_core.concurrency import Workers
from ser_core.corpora import Clip
from ser_core.dataset import augmentation
from ser_core.emotions import EMOTION_NAMES
from ser_core.errors import AudioError, CorpusError
from ser_core.features import DEFAULT_FAMILIES, extraction
from ser_core.voice import preparation

Array = NDArray[np.float32]

Copy = tuple[str, int]
"""A chain (empty for the clip as it is), and which of its copies."""

DEFAULT_CACHE = Path(".cache") / "features"

MEASURING = ("audio", "signal", "voice", "features", "dataset")
"""The packages through which a file becomes features, or an altered copy's."""


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
        The feature families, as `features.extract_features` takes them.
    altered
        (n_clips, n_copies, n_features) float32: features of altered copies of each clip, to train
        on and never to test on. None for no copies.
    votes
        (n_clips, len(EMOTION_NAMES)) float64: how many listeners heard each emotion in each clip, 0
        in clips that nobody was asked about. None where that is so for all.
    """

    features: Array
    emotions: NDArray[np.str_]
    speakers: NDArray[np.str_]
    corpora: NDArray[np.str_]
    families: tuple[str, ...]
    altered: Array | None = None
    votes: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.emotions)

    def take(self, clips: NDArray[np.bool_] | NDArray[np.intp]) -> "Dataset":
        """Return some clips, chosen by a mask, (n_clips,), or by index, with their copies."""
        columns: dict[str, Any] = {
            name: column[clips]
            for name, column in vars(self).items()
            if isinstance(column, np.ndarray)
        }
        return replace(self, **columns)

    def labels(self, *, votes: float) -> NDArray[np.float64]:
        """Return the share of each emotion in the label of each clip.

        Parameters
        ----------
        votes
            Share of the listeners' votes in the label of a clip that has votes, 0 to 1; the rest is
            the acted emotion.

        Returns
        -------
        ndarray
            (n_clips, len(EMOTION_NAMES)) float64; rows sum to 1.
        """
        acted = np.eye(len(EMOTION_NAMES))[[EMOTION_NAMES.index(name) for name in self.emotions]]
        if self.votes is None:
            return acted
        n_votes = self.votes.sum(axis=1, keepdims=True)
        share = np.where(n_votes > 0, votes, 0.0)
        return np.asarray((1 - share) * acted + share * self.votes / np.maximum(n_votes, 1))

    def training_arrays(self, *, votes: float) -> dict[str, Any]:
        """Return what a model is fitted on, by the names of the arguments of its ``fit``.

        Parameters
        ----------
        votes
            As in `labels`.
        """
        names = ("features", "emotions", "speakers", "corpora", "families", "altered")
        return {name: getattr(self, name) for name in names} | {"labels": self.labels(votes=votes)}

    def votes_for(self, emotions: Sequence[str]) -> NDArray[np.float64] | None:
        """Return the votes for some emotions, (n_clips, len(emotions)), in their order."""
        columns = [EMOTION_NAMES.index(name) for name in emotions]
        return None if self.votes is None else self.votes[:, columns]

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
    workers: Workers,
) -> Dataset:
    """Extract the features of clips.

    Parameters
    ----------
    clips
        The clips, from `corpora.find_all`.
    families
        Names of the feature families.
    chains
        Names of `augmentation.CHAINS`; each gives one altered copy of every clip, and the same
        chain again another one.
    cache
        Folder in which features are kept; None keeps none. Features are extracted again when a
        file, the families, or anything that may affect them has changed.
    workers
        The processes that extract the features.

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
        If a chain is unknown.
    """
    remembered = Memory(cache, verbose=0).cache(_measure_file, ignore=["path"])
    # Of each chain, the first copy is number 0, the second number 1.
    copies = [(chain, chains[:place].count(chain)) for place, chain in enumerate(chains)]
    measure_clip = functools.partial(
        _measure_clip, remembered, families, [("", 0), *copies], code_digest()
    )
    paths = [clip.path for clip in clips]
    heard = [
        (clip, itself, [itself if copy is None else copy for copy in altered])
        for clip, (itself, *altered) in zip(
            clips, workers.map(measure_clip, paths, label="measuring clips"), strict=True
        )
        if itself is not None
    ]
    if not heard:
        raise CorpusError("There is speech in none of the clips.")
    votes = np.array(
        [[(clip.votes or {}).get(name, 0) for name in EMOTION_NAMES] for clip, _, _ in heard],
        dtype=np.float64,
    )
    return Dataset(
        features=np.stack([vector for _, vector, _ in heard]),
        emotions=np.array([clip.emotion for clip, _, _ in heard]),
        speakers=np.array([clip.speaker for clip, _, _ in heard]),
        corpora=np.array([clip.corpus for clip, _, _ in heard]),
        families=families,
        altered=np.stack([np.stack(copies) for _, _, copies in heard]) if chains else None,
        votes=votes if votes.any() else None,
    )


def load(path: Path) -> Array:
    """Decode a clip, (n_samples,) float32.

    Raises
    ------
    CorpusError
        If it cannot be decoded; the text names it.
    """
    try:
        return audio.to_waveform(audio.decode(path))
    except (OSError, AudioError) as cause:
        raise CorpusError(f"The clip {path} cannot be used: {cause}") from cause


def extract(waveform: Array, families: tuple[str, ...]) -> Array | None:
    """Return the features of what is said in a waveform; None if there is no speech."""
    prepared = preparation.prepare(waveform)
    if not prepared.is_present:
        return None
    return extraction.extract_features(prepared.waveform, families=families)


@functools.cache
def code_digest() -> str:
    """Return a digest of all that may affect a feature.

    That is more than does: the source of the packages between a file and its features, and every
    installed package with its version.
    """
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    sources = (path for part in MEASURING for path in (package / part).rglob("*.py"))
    for path in sorted(sources):
        digest.update(str(path.relative_to(package)).encode() + path.read_bytes())
    installed = {(one.name, one.version) for one in importlib.metadata.distributions()}
    digest.update(repr(sorted(installed)).encode())
    return digest.hexdigest()


def _measure_clip(
    remembered: Callable[..., Array | None],
    families: tuple[str, ...],
    copies: Sequence[Copy],
    code: str,
    path: Path,
) -> list[Array | None]:
    """Measure a clip as it is and as each chain alters it; None where there is no speech."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as cause:
        raise CorpusError(f"The clip {path} cannot be used: {cause}") from cause
    return [
        remembered(path=path, digest=digest, families=families, chain=chain, copy=copy, code=code)
        for chain, copy in copies
    ]


def _measure_file(
    path: Path, digest: str, families: tuple[str, ...], chain: str, copy: int, code: str
) -> Array | None:
    """Measure one file; all but the path say whether what was measured before still holds."""
    waveform = load(path)
    if chain:
        # By its bytes, so that a copy stays the same whatever the file is called.
        waveform = augmentation.augment(waveform, chain=chain, seed=(int(digest[:16], 16), copy))
    return extract(waveform, families)
