"""Decoding of every container: pitch, level and length are kept, at 16 kHz."""

import io
import subprocess
import sys
from dataclasses import replace

import av
import numpy as np
import pytest

from ser_core.audio import SAMPLE_RATE, AudioLimits, decode, to_waveform
from tests.ser_core.audio.recordings import (
    FREQUENCY,
    LEVEL,
    RECIPES,
    SECONDS,
    VIDEO_CODECS,
    amr_wide_band,
    encode,
    recording,
    tone,
    video,
    write,
)


def frequency_of(waveform):
    """Measure a tone's frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(waveform * np.hanning(len(waveform)), 1 << 18))
    return float(np.argmax(spectrum)) * SAMPLE_RATE / (1 << 18)


def level_of(waveform):
    """Measure a steady tone's level in dB, in its middle, where codecs have settled."""
    quarter = len(waveform) // 4
    return float(20 * np.log10(np.std(waveform[quarter:-quarter])))


def through_wav(samples, sample_rate=SAMPLE_RATE, subtype="PCM_16"):
    """Write samples as WAV, and decode that to a waveform."""
    return to_waveform(decode(write(samples, sample_rate, "WAV", subtype)))


TONE_LEVEL = 20 * np.log10(LEVEL / np.sqrt(2))  # dB


@pytest.mark.parametrize("name", RECIPES)
def test_a_tone_keeps_its_rate_pitch_level_and_length_in_every_container(name):
    segment = decode(recording(name), limits=AudioLimits(max_seconds=SECONDS))
    assert segment.frame_rate == RECIPES[name].sample_rate
    waveform = to_waveform(segment)
    assert waveform.dtype == np.float32
    assert waveform.ndim == 1
    assert frequency_of(waveform) == pytest.approx(FREQUENCY, abs=1)
    assert level_of(waveform) == pytest.approx(TONE_LEVEL, abs=RECIPES[name].level_tolerance)
    # A codec works in blocks, the longest here of 192 ms, and may add one.
    assert SECONDS - 0.02 <= len(waveform) / SAMPLE_RATE <= SECONDS + 0.2


def test_wide_band_amr_keeps_its_length():
    assert len(to_waveform(decode(amr_wide_band(50)))) == 1.0 * SAMPLE_RATE


@pytest.mark.parametrize("container", VIDEO_CODECS)
def test_the_sound_of_a_video_is_heard(container):
    waveform = to_waveform(decode(video(container, has_sound=True)))

    assert frequency_of(waveform) == pytest.approx(FREQUENCY, abs=1)
    assert len(waveform) / SAMPLE_RATE == pytest.approx(SECONDS, abs=0.1)


@pytest.mark.parametrize("name", ["wav-16", "flac-16", "mp3", "ogg-opus", "m4a", "webm", "adts"])
def test_channels_are_mixed_to_their_mean(name):
    recipe = RECIPES[name]
    left = tone(sample_rate=recipe.sample_rate)
    stereo = np.stack([left, np.zeros_like(left)], axis=1)

    waveform = to_waveform(decode(encode(stereo, recipe)))

    assert level_of(waveform) == pytest.approx(TONE_LEVEL - 20 * np.log10(2), abs=0.5)


@pytest.mark.parametrize("channels", [1, 2, 3, 6, 8])
def test_a_constant_stays_what_it_is_through_mixing_and_resampling(channels):
    waveform = through_wav(np.full((48_000, channels), 0.5), 48_000)
    assert waveform[4000:-4000] == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize("sample_rate", [4_000, 8_000, 11_025, 16_000, 44_100, 96_000, 192_000])
def test_every_sample_rate_arrives_at_16_khz(sample_rate):
    waveform = through_wav(tone(sample_rate=sample_rate), sample_rate)

    assert len(waveform) == pytest.approx(SECONDS * SAMPLE_RATE, abs=2)
    assert frequency_of(waveform) == pytest.approx(FREQUENCY, abs=1)
    assert level_of(waveform) == pytest.approx(TONE_LEVEL, abs=0.05)


def test_what_lies_above_the_new_rate_is_not_folded_into_it():
    assert level_of(through_wav(tone(frequency=11_000.0), 48_000)) < -80


