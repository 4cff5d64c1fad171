"""Devices are listed as the system has them, and found by what a person calls them."""

import contextlib
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_core.devices import Device, find_device
from ser_core.errors import MicrophoneError
from tests.virtual_microphones import VirtualMicrophones, needs_alsa, needs_pyaudio, tone

LIST = """
import dataclasses, json
from ser_core.devices import list_devices

print(json.dumps([dataclasses.asdict(device) for device in list_devices()]))
"""

IMPORT_FAILS = """
import sys
from ser_core.devices import list_devices
from ser_core.errors import MicrophoneError

try:
    list_devices()
except MicrophoneError as error:
    print(type(error.__cause__).__name__, error)
"""

DESK = (
    Device(0, "HDA Intel PCH: ALC257 Analog (hw:0,0)", 2, 48_000, is_default=False),
    Device(4, "Blue Yeti", 2, 44_100, is_default=False),
    Device(7, "Scarlett 2i2", 2, 96_000, is_default=True),
    Device(9, "Scarlett 2i2 USB", 2, 96_000, is_default=False),
)


@pytest.fixture
def microphones(tmp_path):
    """An ALSA configuration that has no microphones yet."""
    return VirtualMicrophones(tmp_path)


@needs_pyaudio
@needs_alsa
class TestListing:
    """Through real PortAudio."""

    def test_has_names_rates_and_the_default(self, microphones):
        for name, sample_rate in (("desk", 48_000), ("headset", 16_000), ("old", 44_100)):
            microphones.add(name, tone(440, 1, sample_rate=sample_rate), sample_rate=sample_rate)
        done = microphones.run("-c", LIST)
        devices = json.loads(done.stdout)
        assert [(device["name"], device["sample_rate"]) for device in devices] == [
            ("desk", 48_000),
            ("headset", 16_000),
            ("old", 44_100),
        ]
        assert [device["is_default"] for device in devices] == [True, False, False]
        assert all(device["channels"] >= 1 for device in devices)

    def test_leaves_out_what_cannot_record(self, microphones):
        microphones.add_file("unplugged", Path("/there/is/nothing.raw"), sample_rate=48_000)
        microphones.add("desk", tone(440, 1, sample_rate=48_000), sample_rate=48_000)
        devices = json.loads(microphones.run("-c", LIST).stdout)
        assert [device["name"] for device in devices] == ["desk"]

    def test_is_empty_without_devices_and_prints_nothing_of_its_own(self, microphones):
        done = microphones.run("-c", LIST)
        assert (done.stdout, done.stderr, done.returncode) == ("[]\n", "", 0)


class TestMissingLibraries:
    """What is not installed is named, with the command that installs it."""

    def fake_pyaudio(self, microphones, code):
        """Put a PyAudio that fails to import in front, and give what is then said."""
        fake = microphones.folder / "pyaudio.py"
        fake.write_text(code)
        front = f"import sys; sys.path.insert(0, {str(fake.parent)!r})\n"
        done = microphones.run("-c", front + IMPORT_FAILS)
        assert (done.stderr, done.returncode) == ("", 0)
        return done.stdout

    def test_pyaudio(self, microphones):
        said = self.fake_pyaudio(
            microphones, "raise ModuleNotFoundError('No module named pyaudio', name='pyaudio')"
        )
        assert said.startswith("ModuleNotFoundError PyAudio, which listens")
        assert f"{sys.executable} -m pip install pyaudio" in said

    def test_portaudio(self, microphones):
        # PyAudio prints a line to standard output when its library is missing.
        said = self.fake_pyaudio(
            microphones,
            "print('Could not import the C module')\n"
            "raise ImportError('libportaudio.so.2: cannot open shared object file')",
        )
        assert said.startswith("ImportError PortAudio, which PyAudio needs")
        assert "pip install" in said


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
    assert find_device(wanted, DESK).index == index


def test_the_first_device_stands_in_for_a_missing_default():
    assert find_device(None, DESK[:2]).index == 0


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
        find_device(wanted, DESK)


@given(st.none() | st.text() | st.integers())
def test_whatever_is_asked_for_where_there_is_none_none_was_found(wanted):
    with pytest.raises(MicrophoneError, match="No microphone was found"):
        find_device(wanted, ())


@given(st.text() | st.sampled_from([device.name for device in DESK]).map(lambda name: name[2:6]))
def test_any_text_gives_a_device_with_it_or_our_own_error(wanted):
    with contextlib.suppress(MicrophoneError):
        found = find_device(wanted, DESK)
        assert wanted.strip().casefold() in f"{found.index} {found.name}".casefold()
