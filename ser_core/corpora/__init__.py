"""From the file names of a corpus to labelled clips."""

from ser_core.corpora.discovery import CORPORA, Clip, find_all, share_speakers

__all__ = [
    "CORPORA",
    "Clip",
    "find_all",
    "share_speakers",
]
