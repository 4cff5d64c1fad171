"""What a microphone gives is what was said into it, and what goes wrong with it is said."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest
import soxr

from ser_core.devices import Device
from ser_core.errors import MicrophoneError
from ser_core.microphone import (
    CONTINUE,
    DEVICE_UNAVAILABLE,
    FULL_SCALE,
    INPUT_OVERFLOW,
    SAMPLE_RATE,
    Microphone,
)
from tests.virtual_microphones import (
    PATIENCE,
    SoundServer,
    VirtualMicrophones,
    needs_alsa,
    needs_pulseaudio,
    needs_pyaudio,
    tone,
)

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
from ser_core.microphone import RING_SECONDS, SAMPLE_RATE, Microphone

with Microphone() as microphone:
    while not microphone.overruns:
        time.sleep(0.01)
    blocks = microphone.blocks()
    waiting = next(blocks)
    print(waiting.size == RING_SECONDS * SAMPLE_RATE, next(blocks).size > 0)
"""

COME_AND_GO = """
import sys
import numpy as np
from ser_core import microphone

microphone.RETURN_SECONDS = float(sys.argv[1])
seconds = 0.0
with microphone.Microphone() as headset:
    for block in headset.patient_blocks(print):
        seconds += block.size / microphone.SAMPLE_RATE
        if seconds > 1:
            print("heard", flush=True)
            seconds = 0.0
"""

STALL = """
import sys
from ser_core import microphone
from ser_core.errors import MicrophoneError

microphone.STALL_SECONDS = 1.0
microphone.CLOSE_SECONDS = 0.2
try:
    with microphone.Microphone() as dying:
        dying.record(60)
except MicrophoneError as error:
    print(error)
"""


@pytest.fixture
def microphones(tmp_path):
    """An ALSA configuration that has no microphones yet."""
    return VirtualMicrophones(tmp_path)


@pytest.fixture
def sound_server(tmp_path):
    """A PulseAudio server that runs."""
    server = SoundServer(tmp_path / "pulse")
    server.start()
    yield server
    server.kill()


def record(microphones, device, seconds):
    """Record in another process; give the device's name, sample rate, channels, and the sound."""
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
    def test_gives_every_sample_resampled_as_one_stream(self, microphones, sample_rate):
        spoken = tone(440, 1.5, sample_rate=sample_rate)
        microphones.add("desk", spoken, sample_rate=sample_rate)
        name, rate, channels, heard = record(microphones, "desk", 1.25)
        assert (name, rate, channels) == ("desk", sample_rate, 1)
        expected = soxr.resample(spoken / FULL_SCALE, sample_rate, SAMPLE_RATE, "HQ")
        assert heard.dtype == np.float32
        np.testing.assert_allclose(heard, expected[: round(1.25 * SAMPLE_RATE)], atol=1e-5)

    def test_is_of_the_chosen_device(self, microphones):
        microphones.add("low", tone(200, 1, sample_rate=16_000), sample_rate=16_000)
        microphones.add("high", tone(900, 1, sample_rate=16_000), sample_rate=16_000)
        *_, heard = record(microphones, "high", 1)
        assert np.argmax(np.abs(np.fft.rfft(heard))) == 900

    def test_counts_what_is_lost_and_goes_on(self, microphones):
        # This device plays as fast as it is read: the ring is full before anybody reads.
        microphones.add("desk", np.zeros(100, np.int16), sample_rate=SAMPLE_RATE)
        done = microphones.run("-c", NOBODY_READS)
        assert (done.returncode, done.stdout, done.stderr) == (0, "True True\n", "")


