"""Containers: which one a file's bytes are, and what it says of itself before it is decoded.

Nothing here decodes. `recognise` goes by the bytes alone, never by a name or a declared type.
`read_outline` then walks the container's own structure (chunks, pages, frames, boxes) to learn how
long it says it is, whether its end is missing, and which of its bytes hold the audio: only those
are passed on to a decoder, so tags, pictures and other baggage never reach one where that can be
helped.

The modules that are named after a container share one anatomy: a `read_outline` that takes the
file's bytes and the limit in seconds, returns an `Outline`, and raises the errors of
`ser_core.errors`.
"""

import math
from collections.abc import Callable

from ser_core.containers import adts, amr, flac, matroska, mp3, mp4, ogg, wav
from ser_core.containers.kinds import ACCEPTED, Container
from ser_core.containers.outline import Outline
from ser_core.containers.recognition import recognise

__all__ = ["ACCEPTED", "Container", "Outline", "read_outline", "recognise"]

_READERS: dict[Container, Callable[[bytes, float], Outline]] = {
    Container.WAV: wav.read_outline,
    Container.FLAC: flac.read_outline,
    Container.MP3: mp3.read_outline,
    Container.OGG: ogg.read_outline,
    Container.MP4: mp4.read_outline,
    Container.MATROSKA: matroska.read_outline,
    Container.ADTS: adts.read_outline,
    Container.AMR: amr.read_outline,
}


def read_outline(container: Container, data: bytes, *, max_seconds: float = math.inf) -> Outline:
    """Read what a container says of itself, before anything is decoded.

    Parameters
    ----------
    container
        What `recognise` said.
    data
        The whole file.
    max_seconds
        Beyond this, the frames of a long stream need not be counted.

    Returns
    -------
    Outline
        Its length in seconds where it tells, and the bytes that a decoder needs.

    Raises
    ------
    DamagedAudioError
        The structure is broken, or tells that the end is missing.
    NoAudioStreamError
        It holds something, but no audio.
    UnsupportedAudioError
        The audio in it is of a kind that is not decoded.
    """
    return _READERS[container](data, max_seconds)
