"""Work on several cores, processes that analyse, and Ctrl-C between two pieces of work."""

from ser_core.concurrency.interruption import interruptible
from ser_core.concurrency.parallel import Workers
from ser_core.concurrency.processes import DIED, Helper, done_by, in_processes, result_of

__all__ = [
    "DIED",
    "Helper",
    "Workers",
    "done_by",
    "in_processes",
    "interruptible",
    "result_of",
]
