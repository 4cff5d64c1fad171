"""The short-time Fourier transform and its filter banks."""

import subprocess
import sys

import librosa
import numpy as np

from ser_core.audio import SAMPLE_RATE
from ser_core.signal import spectrum
from tests.voices import noise, tone


def test_a_note_is_in_the_chroma_of_its_pitch_class():
    for frequency in (440.0, 880.0, 1760.0):
        chroma = spectrum.compute(tone(frequency)).chroma.mean(axis=1)
        assert chroma.argmax() == 9, "A is nine semitones over C"
        assert chroma.max() <= 1.0


def test_log_mel_does_not_depend_on_loudness():
    loud = spectrum.compute(noise()).log_mel
    quiet = spectrum.compute(noise() * np.float32(0.001)).log_mel
    np.testing.assert_allclose(loud, quiet, atol=1e-2)
    assert loud.min() >= 0.0, "nothing lies under the floor"


def test_the_spectrum_and_its_mel_bands_are_librosas():
    """The numbers are librosa's, without the time that librosa takes to import and call."""
    ours = spectrum.compute(noise(seconds=1.23))
    stft = librosa.stft(ours.waveform, n_fft=512, hop_length=160, pad_mode="constant")
    np.testing.assert_allclose(ours.power, np.abs(stft) ** 2, rtol=1e-5)
    filters = librosa.filters.mel(sr=SAMPLE_RATE, n_fft=512, n_mels=spectrum.N_MELS)
    np.testing.assert_allclose(spectrum.mel_filters(), filters, rtol=1e-6)
    edges = librosa.mel_frequencies(spectrum.N_MELS + 2, fmin=0.0, fmax=SAMPLE_RATE / 2)
    np.testing.assert_allclose(spectrum.mel_edges(), edges, rtol=1e-12, atol=1e-9)


def test_what_the_small_model_hears_with_is_there_without_a_compiler():
    """numba, which parts of librosa import, takes a second and 60 MB: nobody else needs it."""
    code = (
        "import sys, numpy as np\n"
        "from ser_core.features import extract_features\n"
        "from ser_core.inference import analyse_waveform\n"
        "from ser_core.models import load_shipped_model\n"
        "sound = np.sin(np.arange(64_000, dtype=np.float32) / 20)\n"
        "analyse_waveform(np.tile(sound, 4))\n"
        "extract_features(sound, families=load_shipped_model('small').families)\n"
        "print('numba' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=100
    )
    assert done.stdout.strip() == "False"
