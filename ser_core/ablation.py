"""What each family of features is worth: the same evaluation once more, without it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ser_core import evaluate, intervals
from ser_core.classifier import TrainingOptions
from ser_core.dataset import Dataset
from ser_core.errors import TrainingError
from ser_core.evaluation import Evaluation
from ser_core.features import feature_names
from ser_core.figures import tally
from ser_core.intervals import Interval
from ser_core.parallel import Progress


@dataclass(frozen=True)
class Ablated:
    """What happens to the headline without one family.

    Parameters
    ----------
    family
        The one that is left out.
    n_features
        How many numbers it has.
    uar
        Speaker-independent UAR without it.
    change
        That, minus the UAR with it: below 0, the family is missed.
    interval
        How far the change could be off with other speakers; it is certain where 0 is outside.
    """

    family: str
    n_features: int
    uar: float
    change: float
    interval: Interval | None


def ablate(
    data: Dataset,
    whole: Evaluation,
    *,
    options: TrainingOptions,
    n_jobs: int = -1,
    on_progress: Progress | None = None,
) -> tuple[Ablated, ...]:
    """Leave out each family in turn.

    Parameters
    ----------
    data
        With at least two families.
    whole
        The speaker-independent evaluation of the same data and options with all families.
    options
        How to train.
    n_jobs
        How many processes; -1 for one on each core.
    on_progress
        Called with the number of families done and the number there are.

    Returns
    -------
    tuple of Ablated
        The family that is missed most first.

    Raises
    ------
    TrainingError
        If there is only one family.
    """
    if len(data.families) < 2:
        raise TrainingError("There is only one family of features: none can be left out.")
    found = []
    for done, (family, rest) in enumerate(_leave_one_family_out(data), start=1):
        without = evaluate.speaker_independent(
            rest, options=options, n_partitions=len(whole.repetitions), n_jobs=n_jobs
        )
        speakers = np.unique(data.speakers).tolist()
        with_it, without_it = (tally(one.out_of_fold, among=speakers) for one in (whole, without))
        found.append(
            Ablated(
                family=family,
                n_features=data.features.shape[1] - rest.features.shape[1],
                uar=without.uar,
                change=without.uar - whole.uar,
                interval=intervals.over_speakers(
                    without_it, intervals.uar, minus=with_it, seed=options.seed
                ),
            )
        )
        if on_progress is not None:
            on_progress(done, len(data.families))
    return tuple(sorted(found, key=lambda one: one.change))


def _leave_one_family_out(data: Dataset) -> Iterator[tuple[str, Dataset]]:
    families = np.array([name.partition(".")[0] for name in feature_names(data.families)])
    for family in data.families:
        kept = families != family
        yield (
            family,
            replace(
                data,
                features=data.features[:, kept],
                families=tuple(name for name in data.families if name != family),
                altered=None if data.altered is None else data.altered[:, :, kept],
            ),
        )
