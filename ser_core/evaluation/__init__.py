"""How often a model is right, for whom, and how sure; the report."""

from ser_core.evaluation.charts import confusion
from ser_core.evaluation.examination import (
    FOUR_EMOTIONS,
    HEADLINE,
    RANDOM,
    RANDOM_FOUR,
    WAYS,
    examine,
)
from ser_core.evaluation.robustness import UNALTERED, Robustness

__all__ = [
    "FOUR_EMOTIONS",
    "HEADLINE",
    "RANDOM",
    "RANDOM_FOUR",
    "UNALTERED",
    "WAYS",
    "Robustness",
    "confusion",
    "examine",
]
