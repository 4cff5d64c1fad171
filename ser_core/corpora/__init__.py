"""Speech corpora: from their file names to labelled clips, a module for each corpus.

What is in the clips is for `ser_core.dataset` to measure.
"""

from ser_core.corpora.clip import Clip
from ser_core.corpora.discovery import CORPORA, find_all, share_speakers

__all__ = [
    "CORPORA",
    "Clip",
    "find_all",
    "share_speakers",
]
