"""A training run, from corpora to a model file and its report."""

from ser_core.training import run
from ser_core.training.run import check_writable

__all__ = [
    "check_writable",
    "run",
]
