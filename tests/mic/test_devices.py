"""mic.py lists and finds devices, and says what is missing."""

import re

import numpy as np
import pytest

from tests.mic.running import MIC, add_noise, the_error
from tests.virtual_microphones import (
    needs_alsa,
    needs_pyaudio,
)


@needs_pyaudio
@needs_alsa
class TestDevices:
    """With --list-devices and --device."""

    def test_are_listed_one_on_a_line(self, microphones):
        silence = np.zeros(100, np.int16)
        microphones.add("desk", silence, sample_rate=48_000)
        microphones.add("headset", silence, sample_rate=16_000)
        done = microphones.run(MIC, "--list-devices")
        assert (done.returncode, done.stderr) == (0, "")
        desk, headset = done.stdout.splitlines()
        assert re.fullmatch(r" *0  desk    +\d+ channels?  48000 Hz  \(default\)", desk)
        assert re.fullmatch(r" *1  headset +\d+ channels?  16000 Hz", headset)

    @pytest.mark.parametrize("arguments", [["--list-devices"], []])
    def test_are_missed_in_a_sentence(self, microphones, arguments):
        assert "No microphone was found" in the_error(microphones.run(MIC, *arguments))

    def test_that_are_unknown_are_named_beside_those_there_are(self, microphones):
        microphones.add("desk", np.zeros(100, np.int16), sample_rate=48_000)
        done = microphones.run(MIC, "--seconds", "2", "--device", "webcam")
        assert the_error(done) == "Error: There is no microphone “webcam”, but there is 0 (desk).\n"


def test_a_missing_pyaudio_is_named_with_the_command_that_installs_it(microphones):
    (microphones.folder / "pyaudio.py").write_text(
        "raise ModuleNotFoundError('No module named pyaudio', name='pyaudio')"
    )
    code = (
        f"import runpy, sys; sys.path.insert(0, {str(microphones.folder)!r})\n"
        f"sys.argv = ['mic.py', '--seconds', '2']; runpy.run_path({MIC!r}, run_name='__main__')"
    )
    said = the_error(microphones.run("-c", code))
    assert "PyAudio, which listens to the microphone, is not installed: run" in said
    assert "pip install pyaudio" in said


def test_a_wrong_model_is_refused_before_anybody_speaks(microphones):
    add_noise(microphones, "room", peak=10)
    done = microphones.run(MIC, "--seconds", "600", "--model", "no-such.joblib")
    assert "no-such.joblib cannot be read" in the_error(done)
