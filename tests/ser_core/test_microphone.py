"""What a microphone gives is what was said into it, and what goes wrong with it is said."""

import itertools
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ser_core.devices import Device
from ser_core.errors import MicrophoneError
from ser_core.microphone import DEVICE_UNAVAILABLE, Microphone
from tests.virtual_microphones import VirtualMicrophones, needs_alsa, needs_pyaudio, tone

RECORD = """
import json, sys
import numpy as np
from ser_core.microphone import Microphone

with Microphone(sys.argv[1]) as microphone:
    recording = microphone.record(float(sys.argv[2]))
np.save(sys.argv[3], np.frombuffer(recording.raw_data, np.int16))
print(json.dumps([microphone.device.name, recording.frame_rate, recording.channels]))
"""

WINDOWS = """
import sys, time
import numpy as np
from ser_core.microphone import Microphone

with Microphone() as microphone:
    windows = microphone.windows(window=1.0, hop=0.5)
    heard = [next(windows) for _ in range(3)]
    time.sleep(1.5)
    heard += [next(windows) for _ in range(2)]
np.savez(sys.argv[1], *[np.frombuffer(window.raw_data, np.int16) for window in heard])
"""

STALL = """
import sys
from ser_core import microphone
from ser_core.errors import MicrophoneError

microphone.STALL_SECONDS = 1.0
microphone.JOIN_SECONDS = 0.2
try:
    with microphone.Microphone() as dying:
        dying.record(60)
except MicrophoneError as error:
    print(error)
"""


@pytest.fixture
def microphones(tmp_path: Path) -> VirtualMicrophones:
    """An ALSA configuration that has no microphones yet."""
    return VirtualMicrophones(tmp_path)


def record(
    microphones: VirtualMicrophones, device: str, seconds: float
) -> tuple[str, int, int, NDArray[np.int16]]:
    """Record in another process; give the device's name, sample rate, channels and the samples."""
    path = microphones.folder / "recording.npy"
    done = microphones.run("-c", RECORD, device, str(seconds), str(path))
    assert done.returncode == 0, done.stderr
    name, sample_rate, channels = json.loads(done.stdout)
    return name, sample_rate, channels, np.load(path)


@needs_pyaudio
@needs_alsa
class TestRecording:
    """Through real PortAudio, from virtual devices."""

    @pytest.mark.parametrize("sample_rate", [8_000, 16_000, 44_100, 48_000])
    def test_gives_every_sample_at_the_rate_of_the_device(
        self, microphones: VirtualMicrophones, sample_rate: int
    ) -> None:
        spoken = tone(440, 1.5, sample_rate=sample_rate)
        microphones.add("desk", spoken, sample_rate=sample_rate)
        name, rate, channels, heard = record(microphones, "desk", 1.25)
        assert (name, rate, channels) == ("desk", sample_rate, 1)
        np.testing.assert_array_equal(heard, spoken[: round(1.25 * sample_rate)])

    def test_is_of_the_chosen_device(self, microphones: VirtualMicrophones) -> None:
        microphones.add("low", tone(200, 1, sample_rate=16_000), sample_rate=16_000)
        microphones.add("high", tone(900, 1, sample_rate=16_000), sample_rate=16_000)
        *_, heard = record(microphones, "high", 1)
        assert np.argmax(np.abs(np.fft.rfft(heard))) == 900

    def test_looks_back_over_unbroken_windows_and_leaves_out_what_it_is_too_late_for(
        self, microphones: VirtualMicrophones
    ) -> None:
        sample_rate = 16_000
        block = sample_rate // 10
        numbers = np.repeat(np.arange(1_000, dtype=np.int16), block)
        microphones.add("counter", numbers, sample_rate=sample_rate)
        path = microphones.folder / "windows.npz"
        done = microphones.run("-c", WINDOWS, str(path))
        assert done.returncode == 0, done.stderr
        windows = [heard[::block] for heard in np.load(path).values()]
        np.testing.assert_array_equal(
            windows[0][-5:], np.arange(windows[0][-5], windows[0][-1] + 1)
        )
        for heard in windows:
            np.testing.assert_array_equal(np.diff(heard), 1)
        for earlier, later in itertools.pairwise(windows):
            assert later[-1] >= earlier[-1] + 5
        # In the pause this device, which plays as fast as it is read, filled the queue.
        assert len(windows[3]) == 10
        assert windows[3][0] > windows[2][-1]


@needs_pyaudio
@needs_alsa
class TestFaults:
    """Each is one sentence."""

    def test_a_device_that_stalls(self, microphones: VirtualMicrophones) -> None:
        pipe = microphones.folder / "pipe"
        os.mkfifo(pipe)
        microphones.add_file("cable", pipe, sample_rate=16_000)
        over = threading.Event()

        def feed() -> None:
            """Give the device one second of sound whenever it is opened, then leave it hanging."""
            while not over.is_set():
                with pipe.open("wb", buffering=0) as end:
                    try:
                        end.write(tone(440, 1, sample_rate=16_000).tobytes())
                        over.wait(60)
                    except BrokenPipeError:
                        continue

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        done = microphones.run("-c", STALL)
        over.set()
        assert done.returncode == 0
        assert done.stdout.startswith("The microphone “cable” has sent nothing for 1 seconds")
        assert done.stderr == ""


class Refusing:
    """A PortAudio whose device refuses to open, which no virtual device does."""

    def __init__(self, errors: Iterator[OSError | None]) -> None:
        self.errors = errors
        self.asked: list[tuple[int, int]] = []

    def open(self, *, rate: int, channels: int, **_: Any) -> str:
        self.asked.append((rate, channels))
        error = next(self.errors)
        if error is not None:
            raise error
        return "a stream"


def opened(system: Refusing) -> Microphone:
    microphone = Microphone()
    microphone.device = Device(3, "desk", channels=6, sample_rate=96_000, is_default=True)
    microphone._open(SimpleNamespace(paInt16=8), system)
    return microphone


def test_a_device_that_refuses_one_channel_is_asked_for_two() -> None:
    microphone = opened(Refusing(iter([OSError(-9998, "Invalid number of channels"), None])))
    assert (microphone.sample_rate, microphone.channels) == (96_000, 2)


def test_a_device_that_refuses_its_own_rate_is_asked_for_a_common_one() -> None:
    refusal = OSError(-9997, "Invalid sample rate")
    microphone = opened(Refusing(iter([refusal, refusal, None])))
    assert (microphone.sample_rate, microphone.channels) == (48_000, 1)


def test_a_device_in_use_is_said_to_be_and_not_asked_again() -> None:
    cause = OSError(DEVICE_UNAVAILABLE, "Device unavailable")
    system = Refusing(iter([cause]))
    with pytest.raises(MicrophoneError, match="“desk” is in use") as caught:
        opened(system)
    assert caught.value.__cause__ is cause
    assert len(system.asked) == 1


def test_a_device_that_refuses_everything_cannot_be_opened() -> None:
    refusals = (OSError(-9999, "Unanticipated host error") for _ in range(100))
    with pytest.raises(MicrophoneError, match="“desk” cannot be opened"):
        opened(Refusing(refusals))
