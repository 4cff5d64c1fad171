"""Ogg: one audio stream is decoded out of what may be several, beside or behind each other."""

from itertools import pairwise

import pytest

from ser_core.audio import AudioLimits, decode
from ser_core.containers import Container, read_outline
from ser_core.errors import (
    AudioTooLongError,
    DamagedAudioError,
    NoAudioStreamError,
    UnsupportedAudioError,
)
from tests.ser_core.recordings import (
    SECONDS,
    ogg_page,
    opus_silence,
    recording,
    video_with_sound,
)

LAST_PAGE = 0x04  # flag


def page_offsets(data: bytes) -> list[int]:
    """Find where the pages begin."""
    offsets = []
    offset = data.find(b"OggS")
    while offset >= 0:
        offsets.append(offset)
        offset = data.find(b"OggS", offset + 1)
    return offsets


@pytest.mark.parametrize("name", ["ogg-opus", "ogg-vorbis"])
def test_chained_recordings_are_heard_one_after_another(name: str) -> None:
    once = decode(recording(name))
    chained = recording(name) * 3

    assert decode(chained).raw_data == once.raw_data * 3


def test_the_limit_is_on_chained_recordings_together() -> None:
    limits = AudioLimits(max_seconds=2 * SECONDS)

    decode(recording("ogg-opus"), limits=limits)
    with pytest.raises(AudioTooLongError):
        decode(recording("ogg-opus") * 3, limits=limits)


def test_chained_recordings_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(UnsupportedAudioError, match="several different recordings"):
        decode(recording("ogg-opus") + recording("ogg-vorbis"))


def test_more_chained_recordings_than_anybody_makes_are_refused() -> None:
    with pytest.raises(DamagedAudioError):
        decode(opus_silence(1) * 1000)


def test_pictures_beside_the_sound_do_not_reach_the_decoder() -> None:
    data = video_with_sound("ogg")

    (part,) = read_outline(Container.OGG, data).parts

    assert b"theora" in data
    assert b"theora" not in part
    assert b"vorbis" in part


def test_a_recorder_that_marks_no_last_page_is_understood() -> None:
    # What a browser or a telephone was recording when its owner pressed stop.
    data = opus_silence(10)
    last = page_offsets(data)[-1]
    body = last + 27 + data[last + 26]
    packets = [data[at : at + 2] for at in range(body, len(data), 2)]
    position = int.from_bytes(data[last + 6 : last + 14], "little")
    number = int.from_bytes(data[last + 18 : last + 22], "little")
    assert data[last + 5] & LAST_PAGE

    unmarked = data[:last] + ogg_page(packets, position, number=number)

    assert decode(unmarked) == decode(data)


@pytest.mark.parametrize("name", ["ogg-opus", "ogg-vorbis", "ogg-opus-voice"])
def test_a_file_that_ends_within_a_page_is_cut_off(name: str) -> None:
    data = recording(name)
    last = page_offsets(data)[-1]
    for length in (len(data) - 1, last + 100, last + 20, last + 3, last + 1):
        with pytest.raises(DamagedAudioError, match="cut off"):
            decode(data[:length])


def test_stray_bytes_behind_the_last_page_do_no_harm() -> None:
    data = recording("ogg-opus")

    assert decode(data + b"\0stray") == decode(data)


def test_positions_that_do_not_begin_at_nought_are_understood() -> None:
    # As when a programme is recorded that began hours ago.
    hours = 10 * 3600 * 48_000
    silence = opus_silence(30)
    pages = [*page_offsets(silence), len(silence)]
    shifted = silence[: pages[2]]
    for number, (begin, end) in enumerate(pairwise(pages[2:]), 2):
        page = silence[begin:end]
        body = 27 + page[26]
        packets = [page[at : at + 2] for at in range(body, len(page), 2)]
        position = int.from_bytes(page[6:14], "little") + hours
        shifted += ogg_page(packets, position, number=number)

    seconds = read_outline(Container.OGG, shifted).seconds

    assert seconds is not None
    assert seconds <= 30


@pytest.mark.parametrize("codec", [b"\x7fFLAC\x01\0\0\x01fLaC", b"Speex   1.2", b"PCM     \0\0"])
def test_another_audio_codec_is_called_that(codec: bytes) -> None:
    data = ogg_page([codec], 0, first=True) + ogg_page([b"x" * 50], 960, number=1, last=True)

    with pytest.raises(UnsupportedAudioError, match="neither Opus nor Vorbis"):
        decode(data)


def test_a_stream_of_no_known_kind_is_no_sound() -> None:
    data = ogg_page([b"\x80kate\0\0\0"], 0, first=True) + ogg_page([b"x"], 1, number=1, last=True)

    with pytest.raises(NoAudioStreamError):
        decode(data)


def test_pages_without_a_beginning_are_damaged() -> None:
    data = recording("ogg-opus")

    with pytest.raises(DamagedAudioError):
        decode(data[page_offsets(data)[1] :])


def test_a_declared_length_beyond_the_limit_is_refused_before_decoding() -> None:
    # Two pages, the last of which claims a position two hours on: there is nothing to decode.
    head, tags = b"OpusHead\x01\x01" + bytes(9), b"OpusTags" + bytes(8)
    pages = [ogg_page([head], 0, first=True), ogg_page([tags], 0, number=1)]
    pages.append(ogg_page([b"\xff\x06"], 5760, number=2))
    pages.append(ogg_page([b"\xff\x06"], 2 * 3600 * 48_000, number=3, last=True))

    with pytest.raises(AudioTooLongError, match="2 h 0 min"):
        decode(b"".join(pages))


@pytest.mark.parametrize("name", ["ogg-opus", "ogg-opus-voice", "ogg-vorbis"])
def test_the_positions_leave_out_the_first_page_and_never_say_too_much(name: str) -> None:
    seconds = read_outline(Container.OGG, recording(name)).seconds

    assert seconds is not None
    assert seconds <= SECONDS + 0.05
