"""Running many small jobs on several cores in order, and interrupting them between two jobs."""

from ser_core.concurrency.interruption import interruptible
from ser_core.concurrency.parallel import Workers
from ser_core.concurrency.processes import (
    DIED,
    HelperProcess,
    in_processes,
    result_of,
    run_or_submit,
)

__all__ = [
    "DIED",
    "HelperProcess",
    "Workers",
    "in_processes",
    "interruptible",
    "result_of",
    "run_or_submit",
]
