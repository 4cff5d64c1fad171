"""The containers that are accepted, by name."""

import enum


class Container(enum.Enum):
    """A container that is accepted; the value is what people call such a file."""

    WAV = "WAV"
    FLAC = "FLAC"
    MP3 = "MP3"
    OGG = "Ogg"
    MP4 = "M4A or MP4"
    MATROSKA = "WebM or Matroska"
    ADTS = "AAC"
    AMR = "AMR"


ACCEPTED = "WAV, FLAC, MP3, Ogg (Opus or Vorbis), M4A, MP4, AAC, WebM or AMR"
"""The accepted containers, as a sentence names them."""
