"""Files without sound, and files of which a part is missing or damaged."""

import numpy as np
import pytest

from ser_core.audio import SAMPLE_RATE, decode, open_recording
from ser_core.errors import DamagedAudioError, EmptyAudioError, NoAudioStreamError
from tests.ser_core.audio.recordings import (
    RECIPES,
    VIDEO_CODECS,
    encode,
    recording,
    tone,
    video,
    write,
)

LONGER = 6.0  # seconds

INDEX_LAST = {
    *("m4a", "m4a-lossless", "mp4-opus", "mov", "mov-ulaw", "3gp"),
    *("ogg-vorbis", "matroska-float"),  # of these a file as short as this is a single page or block
}
"""Recordings that cannot be read without their end."""

LENGTH_UNKNOWN = {"mp3-without-header", "mp2", "w64", "wma"}
"""Recordings of which it cannot be known, or libav does not report, that there was more."""


@pytest.mark.parametrize(
    "data",
    [b"", *(write(np.zeros(0), 48_000, kind, "PCM_16") for kind in ("WAV", "FLAC"))],
    ids=["nothing", "a WAV header", "a FLAC header"],
)
def test_what_holds_no_samples_is_called_empty(data):
    with pytest.raises(EmptyAudioError):
        decode(data)


@pytest.mark.parametrize("container", VIDEO_CODECS)
def test_a_video_without_sound_is_called_that(container):
    with pytest.raises(NoAudioStreamError, match="no sound"):
        decode(video(container, has_sound=False))


@pytest.mark.parametrize("name", [name for name in RECIPES if name not in INDEX_LAST])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes_and_that_is_told(name, share):
    recipe = RECIPES[name]
    data = encode(tone(seconds=LONGER, sample_rate=recipe.sample_rate), recipe)

    with open_recording(data[: int(len(data) * share)]) as opened:
        seconds = sum(map(len, opened.waveforms())) / SAMPLE_RATE

    assert 0.5 * share * LONGER < seconds < LONGER
    if name not in LENGTH_UNKNOWN:
        assert "is missing" in str(opened.coverage.remark)


@pytest.mark.parametrize("name", sorted(INDEX_LAST))
def test_a_file_that_lost_what_is_needed_to_read_it_is_called_cut_off(name):
    with pytest.raises(
        DamagedAudioError, match=rf"{RECIPES[name].container} file is cut off, its end is missing"
    ):
        decode(recording(name)[: len(recording(name)) // 2])


@pytest.mark.parametrize("name", RECIPES)
def test_of_a_whole_file_nothing_is_told(name):
    with open_recording(recording(name)) as opened:
        seconds = sum(map(len, opened.waveforms())) / SAMPLE_RATE
    assert opened.coverage.remark is None
    assert opened.coverage.seconds == pytest.approx(seconds, abs=0.001)


def test_damage_in_the_middle_is_passed_over_and_told():
    data = bytearray(encode(tone(seconds=4.0), RECIPES["m4a-index-first"]))
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(2000)
    with open_recording(bytes(data)) as opened:
        seconds = sum(map(len, opened.waveforms())) / SAMPLE_RATE
    assert seconds == pytest.approx(4.0, abs=0.2)
    assert "damaged" in str(opened.coverage.remark)
