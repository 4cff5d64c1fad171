"""Virtual microphones and a clip, for all tests here."""

import pytest

from tests.virtual_microphones import SoundServer


@pytest.fixture
def angry(corpora):
    """Return a real clip of an angry voice, 48 kHz WAV."""
    return corpora / "originals" / "03-01-05-02-01-01-02.wav"


@pytest.fixture
def sound_server(microphones):
    """Start a PulseAudio server, or skip the test."""
    if not SoundServer.is_installed():
        pytest.skip("PulseAudio and its ALSA plug-in are missing (pulseaudio, libasound2-plugins)")
    server = SoundServer(microphones.folder / "pulse")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def headset(microphones, sound_server):
    """Return microphones of which one, “headset”, records what is played to the sound server."""
    microphones.add_device("headset", sound_server.definition)
    return microphones
