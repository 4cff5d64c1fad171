"""Work on several cores, processes that analyse, and Ctrl-C between two pieces of work."""

from ser_core.concurrency.interruption import interruptible
from ser_core.concurrency.parallel import Workers
from ser_core.concurrency.processes import Helper, done_by, process_pool, result_of

__all__ = [
    "Helper",
    "Workers",
    "done_by",
    "interruptible",
    "process_pool",
    "result_of",
]
