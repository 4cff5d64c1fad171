"""Work on several cores, with its results in order and its progress told."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from joblib import Parallel, parallel_config

Progress = Callable[[int, int], None]
"""Called with the number of jobs done and the number there are."""


def in_order(
    jobs: Sequence[Any], *, n_jobs: int, on_progress: Progress | None = None
) -> Iterator[Any]:
    """Do jobs in processes of one thread each.

    joblib hands large arrays to the processes as one memory map, not as copies.

    Parameters
    ----------
    jobs
        Each made by `joblib.delayed`.
    n_jobs
        How many processes; -1 for one on each core.
    on_progress
        Called after each job.

    Yields
    ------
    object
        The result of each job, in the order of the jobs, as soon as it is there.
    """
    with parallel_config(backend="loky", n_jobs=n_jobs, inner_max_num_threads=1):
        for done, result in enumerate(Parallel(return_as="generator")(iter(jobs)), start=1):
            yield result
            if on_progress is not None:
                on_progress(done, len(jobs))
