"""Segments as waveforms: mono, 16 kHz, within full scale."""

import numpy as np
import pytest
import soxr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from ser_core.audio import SAMPLE_RATE, AudioSegment, segments, to_waveform
from ser_core.errors import EmptyAudioError


def segment_of(samples, sample_rate=SAMPLE_RATE):
    """Return a segment of integers, (n_samples, n_channels)."""
    return AudioSegment(
        samples.tobytes(),
        sample_width=samples.dtype.itemsize,
        frame_rate=sample_rate,
        channels=samples.shape[1],
    )


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32])
def test_full_scale_is_one_at_every_width(dtype):
    least = np.iinfo(dtype).min
    samples = np.array([[least], [0], [least // 2]], dtype)

    assert to_waveform(segment_of(samples)).tolist() == [-1.0, 0.0, -0.5]


@given(
    st_numpy.arrays(
        np.int16,
        st.tuples(st.integers(1, 40), st.integers(1, 8)),
        elements=st.integers(-32768, 32767),
    )
)
def test_the_mean_of_the_channels_is_taken(samples):
    waveform = to_waveform(segment_of(samples))

    assert waveform.dtype == np.float32
    assert waveform == pytest.approx(samples.mean(axis=1) / 32_768, abs=1e-6)


@pytest.mark.parametrize("sample_rate", [SAMPLE_RATE, 44_100, 48_000])
def test_a_long_recording_comes_out_as_in_one_piece(sample_rate, monkeypatch):
    rng = np.random.default_rng(5)
    samples = rng.integers(-8000, 8000, (10_000, 2)).astype(np.int16)
    at_once = to_waveform(segment_of(samples, sample_rate))
    monkeypatch.setattr(segments, "BLOCK", 777)

    in_blocks = to_waveform(segment_of(samples, sample_rate))

    assert in_blocks == pytest.approx(at_once, abs=1e-6)


def test_what_overshoots_in_resampling_is_clipped():
    square = np.where(np.arange(48_000) // 100 % 2, 32_767, -32_768).astype(np.int16)[:, None]
    resampled = soxr.resample(square[:, 0] / 32_768, 48_000, SAMPLE_RATE)
    assert np.max(np.abs(resampled)) > 1.05  # it does overshoot

    assert np.max(np.abs(to_waveform(segment_of(square, 48_000)))) == 1


def test_a_segment_without_samples_is_called_empty():
    with pytest.raises(EmptyAudioError):
        to_waveform(AudioSegment.empty())
