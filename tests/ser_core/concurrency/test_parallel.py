"""Work on several cores, in order and with a progress bar."""

import io
import signal

import pytest
from rich.console import Console

from ser_core.concurrency.parallel import Workers
from ser_core.errors import TrainingError


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_results_are_in_the_order_of_the_arguments_and_progress_counts_them(n_jobs):
    console = Console(record=True, width=100, file=io.StringIO())
    assert Workers(n_jobs, console).map(pow, [2, 3, 4], [3, 2, 1], label="raising") == [8, 9, 4]
    shown = console.export_text()
    assert "raising" in shown
    assert "3/3" in shown


def test_ctrl_c_is_not_for_the_workers():
    asked = [signal.SIGINT, signal.SIGINT]
    assert Workers(2).map(signal.getsignal, asked, label="asking") == [signal.SIG_IGN] * 2


def test_no_workers_do_no_work():
    with pytest.raises(TrainingError, match="1 or more, or -1"):
        Workers(0)
