"""Recordings become voice messages as Discord delivers them."""

import base64
import io
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.playground.errors import UploadError, UploadTooLargeError
from bot.playground.page.voice_message import MAX_WAV_BYTES, encode
from bot.playground.world.attachments import Upload
from tests.bot.playground.recordings import wav

MAX_RATE = 40_000  # bit/s, with room above the 32 kbit/s that are aimed for


def heard(voice: Upload) -> NDArray[np.float64]:
    sound, rate = soundfile.read(io.BytesIO(voice.data))
    assert rate == 48_000
    assert sound.ndim == 1
    return sound


def amplitudes(voice: Upload) -> NDArray[np.uint8]:
    assert voice.waveform is not None
    return np.frombuffer(base64.b64decode(voice.waveform, validate=True), dtype=np.uint8)


@pytest.mark.parametrize(
    "kind",
    [
        *({"rate": rate} for rate in (8_000, 16_000, 22_050, 44_100, 48_000, 96_000)),
        {"channels": 2},
        *({"subtype": subtype} for subtype in ("PCM_24", "FLOAT", "ULAW")),
    ],
)
def test_every_usual_wav_becomes_mono_opus_at_48_khz_of_the_same_length(kind: Any):
    voice = encode(wav(2.0, **kind))
    info = soundfile.info(io.BytesIO(voice.data))
    assert (info.format, info.subtype) == ("OGG", "OPUS")
    assert (info.samplerate, info.channels) == (48_000, 1)
    assert voice.duration == pytest.approx(2.0, abs=0.01)
    assert info.duration == pytest.approx(2.0, abs=0.03)
    assert (voice.filename, voice.content_type) == ("voice-message.ogg", "audio/ogg")


def test_it_sounds_the_same():
    sound = heard(encode(wav(2.0, rate=44_100)))[:96_000]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    assert np.argmax(spectrum) * 48_000 / 96_000 == pytest.approx(440, abs=2)
    assert np.max(np.abs(sound)) == pytest.approx(0.5, abs=0.1)


def test_the_waveform_follows_the_loudness_in_no_more_than_256_points():
    points = amplitudes(encode(wav(2.0)))
    assert len(points) == 20  # one for each tenth of a second
    assert np.all(np.diff(points.astype(int)) > 0)
    assert points[-1] == pytest.approx(255 * 0.5, abs=5)
    assert len(amplitudes(encode(wav(40.0, rate=8_000)))) == 256


def test_numbers_that_are_none_become_silence():
    out = io.BytesIO()
    broken = np.array([np.nan, np.inf, -np.inf] * 4_000, dtype=np.float32)
    soundfile.write(out, broken, 16_000, format="WAV", subtype="FLOAT")
    assert np.all(np.isfinite(heard(encode(out.getvalue()))))


def test_real_speech_takes_about_the_bit_rate_of_discord(corpora: Path):
    clips = sorted((corpora / "originals").glob("*.wav"))
    assert clips
    for clip in clips:
        sound, rate = soundfile.read(clip, always_2d=True)
        voice = encode(clip.read_bytes())
        assert voice.duration == pytest.approx(len(sound) / rate, abs=0.01)
        assert 12_000 < len(voice.data) * 8 / voice.duration < MAX_RATE
        original, encoded = soxr.resample(sound.mean(axis=1), rate, 48_000), heard(voice)
        loudness = [
            np.std(one[: len(original) // 480 * 480].reshape(-1, 480), axis=1)
            for one in (original, encoded)
        ]
        assert np.corrcoef(loudness)[0, 1] > 0.95


@pytest.mark.parametrize(
    ("recording", "sentence"),
    [
        (b"", "not a WAV"),
        (b"RIFF", "not a WAV"),
        (b"RIFF\x00\x00\x00\x00WAVE", "broken"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00" + bytes(16), "broken"),
        (wav(0.0), "empty"),
        (wav(0.1, rate=4_000), "microphone"),
        (wav(0.1, rate=192_000), "microphone"),
        (wav(0.1, channels=5), "microphone"),
    ],
)
def test_what_is_no_recording_is_refused_with_a_sentence(recording: bytes, sentence: str):
    with pytest.raises(UploadError, match=sentence) as refused:
        encode(recording)
    assert not isinstance(refused.value, UploadTooLargeError)


def test_a_recording_that_nobody_waits_for_is_given_up():
    abandoned = threading.Event()
    abandoned.set()
    with pytest.raises(UploadError, match="abandoned"):
        encode(wav(1.0), abandoned=abandoned)


def test_a_recording_that_is_too_long_or_too_large_is_refused():
    with pytest.raises(UploadTooLargeError, match="10 minutes"):
        encode(wav(600.5, rate=8_000))
    with pytest.raises(UploadTooLargeError, match="10 minutes"):
        encode(b"RIFF\x00\x00\x00\x00WAVE" + bytes(MAX_WAV_BYTES))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=64), st.integers(0, 60))
def test_a_damaged_header_is_refused_or_survived(noise: bytes, at: int):
    good = wav(0.05, rate=16_000)
    damaged = good[:at] + noise + good[at + len(noise) :]
    try:
        voice = encode(damaged)
    except UploadError:
        return
    assert voice.duration is not None
    assert len(amplitudes(voice)) <= 256
