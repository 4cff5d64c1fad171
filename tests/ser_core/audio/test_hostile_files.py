"""Arbitrary bytes: the result is a waveform or one of the core's errors."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ser_core.audio import SAMPLE_RATE, AudioLimits, decode, open_recording, to_waveform
from ser_core.errors import AudioError, UndertoneError
from tests.fuzz.mutations import hostile
from tests.ser_core.audio.recordings import ogg_page, recording

pytestmark = pytest.mark.slow

LIMITS = AudioLimits(max_bytes=1 << 20, max_seconds=5.0)

unhurried = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def assert_sound_or_sentence(data):
    """Check that bytes decode to a sound waveform, or raise an error that is a sentence."""
    try:
        waveform = to_waveform(decode(data, limits=LIMITS))
    except UndertoneError as error:
        sentence = str(error)
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert len(sentence) < 300
        return
    assert waveform.dtype == np.float32
    assert 0 < len(waveform) <= (LIMITS.max_seconds + 0.3) * SAMPLE_RATE
    assert np.all(np.isfinite(waveform))
    assert np.max(np.abs(waveform)) <= 1


@settings(unhurried, max_examples=400)
@given(st.integers(0, 10_000))
def test_a_damaged_file_gives_sound_or_a_sentence(number):
    _, data = hostile(2, number)
    assert_sound_or_sentence(data)


def test_of_a_file_that_is_mostly_damaged_the_beginning_is_kept():
    _, data = hostile(2, 3738)  # half a second of WAV behind the header of another kind
    with open_recording(data) as opened:
        assert sum(map(len, opened.waveforms())) > 0
    assert opened.coverage.remark is not None


@st.composite
def forged_ogg(draw):
    """Return Ogg pages with right checksums and random contents."""
    head = draw(
        st.sampled_from(
            [
                b"OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0",
                b"OpusHead\x01\xff\0\0\0\0\0\0\0\0\xff",
                b"\x01vorbis\0\0\0\0\x01\x44\xac\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xb8\x01",
                b"\x01vorbis\0\0\0\0\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\xff\x01",
                b"\x7fFLAC\x01\0\0\x01fLaC",
                b"\x80theora",
            ]
        )
    )
    pages = [ogg_page([head], 0, first=True)]
    for number in range(1, draw(st.integers(2, 6))):
        packets = draw(st.lists(st.binary(max_size=200), max_size=8))
        if number == 1 and draw(st.booleans()):
            packets = [b"OpusTags" + bytes(8)]
        position = draw(st.integers(0, (1 << 64) - 1))
        stream = draw(st.sampled_from([7, 7, 7, 8]))
        pages.append(ogg_page(packets, position, number=number, stream=stream))
    return b"".join(pages)


@settings(unhurried, max_examples=200)
@given(forged_ogg())
def test_forged_ogg_pages_give_sound_or_a_sentence(data):
    assert_sound_or_sentence(data)


@pytest.mark.parametrize("name", ["wav-16", "flac-16", "mp3", "ogg-opus", "ogg-vorbis", "adts"])
def test_a_megabyte_of_the_same_byte_behind_a_good_file_does_no_harm(name):
    for byte in (b"\0", b"\xff", b"O"):
        assert_sound_or_sentence(recording(name) + byte * (LIMITS.max_bytes - len(recording(name))))


@pytest.mark.parametrize("unit", [b"OggS" + bytes(23), b"\xff\xfb", b"\0\0\0\x08free", b"\xec\x80"])
def test_a_megabyte_of_empty_parts_does_no_harm(unit):
    for beginning in (b"", recording("m4a")[:32], recording("webm")[:64]):
        assert_sound_or_sentence(
            (beginning + unit * (LIMITS.max_bytes // len(unit)))[: LIMITS.max_bytes]
        )


@pytest.mark.parametrize(
    ("place", "length", "number"),
    [
        *((24, 4, rate) for rate in (0, 1, 3_999, 192_001, 10_000_000, 0xFFFF_FFFF)),
        *((22, 2, channels) for channels in (0, 9, 255, 1025, 65_535)),
    ],
)
def test_a_sample_rate_and_channels_that_no_recorder_has_are_refused(place, length, number):
    data = bytearray(recording("wav-16"))
    data[place : place + length] = number.to_bytes(length, "little")
    with pytest.raises(AudioError):
        decode(bytes(data))
