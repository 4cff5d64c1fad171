"""The log-mel spectrogram, beside librosa's."""

import librosa
import numpy as np
import pytest

from ser_core.features.whisper.log_mel import MIN_SAMPLES, log_mel
from tests.voices import noise, silence, talk, tone

SOUNDS = {
    "talk": talk(),
    "noise": noise(1.003),
    "tone": tone(300.0),
    "silence": silence(1.0),
    "shortest": noise(0.05)[:MIN_SAMPLES],
}


@pytest.mark.parametrize("sound", SOUNDS.values(), ids=SOUNDS)
def test_it_is_what_librosa_computes_with_whispers_settings(sound):
    power = np.abs(librosa.stft(sound, n_fft=400, hop_length=160, pad_mode="reflect")[:, :-1]) ** 2
    bands = librosa.filters.mel(sr=16_000, n_fft=400, n_mels=80) @ power
    levels = np.log10(np.maximum(bands, 1e-10))
    expected = (np.maximum(levels, levels.max() - 8) + 4) / 4
    found = log_mel(sound)
    assert (found.shape, found.dtype) == ((80, sound.size // 160), np.float32)
    np.testing.assert_allclose(found, expected, atol=2e-4)
