"""FLAC: the frames reach the decoder, and nothing else does."""

import pytest

from ser_core.audio import AudioLimits, decode
from ser_core.containers import Container, read_outline
from ser_core.errors import AudioTooLongError, DamagedAudioError
from tests.ser_core.recordings import RECIPES, SECONDS, recording

STREAMINFO_END = 4 + 4 + 34  # bytes


def with_samples(data: bytes, samples: int) -> bytes:
    """Write another number of samples into STREAMINFO."""
    packed = int.from_bytes(data[18:26], "big") >> 36 << 36 | samples
    return data[:18] + packed.to_bytes(8, "big") + data[26:]


def test_the_declared_length_is_read() -> None:
    outline = read_outline(Container.FLAC, recording("flac-24"))

    assert outline.seconds == pytest.approx(SECONDS)


def test_an_unknown_length_is_no_fault() -> None:
    streamed = with_samples(recording("flac-16"), 0)

    assert read_outline(Container.FLAC, streamed).seconds is None
    assert decode(streamed) == decode(recording("flac-16"))


def test_pictures_and_tags_do_not_reach_the_decoder() -> None:
    data = recording("flac-16")
    picture = bytes([6]) + (5000).to_bytes(3, "big") + b"\xff" * 5000
    padded = data[:4] + bytes([data[4] & 0x7F]) + data[5:STREAMINFO_END] + picture
    padded += data[STREAMINFO_END:] if not data[4] & 0x80 else bytes([0x81, 0, 0, 0])

    (part,) = read_outline(Container.FLAC, padded).parts

    assert b"\xff" * 100 not in part
    assert decode(padded) == decode(data)


def test_fewer_samples_than_declared_are_cut_off() -> None:
    data = recording("flac-16")
    more = with_samples(data, round((SECONDS + 1) * RECIPES["flac-16"].sample_rate))

    with pytest.raises(DamagedAudioError, match="cut off"):
        decode(more)


def test_a_declared_length_beyond_the_limit_is_refused_before_decoding() -> None:
    hours = with_samples(recording("flac-16")[:5000], 48_000 * 3600 * 5)

    with pytest.raises(AudioTooLongError, match="5 h 0 min"):
        decode(hours, limits=AudioLimits(max_seconds=600))


@pytest.mark.parametrize("length", [4, 8, 30, STREAMINFO_END, 200])
def test_a_file_that_ends_early_is_damaged(length: int) -> None:
    with pytest.raises(DamagedAudioError):
        decode(recording("flac-16")[:length])


def test_a_first_block_that_is_not_streaminfo_is_damaged() -> None:
    data = recording("flac-16")

    with pytest.raises(DamagedAudioError):
        decode(data[:4] + bytes([4]) + data[5:])
