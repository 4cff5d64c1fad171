"""Waveforms are saved as ordinary WAV files, and never over another file."""

import signal
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from ser_core.audio.wav_writer import new_wave_file
from ser_core.errors import OutputError
from tests.conftest import PROJECT
from tests.voices import tone

FULL = """
import resource, signal, sys
import numpy as np
from ser_core.errors import OutputError
from ser_core.audio.wav_writer import new_wave_file

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    with new_wave_file(sys.argv[1]) as append:
        for _ in range(60):
            append(np.zeros(16_000, np.float32))
except OutputError as error:
    print(error)
"""


def test_the_file_holds_what_was_appended_in_16_bits(tmp_path):
    path = tmp_path / "heard.wav"
    sound = tone(440, 1.0)
    with new_wave_file(path) as append:
        for piece in np.array_split(sound, 7):
            append(piece)
    information = soundfile.info(path)
    assert (information.samplerate, information.channels) == (16_000, 1)
    assert (information.format, information.subtype) == ("WAV", "PCM_16")
    np.testing.assert_allclose(soundfile.read(path, dtype="float32")[0], sound, atol=1 / 32_768)


def test_a_file_that_is_there_stays_as_it_is(tmp_path):
    path = tmp_path / "heard.wav"
    path.write_text("mine")
    with pytest.raises(OutputError, match=r"heard\.wav exists already"), new_wave_file(path):
        pass
    assert path.read_text() == "mine"


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    path = tmp_path / "missing" / "heard.wav"
    with pytest.raises(OutputError, match="cannot be written"), new_wave_file(path):
        pass


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="only Unix limits the size of files")
def test_a_disk_with_no_more_room_is_a_sentence(tmp_path):
    command = [sys.executable, "-c", FULL, str(tmp_path / "heard.wav")]
    said = subprocess.check_output(command, cwd=PROJECT, text=True, timeout=60)
    assert said.endswith("heard.wav cannot be written on: is the disk full?\n")
