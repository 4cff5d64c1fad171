"""Microphones for all tests here."""

import pytest

from tests.virtual_microphones import (
    SoundServer,
    VirtualMicrophones,
)


@pytest.fixture
def microphones(tmp_path):
    """An ALSA configuration that has no microphones yet."""
    return VirtualMicrophones(tmp_path)


@pytest.fixture
def angry(corpora):
    """A real clip of an angry voice, 48 kHz WAV."""
    return corpora / "originals" / "03-01-05-02-01-01-02.wav"


@pytest.fixture
def sound_server(microphones):
    """A PulseAudio server that runs."""
    server = SoundServer(microphones.folder / "pulse")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def headset(microphones, sound_server):
    """Microphones of which one, “headset”, hears what is played to the sound server."""
    microphones.add_device("headset", sound_server.definition)
    return microphones
