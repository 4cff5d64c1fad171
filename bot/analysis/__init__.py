"""The worker processes, the fair queue before them, and the cache of results."""

from bot.analysis.cache import HearingCache
from bot.analysis.pool import Analyser
from bot.analysis.queue import Asker, OnPlace, Queue
from bot.analysis.result import Drawing, Hearing, Turn, Wishes
from bot.analysis.trial_recordings import KINDS, trial_recording
from bot.analysis.verdict_table import VerdictTable

__all__ = [
    "KINDS",
    "Analyser",
    "Asker",
    "Drawing",
    "Hearing",
    "HearingCache",
    "OnPlace",
    "Queue",
    "Turn",
    "VerdictTable",
    "Wishes",
    "trial_recording",
]
