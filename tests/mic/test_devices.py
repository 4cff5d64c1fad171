"""mic.py lists and finds devices, and says what is missing."""

import re

import numpy as np
import pytest

from tests.mic.running import MIC, add_noise, the_error
from tests.virtual_microphones import needs_portaudio

QUIET = np.zeros(100, np.int16)


@needs_portaudio
def test_devices_are_listed_one_on_a_line_but_for_those_that_cannot_record(microphones):
    microphones.add_file("unplugged", "/there/is/nothing.raw", sample_rate=48_000)
    microphones.add("desk", QUIET, sample_rate=48_000)
    microphones.add("headset", QUIET, sample_rate=44_100)
    done = microphones.run(MIC, "--list-devices")
    assert (done.returncode, done.stderr) == (0, "")
    desk, headset = done.stdout.splitlines()
    assert re.fullmatch(r" *\d  desk    +\d+ channels?  48000 Hz  \(default\)", desk)
    assert re.fullmatch(r" *\d  headset +\d+ channels?  44100 Hz", headset)


@needs_portaudio
@pytest.mark.parametrize("arguments", [["--list-devices"], []])
def test_where_there_is_no_device_that_is_a_sentence(microphones, arguments):
    assert "No microphone was found" in the_error(microphones.run(MIC, *arguments))


@needs_portaudio
def test_a_device_that_is_not_there_is_told_from_those_that_are(microphones):
    microphones.add("desk", QUIET, sample_rate=48_000)
    done = microphones.run(MIC, "--seconds", "2", "--device", "webcam")
    assert the_error(done) == "Error: There is no microphone “webcam”, but there is 0 (desk).\n"


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (
            "raise ModuleNotFoundError('No module named pyaudio', name='pyaudio')",
            "PyAudio, which listens to the microphone, is not installed: run",
        ),
        # PyAudio prints a line to standard output when its library is missing.
        (
            "print('Could not import the C module')\n"
            "raise ImportError('libportaudio.so.2: cannot open shared object file')",
            "PortAudio, which PyAudio needs, is missing or does not fit: run",
        ),
    ],
    ids=["PyAudio", "PortAudio"],
)
def test_a_missing_library_is_named_with_the_command_that_installs_it(microphones, failure, said):
    (microphones.folder / "pyaudio.py").write_text(failure)
    sentence = the_error(microphones.run(MIC, "--seconds", "2"))
    assert said in sentence
    assert "-m pip install pyaudio" in sentence


def test_a_wrong_model_is_refused_before_anybody_speaks(microphones):
    add_noise(microphones, "room", peak=10)
    done = microphones.run(MIC, "--seconds", "600", "--model", "no-such.joblib")
    assert "no-such.joblib cannot be read" in the_error(done)
