"""The gain from knowing a voice: predictions with and without a baseline of three ordinary clips.

A corpus is left out of training; of each of its speakers, a few neutral clips make a baseline, and
the speaker's other clips are predicted twice by the same model, without the baseline and with it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ser_core.concurrency import Workers
from ser_core.dataset import Dataset, Split
from ser_core.emotions import EMOTION_NAMES
from ser_core.evaluation import cross_validation, intervals
from ser_core.evaluation.intervals import Interval
from ser_core.evaluation.metrics import NEUTRAL, Predictions, tally
from ser_core.evaluation.results import Evaluation, summarise
from ser_core.models import Baseline, EmotionModel, TrainingOptions

N_CLIPS = 3  # in a baseline
N_DRAWS = 3  # of these clips; figures are their mean


@dataclass(frozen=True)
class KnownVoice:
    """Figures of the same clips without and with a baseline.

    Parameters
    ----------
    without, known
        The evaluations.
    gain
        UAR with the baseline minus that without, the mean over corpora.
    interval
        Interval of the gain over all clips together, with other speakers.
    """

    without: Evaluation
    known: Evaluation
    gain: float
    interval: Interval | None

    def as_dict(self) -> dict[str, Any]:
        """Return all figures as plain values that JSON can hold, without single predictions."""
        return {
            "without": self.without.as_dict(),
            "known": self.known.as_dict(),
            "gain": self.gain,
            "interval": None if self.interval is None else asdict(self.interval),
        }


def measure(
    data: Dataset,
    splits: Sequence[Split],
    *,
    options: TrainingOptions,
    workers: Workers,
) -> KnownVoice | None:
    """Compare predictions about speakers of left-out corpora without and with a baseline.

    Parameters
    ----------
    data
        The clips.
    splits
        Splits such as `dataset.splits.leave_one_corpus_out` returns.
    options
        The training options.
    workers
        The processes that train.

    Returns
    -------
    KnownVoice
        None if no speaker on a test side has `N_CLIPS` neutral clips and others.
    """
    predict = partial(_predict, data, options)
    found = [draws for draws in workers.map(predict, splits, label="with a known voice") if draws]
    if not found:
        return None
    # A repetition is one draw of all splits together.
    without, known = (
        [_together([draw[side] for draw in draws]) for draws in zip(*found, strict=True)]
        for side in (0, 1)
    )
    speakers = np.unique(without[0].speakers).tolist()
    before, after = (
        summarise(kind, one, seed=options.seed)
        for kind, one in (("an unknown voice", without), ("a known voice", known))
    )
    corpora = [(one, after.by_corpus[name]) for name, one in before.by_corpus.items()]
    return KnownVoice(
        without=before,
        known=after,
        gain=float(np.mean([two.uar - one.uar for one, two in corpora or [(before, after)]])),
        interval=intervals.over_speakers(
            tally(known, among=speakers),
            intervals.uar,
            minus=tally(without, among=speakers),
            seed=options.seed,
        ),
    )


def _predict(
    data: Dataset, options: TrainingOptions, split: Split
) -> list[tuple[Predictions, Predictions]]:
    """Train on one side; return predictions without and with a baseline on the other, by draw.

    Speakers who have too few neutral clips, or no others, are left out; there are no draws where
    nobody is left.
    """
    model = cross_validation.train(data, split, options=options)
    generator = np.random.default_rng(options.seed)
    speakers = data.speakers[split.test]
    neutral = data.emotions[split.test] == NEUTRAL
    voices = []
    for speaker in np.unique(speakers):
        spoken = split.test[speakers == speaker]
        ordinary = split.test[(speakers == speaker) & neutral]
        if ordinary.size >= N_CLIPS and spoken.size > ordinary.size:
            voices.append((spoken, ordinary))
    draws = []
    for _ in range(N_DRAWS if voices and model.neutral_mean is not None else 0):
        parts = []
        for spoken, ordinary in voices:
            baseline = generator.choice(ordinary, N_CLIPS, replace=False)
            rest = np.setdiff1d(spoken, baseline)
            voice = Baseline.of_clips(data.features[baseline], families=data.families)
            knowing = model.with_baseline(voice)
            parts.append(tuple(_about(data, rest, one) for one in (model, knowing)))
        draws.append((_together([one for one, _ in parts]), _together([two for _, two in parts])))
    return draws


def _about(data: Dataset, rows: NDArray[np.intp], model: EmotionModel) -> Predictions:
    probabilities = np.zeros((rows.size, len(EMOTION_NAMES)))
    columns = [EMOTION_NAMES.index(name) for name in model.emotions]
    probabilities[:, columns] = model.predict_proba(data.features[rows])
    return cross_validation.about(data, rows, EMOTION_NAMES, probabilities)


def _together(parts: Sequence[Predictions]) -> Predictions:
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name, column in vars(parts[0]).items()
        if isinstance(column, np.ndarray)
    }
    return replace(parts[0], **columns)
