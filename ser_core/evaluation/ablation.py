"""Ablation: the same evaluation without each family of features in turn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ser_core.concurrency import Workers
from ser_core.dataset import Dataset, Split
from ser_core.errors import TrainingError
from ser_core.evaluation import cross_validation, intervals
from ser_core.evaluation.intervals import Interval
from ser_core.evaluation.metrics import tally
from ser_core.evaluation.results import Evaluation
from ser_core.features import feature_names
from ser_core.models import TrainingOptions


@dataclass(frozen=True)
class Ablated:
    """The headline figure without one family.

    Parameters
    ----------
    family
        The family that is left out.
    n_features
        Number of features of the family.
    uar
        Speaker-independent UAR without it.
    change
        That, minus the UAR with it: below 0, the family is missed.
    interval
        Interval of the change with other speakers; the change is certain where 0 is outside.
    """

    family: str
    n_features: int
    uar: float
    change: float
    interval: Interval | None


def ablate(
    data: Dataset,
    whole: Evaluation,
    splits: Sequence[Split],
    *,
    options: TrainingOptions,
    workers: Workers,
) -> tuple[Ablated, ...]:
    """Evaluate without each family in turn.

    Parameters
    ----------
    data
        Clips with the features of at least two families.
    whole
        The evaluation of the same data, splits and options with all families.
    splits
        The speaker-independent splits.
    options
        The training options.
    workers
        The processes that train the folds.

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
    speakers = np.unique(data.speakers).tolist()
    with_it = tally(whole.out_of_fold, among=speakers)
    found = []
    for family in data.families:
        rest = _without(data, family)
        without = cross_validation.run(
            f"without {family}", rest, splits, options=options, workers=workers
        )
        interval = intervals.over_speakers(
            tally(without.out_of_fold, among=speakers),
            intervals.uar,
            minus=with_it,
            seed=options.seed,
        )
        n_features = data.features.shape[1] - rest.features.shape[1]
        change = without.uar - whole.uar
        found.append(Ablated(family, n_features, without.uar, change, interval))
    return tuple(sorted(found, key=lambda one: one.change))


def _without(data: Dataset, family: str) -> Dataset:
    kept = np.array([not name.startswith(f"{family}.") for name in feature_names(data.families)])
    return replace(
        data,
        features=data.features[:, kept],
        families=tuple(name for name in data.families if name != family),
        altered=None if data.altered is None else data.altered[:, :, kept],
    )