@needs_pyaudio
@needs_alsa
class TestFaults:
    """Each is one sentence."""

    def test_a_device_that_stalls(self, microphones):
        pipe = microphones.folder / "pipe"
        os.mkfifo(pipe)
        microphones.add_file("cable", pipe, sample_rate=16_000)
        over = threading.Event()

        def feed():
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

    @needs_pulseaudio
    def test_a_device_that_goes_away_and_comes_back(self, microphones, sound_server):
        microphones.add_device("headset", sound_server.definition)
        with coming_and_going(microphones, patience=PATIENCE) as lines:
            assert next(lines) == "heard\n"
            sound_server.kill()
            gone = next(line for line in lines if line != "heard\n")
            assert gone == "The microphone “headset” went away: waiting 60 seconds for it.\n"
            assert next(lines) == "heard\n"  # time goes on, in silence
            sound_server.start()
            back = next(line for line in lines if line != "heard\n")
            assert back == "The microphone “headset” is back.\n"
            assert next(lines) == "heard\n"

    @needs_pulseaudio
    def test_a_device_that_goes_away_for_good(self, microphones, sound_server):
        microphones.add_device("headset", sound_server.definition)
        with coming_and_going(microphones, patience=2) as lines:
            assert next(lines) == "heard\n"
            sound_server.kill()
            *_, last = lines
        assert last == (
            "ser_core.errors.MicrophoneError: The microphone “headset” went away and did not come "
            "back: plug it in, and start again.\n"
        )


@contextlib.contextmanager
def coming_and_going(microphones, *, patience):
    """Listen in another process; give the lines that it prints."""
    with subprocess.Popen(
        [sys.executable, "-c", COME_AND_GO, str(patience)],
        env=microphones.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stdout is not None
            yield iter(process.stdout)
        finally:
            process.kill()


class Refusing:
    """A PortAudio whose device refuses to open, which no virtual device does."""

    def __init__(self, errors):
        self.errors = errors
        self.asked: list[tuple[int, int]] = []

    def open(self, *, rate, channels, **_):
        self.asked.append((rate, channels))
        error = next(self.errors)
        if error is not None:
            raise error
        return "a stream"


def opened(system):
    microphone = Microphone()
    microphone.device = Device(3, "desk", channels=6, sample_rate=96_000, is_default=True)
    microphone._open(SimpleNamespace(paInt16=8), system)
    return microphone


def test_a_device_that_refuses_one_channel_is_asked_for_two():
    microphone = opened(Refusing(iter([OSError(-9998, "Invalid number of channels"), None])))
    assert (microphone.sample_rate, microphone.channels) == (96_000, 2)


def test_a_device_that_refuses_its_own_rate_is_asked_for_a_common_one():
    refusal = OSError(-9997, "Invalid sample rate")
    microphone = opened(Refusing(iter([refusal, refusal, None])))
    assert (microphone.sample_rate, microphone.channels) == (48_000, 1)


def test_a_device_in_use_is_said_to_be_and_not_asked_again():
    cause = OSError(DEVICE_UNAVAILABLE, "Device unavailable")
    system = Refusing(iter([cause]))
    with pytest.raises(MicrophoneError, match="“desk” is in use") as caught:
        opened(system)
    assert caught.value.__cause__ is cause
    assert len(system.asked) == 1


def test_a_device_that_refuses_everything_cannot_be_opened():
    refusals = (OSError(-9999, "Unanticipated host error") for _ in range(100))
    with pytest.raises(MicrophoneError, match="“desk” cannot be opened"):
        opened(Refusing(refusals))


def test_what_the_device_itself_lost_is_counted_and_no_error():
    microphone = opened(Refusing(iter([None])))
    block = tone(440, 0.05, sample_rate=96_000).tobytes()
    assert microphone._hear(block, 4_800, None, 0) == (None, CONTINUE)
    assert microphone.overruns == 0
    assert microphone._hear(block, 4_800, None, INPUT_OVERFLOW) == (None, CONTINUE)
    assert microphone.overruns == 1


def test_two_channels_are_mixed_to_their_mean():
    microphone = Microphone()
    microphone._prepare(SAMPLE_RATE, 2)
    microphone._hear(np.array([8_192, 16_384, -32_768, 0], np.int16).tobytes(), 2, None, 0)
    assert next(microphone.blocks()).tolist() == [0.375, -0.5]


def test_flags_are_those_of_portaudio():
    pyaudio = pytest.importorskip("pyaudio")
    assert (pyaudio.paInputOverflow, pyaudio.paContinue) == (INPUT_OVERFLOW, CONTINUE)