@pytest.mark.parametrize("subtype", ["PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_what_is_finer_than_16_bits_stays_so(subtype):
    faint = tone(level=1e-6, sample_rate=SAMPLE_RATE)  # a thirtieth of the least 16-bit step
    # One step of 24 bits is 1.2e-7, and libsndfile rounds down when it writes them.
    assert through_wav(faint, subtype=subtype) == pytest.approx(faint, abs=1.2e-7)


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
@pytest.mark.parametrize("largest", [3.0, 32_767.0, 2.0**31])
def test_floats_beyond_full_scale_are_brought_within(subtype, largest):
    loud = tone(level=largest, sample_rate=SAMPLE_RATE)
    waveform = through_wav(loud, subtype=subtype)
    assert 0.5 <= np.max(np.abs(waveform)) <= 1.0
    assert waveform / waveform[10] == pytest.approx(loud / loud[10], rel=1e-5, abs=1e-6)


def test_a_few_floats_beyond_full_scale_are_clipped_and_do_not_make_the_rest_quiet():
    samples = tone(sample_rate=SAMPLE_RATE)
    samples[5] = 1e30
    waveform = through_wav(samples, subtype="FLOAT")
    assert waveform[5] == 1
    assert level_of(waveform) == pytest.approx(TONE_LEVEL, abs=0.1)


def test_a_lossy_codec_that_overshoots_is_clipped_and_not_wrapped():
    square = np.sign(tone(level=1.0, frequency=100.0))

    for kind, subtype in (("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")):
        samples = np.array(decode(write(square, 48_000, kind, subtype)).get_array_of_samples(), int)
        assert np.max(np.abs(samples)) >= 32_767  # it did overshoot
        # A wrapped value is a jump of nearly the whole range within one sample.
        assert np.max(np.abs(np.diff(samples))) < 60_000


def test_values_that_are_no_numbers_become_silence():
    samples = tone(sample_rate=SAMPLE_RATE)
    samples[1000:1100] = np.nan
    samples[2000:2002] = np.inf, -np.inf
    waveform = through_wav(samples, subtype="FLOAT")
    assert np.all(waveform[1000:1100] == 0)
    assert waveform[2000:2002] == pytest.approx([1, -1])


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [("WAV", "PCM_16"), ("WAV", "PCM_32"), ("RF64", "PCM_16"), ("FLAC", "PCM_16")],
)
def test_lossless_formats_are_kept_to_the_bit(kind, subtype):
    dtype = np.int16 if subtype == "PCM_16" else np.int32
    full = np.iinfo(dtype)
    rng = np.random.default_rng(3)
    samples = rng.integers(full.min, full.max, (70_000, 2), dtype, endpoint=True)
    samples[0] = full.min, full.max
    segment = decode(write(samples, 44_100, kind, subtype))
    assert segment.raw_data == samples.tobytes()
    assert (segment.channels, segment.sample_width) == (2, samples.dtype.itemsize)


def test_real_speech_is_the_same_in_every_container(corpora):
    original = decode(min((corpora / "originals").glob("*.wav")))
    waveform = to_waveform(original)
    samples = np.array(original.get_array_of_samples()) / 32_768

    for name in ("flac-16", "mp3", "ogg-vorbis", "ogg-opus", "m4a", "webm", "adts"):
        recipe = replace(RECIPES[name], sample_rate=original.frame_rate)
        decoded = to_waveform(decode(encode(samples, recipe)))
        n = 1 << 17
        correlation = np.fft.irfft(np.fft.rfft(decoded, n) * np.conj(np.fft.rfft(waveform, n)), n)
        likeness = correlation.max() / np.linalg.norm(decoded) / np.linalg.norm(waveform)
        assert likeness > 0.9, name
        assert len(decoded) == pytest.approx(len(waveform), abs=0.1 * SAMPLE_RATE), name


# --- What is put together ---


@pytest.mark.parametrize("name", ["wav-16", "aiff", "ogg-opus", "mp3-tagged", "adts", "m4a"])
def test_recordings_put_together_byte_by_byte_are_all_heard(name):
    once = len(to_waveform(decode(recording(name))))

    twice = to_waveform(decode(recording(name) * 2))

    assert len(twice) == pytest.approx(2 * once, abs=0.1 * SAMPLE_RATE)
    assert frequency_of(twice[-once // 2 :]) == pytest.approx(FREQUENCY, abs=1)


def test_a_change_of_rate_or_channels_in_the_middle_is_followed():
    left = tone(sample_rate=44_100)
    parts = [
        write(left, 44_100),
        write(np.stack([left, left], axis=1), 44_100),
        write(tone(sample_rate=22_050), 22_050),
    ]

    waveform = to_waveform(decode(b"".join(parts)))
    assert len(waveform) == pytest.approx(3 * SECONDS * SAMPLE_RATE, abs=20)
    for third in np.array_split(waveform, 3):
        assert frequency_of(third) == pytest.approx(FREQUENCY, abs=1)
        assert level_of(third) == pytest.approx(TONE_LEVEL, abs=0.2)


# --- What is left behind ---


def test_importing_and_decoding_print_nothing_and_start_no_process():
    program = """
import sys
started = []
sys.addaudithook(lambda event, _: started.append(event) if event == "subprocess.Popen" else None)
from ser_core.audio import decode
try:
    decode(sys.stdin.buffer.read())
finally:
    print(started)
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, input=recording("m4a-index-first")[:-900], capture_output=True, check=True
    )

    assert done.stdout.strip() == b"[]"
    assert not done.stderr


@pytest.mark.parametrize("name", ["ogg-opus", "webm"])
@pytest.mark.parametrize("level", [0.1, 2.0])
def test_opus_of_one_channel_is_rounded_and_clipped_as_libav_does(name, level):
    data = encode(tone(level=level), RECIPES[name])
    resampler = av.AudioResampler(format="s16")
    with av.open(io.BytesIO(data)) as container:
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    expected = b"".join(bytes(frame.planes[0])[: 2 * frame.samples] for frame in frames)
    assert decode(data).raw_data == expected
