"""Running many small jobs on several cores in order, and interrupting them between two jobs."""

from ser_core.concurrency.interruption import interruptible
from ser_core.concurrency.parallel import Workers
from ser_core.concurrency.processes import HelperProcess, process_pool, result_of, run_or_submit

__all__ = [
    "HelperProcess",
    "Workers",
    "interruptible",
    "process_pool",
    "result_of",
    "run_or_submit",
]
