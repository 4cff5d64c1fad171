"""A parallel map over joblib's processes, with results in order and a progress bar."""

import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from joblib import Parallel, delayed, parallel_config
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ser_core.errors import TrainingError

Result = TypeVar("Result")


@dataclass(frozen=True)
class Workers:
    """A pool of processes with one thread each.

    Parameters
    ----------
    n_jobs
        Number of processes; -1 for one per core.
    console
        Console on which the progress bar is drawn; None for no progress bar.

    Raises
    ------
    TrainingError
        `n_jobs` is 0.
    """

    n_jobs: int = -1
    console: Console | None = None

    def __post_init__(self) -> None:
        if self.n_jobs == 0:
            raise TrainingError(
                "No processes can do no work: give 1 or more, or -1 for one a core."
            )

    def map(
        self, function: Callable[..., Result], *arguments: Iterable[object], label: str
    ) -> list[Result]:
        """Apply a function to the items of iterables of equal length, like the built-in `map`.

        joblib shares large arrays with the processes by one memory map instead of copies.

        Parameters
        ----------
        function
            A function of as many arguments as there are iterables.
        label
            Description beside the progress bar.
        """
        jobs = [delayed(function)(*items) for items in zip(*arguments, strict=True)]
        columns = (
            TextColumn("{task.description:<36}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with (
            parallel_config(
                backend="loky",
                n_jobs=self.n_jobs,
                inner_max_num_threads=1,
                # Ctrl-C is left to this process, which ends the others.
                initializer=signal.signal,
                initargs=(signal.SIGINT, signal.SIG_IGN),
            ),
            Progress(*columns, console=self.console, disable=self.console is None) as progress,
        ):
            results = Parallel(return_as="generator")(iter(jobs))
            return list(progress.track(results, total=len(jobs), description=label))
