"""Devices found by a part of their name; tests/mic has how they are listed."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_core.errors import MicrophoneError
from ser_core.microphone.devices import Device, find_device

DEVICES = (
    Device(0, "HDA Intel PCH: ALC257 Analog (hw:0,0)", 2, 48_000, is_default=False),
    Device(4, "Blue Yeti", 2, 44_100, is_default=False),
    Device(7, "Scarlett 2i2", 2, 96_000, is_default=True),
    Device(9, "Scarlett 2i2 USB", 2, 96_000, is_default=False),
)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (None, 7),
        ("4", 4),
        (4, 4),
        ("yeti", 4),
        ("BLUE", 4),
        (" hda intel", 0),
        ("Scarlett 2i2", 7),  # a whole name goes before a part of another
        ("2i2 usb", 9),
    ],
)
def test_a_device_is_found(wanted, index):
    assert find_device(wanted, DEVICES).index == index


def test_the_first_device_stands_in_for_a_missing_default():
    assert find_device(None, DEVICES[:2]).index == 0


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("scarlett", r"“scarlett” fits several microphones.*: 7 \(Scarlett 2i2\), 9 "),
        ("webcam", r"no microphone “webcam”, but there is 0 \(HDA"),
        ("5", "no microphone “5”"),
    ],
)
def test_what_is_not_found_is_told_from_what_there_is(wanted, said):
    with pytest.raises(MicrophoneError, match=said):
        find_device(wanted, DEVICES)


@pytest.mark.parametrize("wanted", [None, "yeti", 4])
def test_where_there_is_no_device_none_was_found(wanted):
    with pytest.raises(MicrophoneError, match="No microphone was found"):
        find_device(wanted, ())


@given(st.text() | st.sampled_from([device.name for device in DEVICES]).map(lambda name: name[2:6]))
def test_any_text_gives_a_device_with_it_or_our_own_error(wanted):
    with contextlib.suppress(MicrophoneError):
        found = find_device(wanted, DEVICES)
        assert wanted.strip().casefold() in f"{found.index} {found.name}".casefold()
