"""Work on several cores, with its results in order and its progress shown."""

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
    """Processes of one thread each.

    Parameters
    ----------
    n_jobs
        How many processes; -1 for one on each core.
    console
        Where progress is shown; None shows nothing.

    Raises
    ------
    TrainingError
        If there are to be no processes.
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
        """Return what a function returns for each of its arguments, in their order.

        joblib hands large arrays to the processes as one memory map, not as copies.

        Parameters
        ----------
        function
            Of as many arguments as there are iterables.
        arguments
            Of equal length.
        label
            What is being done, for the progress bar.
        """
        jobs = [delayed(function)(*one) for one in zip(*arguments, strict=True)]
        columns = (
            TextColumn("{task.description:<36}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with (
            parallel_config(backend="loky", n_jobs=self.n_jobs, inner_max_num_threads=1),
            Progress(*columns, console=self.console, disable=self.console is None) as progress,
        ):
            results = Parallel(return_as="generator")(iter(jobs))
            return list(progress.track(results, total=len(jobs), description=label))
