"""A microphone records what is played to it, and its faults are errors with a sentence."""

import contextlib
import json
import os
import threading
from types import SimpleNamespace

import numpy as np
import pytest
import soxr

from ser_core.errors import MicrophoneError
from ser_core.microphone.devices import Device
from ser_core.microphone.stream import (
    CONTINUE,
    DEVICE_UNAVAILABLE,
    FULL_SCALE,
    INPUT_OVERFLOW,
    SAMPLE_RATE,
    Microphone,
)
from tests.virtual_microphones import needs_portaudio

RECORD = """
import json, sys
import numpy as np
from ser_core.microphone import Microphone

with Microphone(sys.argv[1]) as microphone:
    recording = microphone.record(float(sys.argv[2]))
np.save(sys.argv[3], recording)
print(json.dumps([microphone.device.name, microphone.sample_rate, microphone.channels]))
"""

NOBODY_READS = """
import time
from ser_core.microphone.stream import RING_SECONDS, SAMPLE_RATE, Microphone

with Microphone() as microphone:
    while not microphone.overruns:
        time.sleep(0.01)
    blocks = microphone.blocks()
    waiting = next(blocks)
    print(waiting.size == RING_SECONDS * SAMPLE_RATE, next(blocks).size > 0)
"""

STALL = """
import sys
from ser_core.errors import MicrophoneError
from ser_core.microphone import stream

stream.STALL_SECONDS = 1.0
stream.CLOSE_SECONDS = 0.2
try:
    with stream.Microphone() as dying:
        dying.record(60)
except MicrophoneError as error:
    print(error)
"""


def record(microphones, device, seconds):
    """Record in another process; return the device's name, sample rate, channels, and the sound."""
    path = microphones.folder / "recording.npy"
    done = microphones.run("-c", RECORD, device, str(seconds), str(path))
    assert done.returncode == 0, done.stderr
    name, sample_rate, channels = json.loads(done.stdout)
    return name, sample_rate, channels, np.load(path)


def tone(frequency, seconds, sample_rate=SAMPLE_RATE):
    """Return a sine of half the full scale, in 16 bits."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    return np.round(16_384 * np.sin(2 * np.pi * frequency * time)).astype(np.int16)


@needs_portaudio
@pytest.mark.parametrize("sample_rate", [8_000, 16_000, 44_100, 48_000])
def test_every_sample_is_recorded_and_resampled_as_one_stream(microphones, sample_rate):
    spoken = tone(440, 1.5, sample_rate)
    microphones.add("desk", spoken, sample_rate=sample_rate)
    name, rate, channels, heard = record(microphones, "desk", 1.25)
    assert (name, rate, channels) == ("desk", sample_rate, 1)
    expected = soxr.resample(spoken / FULL_SCALE, sample_rate, SAMPLE_RATE, "HQ")
    assert heard.dtype == np.float32
    np.testing.assert_allclose(heard, expected[: round(1.25 * SAMPLE_RATE)], atol=1e-5)


@needs_portaudio
def test_the_chosen_device_is_recorded_from(microphones):
    for name, frequency in (("low", 200), ("high", 900)):
        microphones.add(name, tone(frequency, 1), sample_rate=SAMPLE_RATE)
    *_, heard = record(microphones, "high", 1)
    assert np.argmax(np.abs(np.fft.rfft(heard))) == 900


@needs_portaudio
def test_what_is_lost_is_counted_and_it_goes_on(microphones):
    # This device plays as fast as it is read, so the ring buffer is full before it is read.
    microphones.add("desk", np.zeros(100, np.int16), sample_rate=SAMPLE_RATE)
    done = microphones.run("-c", NOBODY_READS)
    assert (done.returncode, done.stdout, done.stderr) == (0, "True True\n", "")


@needs_portaudio
def test_a_device_that_stalls_is_a_sentence(microphones):
    pipe = microphones.folder / "pipe"
    os.mkfifo(pipe)
    microphones.add_file("cable", pipe, sample_rate=SAMPLE_RATE)
    over = threading.Event()

    def feed():
        """Play one second of sound to the device whenever it is opened, then stall."""
        while not over.is_set():
            with contextlib.suppress(BrokenPipeError), pipe.open("wb", buffering=0) as end:
                end.write(tone(440, 1).tobytes())
                over.wait(60)

    threading.Thread(target=feed, daemon=True).start()
    done = microphones.run("-c", STALL)
    over.set()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The microphone “cable” has sent nothing for 1 seconds")


class Refusing:
    """A PortAudio whose device refuses to open, which no virtual device does."""

    def __init__(self, *errors):
        self.errors = list(errors)

    def open(self, **_):
        if self.errors:
            raise self.errors.pop(0)
        return "a stream"


def opened(system):
    microphone = Microphone()
    microphone.device = Device(3, "desk", channels=6, sample_rate=96_000, is_default=True)
    microphone._open(SimpleNamespace(paInt16=8), system)
    return microphone


@pytest.mark.parametrize(
    ("refusals", "sample_rate", "channels"),
    [
        ([OSError(-9998, "Invalid number of channels")], 96_000, 2),
        (2 * [OSError(-9997, "Invalid sample rate")], 48_000, 1),
    ],
    ids=["one channel", "its own rate"],
)
def test_what_a_device_refuses_it_is_asked_for_otherwise(refusals, sample_rate, channels):
    microphone = opened(Refusing(*refusals))
    assert (microphone.sample_rate, microphone.channels) == (sample_rate, channels)


def test_a_device_in_use_is_said_to_be_and_not_asked_again():
    cause = OSError(DEVICE_UNAVAILABLE, "Device unavailable")
    with pytest.raises(MicrophoneError, match="“desk” is in use") as caught:
        opened(Refusing(cause))
    assert caught.value.__cause__ is cause


def test_a_device_that_refuses_everything_cannot_be_opened():
    with pytest.raises(MicrophoneError, match="“desk” cannot be opened"):
        opened(Refusing(*(100 * [OSError(-9999, "Unanticipated host error")])))


def test_what_the_device_itself_lost_is_counted_and_no_error():
    microphone = opened(Refusing())
    block = tone(440, 0.05, 96_000).tobytes()
    for status, overruns in ((0, 0), (INPUT_OVERFLOW, 1)):
        assert microphone._hear(block, 4_800, None, status) == (None, CONTINUE)
        assert microphone.overruns == overruns


def test_two_channels_are_mixed_to_their_mean():
    microphone = Microphone()
    microphone._prepare(SAMPLE_RATE, 2)
    microphone._hear(np.array([8_192, 16_384, -32_768, 0], np.int16).tobytes(), 2, None, 0)
    assert next(microphone.blocks()).tolist() == [0.375, -0.5]


def test_flags_are_those_of_portaudio():
    pyaudio = pytest.importorskip("pyaudio")
    assert (pyaudio.paInputOverflow, pyaudio.paContinue) == (INPUT_OVERFLOW, CONTINUE)
