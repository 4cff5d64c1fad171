"""ADTS and AMR: streams of frames, counted without decoding them."""

import math

import pytest

from ser_core.audio import AudioLimits, decode
from ser_core.containers import Container, read_outline
from ser_core.errors import AudioTooLongError, DamagedAudioError, EmptyAudioError
from tests.ser_core.recordings import RECIPES, SECONDS, amr_wide_band, recording


@pytest.mark.parametrize(("name", "container"), [("adts", Container.ADTS), ("amr", Container.AMR)])
def test_the_length_is_counted_from_the_frames(name: str, container: Container) -> None:
    assert read_outline(container, recording(name)).seconds == pytest.approx(SECONDS, abs=0.1)


def test_wide_band_frames_are_counted_too() -> None:
    assert read_outline(Container.AMR, amr_wide_band(75)).seconds == pytest.approx(1.5)


@pytest.mark.parametrize("name", ["adts", "amr"])
def test_a_file_that_ends_within_a_frame_is_cut_off(name: str) -> None:
    data = recording(name)
    for length in (len(data) - 1, len(data) - 3):
        with pytest.raises(DamagedAudioError, match="cut off"):
            decode(data[:length])


@pytest.mark.parametrize("magic", [b"#!AMR\n", b"#!AMR-WB\n"])
def test_a_beginning_without_frames_is_empty(magic: bytes) -> None:
    with pytest.raises(EmptyAudioError):
        decode(magic)


@pytest.mark.parametrize("magic", [b"#!AMR\n", b"#!AMR-WB\n"])
def test_text_behind_an_amr_beginning_is_damaged(magic: bytes) -> None:
    with pytest.raises(DamagedAudioError):
        decode(magic + b"http://example.org/list.m3u8\n")


def test_a_tag_behind_the_aac_frames_is_left_out() -> None:
    data = recording("adts")

    (part,) = read_outline(Container.ADTS, data + b"TAG" + bytes(125)).parts

    assert part == data


def test_an_hour_of_frames_is_refused_before_decoding() -> None:
    with pytest.raises(AudioTooLongError, match="at most 60 seconds"):
        decode(amr_wide_band(180_000), limits=AudioLimits(max_seconds=60))


@pytest.mark.parametrize("name", ["adts", "amr", "mp3", "mp3-variable"])
def test_frames_far_beyond_the_limit_are_not_counted(name: str) -> None:
    container = RECIPES[name].container

    assert read_outline(container, recording(name), max_seconds=0.1).seconds == math.inf
    assert read_outline(container, recording(name), max_seconds=10).seconds == pytest.approx(
        SECONDS, abs=0.1
    )
