"""Speech corpora: from file names to labelled clips, with a module for each corpus.

What is in a clip is for `dataset` to measure.
"""

from ser_core.corpora.clip import Clip
from ser_core.corpora.discovery import CORPORA, find_all, find_strangers, share_speakers

__all__ = [
    "CORPORA",
    "Clip",
    "find_all",
    "find_strangers",
    "share_speakers",
]
