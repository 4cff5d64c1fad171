"""Recordings that are too large, too long or too much work are refused, in little memory."""

import subprocess
import sys

import numpy as np
import pytest

from ser_core.audio import AudioLimits, decode, limits
from ser_core.errors import AudioTooLargeError, AudioTooLongError, UnsupportedAudioError
from tests.ser_core.audio.recordings import RECIPES, opus_silence, recording, write

MEMORY_LIMIT = 160  # MB that an hour of silence in few bytes may take


def test_too_many_bytes_are_refused():
    data = recording("wav-16")
    decode(data, limits=AudioLimits(max_bytes=len(data)))
    with pytest.raises(AudioTooLargeError, match="at most"):
        decode(data, limits=AudioLimits(max_bytes=len(data) - 1))


@pytest.mark.parametrize("name", RECIPES)
def test_too_many_seconds_are_refused_with_the_limit_in_the_sentence(name):
    with pytest.raises(AudioTooLongError, match=r"at most 1\.2 seconds"):
        decode(recording(name), limits=AudioLimits(max_seconds=1.2))


def test_too_much_work_is_refused_before_it_is_done(monkeypatch):
    """Ten minutes of silence at 192 kHz with eight channels are 86 kB of FLAC."""
    wide = write(np.zeros((192_000, 8)), 192_000, "FLAC", "PCM_16")
    decode(wide, limits=AudioLimits(max_seconds=10.0))

    with pytest.raises(AudioTooLargeError, match="too much work"):
        decode(wide, limits=AudioLimits(max_seconds=5.0))
    monkeypatch.setattr(limits, "_CPU_SECONDS", -100.0)
    with pytest.raises(AudioTooLargeError, match="too much work"):
        decode(recording("m4a"))


def test_too_many_channels_are_refused():
    with pytest.raises(UnsupportedAudioError, match="9 channels"):
        decode(write(np.zeros((4000, 9)), 16_000))


PEAK_MEMORY = """
import sys
from ser_core.audio import decode
from ser_core.errors import UndertoneError
try:
    print(decode(sys.stdin.buffer.read()).duration_seconds)
except UndertoneError as error:
    print(type(error).__name__, error)
with open("/proc/self/status") as status:
    print(next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak so")
@pytest.mark.parametrize(
    ("declared_seconds", "said"),
    [(None, "This recording is 60 minutes long"), (3.0, "This recording is too long")],
    ids=["that says so", "that lies about its length"],
)
def test_an_hour_of_silence_in_few_bytes_is_refused_in_little_memory(declared_seconds, said):
    data = opus_silence(3600, declared_seconds=declared_seconds)
    assert len(data) < 180 * 1024
    command = [sys.executable, "-c", PEAK_MEMORY]
    outcome, memory = subprocess.check_output(command, input=data, timeout=60).splitlines()
    assert outcome.startswith(f"AudioTooLongError {said}".encode())
    assert int(memory) < MEMORY_LIMIT


@pytest.mark.parametrize(
    "wrong", [{"max_bytes": 0}, {"max_seconds": 0.0}, {"max_seconds": float("inf")}]
)
def test_limits_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match="limits"):
        AudioLimits(**wrong)
