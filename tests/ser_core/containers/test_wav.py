"""WAV: the samples that are there are decoded, whatever else the file holds or says."""

import numpy as np
import pytest

from ser_core.audio import decode
from ser_core.errors import DamagedAudioError, EmptyAudioError, UnsupportedAudioError
from tests.ser_core.recordings import recording, write

HEADER = 44  # bytes, of the plainest WAV file


def with_sizes(data: bytes, riff: int, samples: int) -> bytes:
    """Write other sizes into a plain WAV file."""
    return (
        data[:4]
        + riff.to_bytes(4, "little")
        + data[8:40]
        + samples.to_bytes(4, "little")
        + (data[HEADER:])
    )


@pytest.mark.parametrize(
    ("riff", "samples"),
    [
        (0xFFFF_FFFF, 0xFFFF_FFFF),
        (0x7FFF_F024, 0x7FFF_F000),
        (0x8000_0024, 0x8000_0000),
        (0, 0),
        (36, 0),
    ],
    ids=["ffmpeg", "sox", "arecord", "none", "header alone"],
)
def test_a_recorder_that_did_not_know_the_length_is_understood(riff: int, samples: int) -> None:
    data = recording("wav-16")
    assert data[36:40] == b"data"

    assert decode(with_sizes(data, riff, samples)) == decode(data)


def test_no_samples_before_other_chunks_is_empty() -> None:
    empty = write(np.zeros(0), 48_000)
    words = b"LIST\x04\0\0\0INFO" * 100
    data = with_sizes(empty[:HEADER] + words, HEADER - 8 + len(words), 0)

    with pytest.raises(EmptyAudioError):
        decode(data)


def test_chunks_around_the_samples_are_left_out() -> None:
    data = recording("wav-16")
    odd = b"LIST\x05\0\0\0INFOx\0"  # padded to an even length
    surrounded = data[:12] + odd + data[12:36] + odd * 3 + data[36:] + odd

    assert decode(surrounded) == decode(data)


def test_a_header_that_is_counted_among_the_samples_is_forgiven() -> None:
    data = recording("wav-16")
    there = len(data) - HEADER

    assert decode(with_sizes(data, len(data) - 8, there + HEADER)) == decode(data)


def test_less_than_the_header_says_is_cut_off() -> None:
    data = recording("wav-16")
    for length in (len(data) - 100, len(data) // 2, 60, HEADER, 40, 30, 12):
        with pytest.raises(DamagedAudioError, match="cut off"):
            decode(data[:length])


def test_samples_without_a_format_are_damaged() -> None:
    data = recording("wav-16")

    with pytest.raises(DamagedAudioError):
        decode(data[:12] + data[36:])


@pytest.mark.parametrize("tag", [0x0055, 0x0161, 0x0000])
def test_a_compression_that_is_not_decoded_is_called_that(tag: int) -> None:
    data = recording("wav-16")
    data = data[:20] + tag.to_bytes(2, "little") + data[22:]

    with pytest.raises(UnsupportedAudioError, match="PCM WAV"):
        decode(data)


def test_more_chunks_than_any_file_has_are_not_walked() -> None:
    data = recording("wav-16")

    with pytest.raises(DamagedAudioError):
        decode(data[:36] + b"junk\0\0\0\0" * 100_000 + data[36:])
