"""Any recording comes out as what was recorded: its pitch, level and length, at 16 kHz."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from ser_core.audio import SAMPLE_RATE, AudioLimits, decode, limits, open_recording, to_waveform
from ser_core.errors import (
    AudioTooLargeError,
    AudioTooLongError,
    AudioUnreadableError,
    DamagedAudioError,
    EmptyAudioError,
    NoAudioStreamError,
    UnsupportedAudioError,
)
from tests.ser_core.audio.recordings import (
    FREQUENCY,
    LEVEL,
    RECIPES,
    SECONDS,
    VIDEO_CODECS,
    amr_wide_band,
    encode,
    opus_silence,
    recording,
    tone,
    video,
    write,
)

NOBODY = 65_534  # a user without rights
unix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes or devices")
MEMORY_LIMIT = 160  # MB that an hour of silence in few bytes may take


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


@pytest.mark.parametrize("name", ["wav-16", "ogg-opus", "m4a"])
def test_bytes_and_paths_of_any_name_come_to_the_same(name, tmp_path):
    path = tmp_path / "-i 'http: %s' 🎤\n.jpg"
    path.write_bytes(recording(name))
    assert decode(path) == decode(str(path)) == decode(recording(name))


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


# --- What is refused ---


@pytest.mark.parametrize(
    "data",
    [b"", *(write(np.zeros(0), 48_000, kind, "PCM_16") for kind in ("WAV", "FLAC"))],
    ids=["nothing", "a WAV header", "a FLAC header"],
)
def test_what_holds_no_samples_is_called_empty(data):
    with pytest.raises(EmptyAudioError):
        decode(data)


@pytest.mark.parametrize("container", VIDEO_CODECS)
def test_a_video_without_sound_is_called_that(container):
    with pytest.raises(NoAudioStreamError, match="no sound"):
        decode(video(container, has_sound=False))


# --- What is heard in part ---

LONGER = 6.0  # seconds

INDEX_LAST = {
    *("m4a", "m4a-lossless", "mp4-opus", "mov", "mov-ulaw", "3gp"),
    *("ogg-vorbis", "matroska-float"),  # of these a file as short as this is a single page or block
}
"""Without the end of these nothing can be found in what is there."""

LENGTH_UNKNOWN = {"mp3-without-header", "mp2", "w64", "wma"}
"""Of these nobody can tell, or libav does not, that there was more."""


@pytest.mark.parametrize("name", [name for name in RECIPES if name not in INDEX_LAST])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes_and_that_is_told(name, share):
    recipe = RECIPES[name]
    data = encode(tone(seconds=LONGER, sample_rate=recipe.sample_rate), recipe)

    with open_recording(data[: int(len(data) * share)]) as opened:
        seconds = sum(map(len, opened.waveforms())) / SAMPLE_RATE

    assert 0.5 * share * LONGER < seconds < LONGER
    if name not in LENGTH_UNKNOWN:
        assert "is missing" in str(opened.coverage.warning)


@pytest.mark.parametrize("name", sorted(INDEX_LAST))
def test_a_file_that_lost_what_is_needed_to_read_it_is_called_cut_off(name):
    with pytest.raises(
        DamagedAudioError, match=rf"{RECIPES[name].container} file is cut off, its end is missing"
    ):
        decode(recording(name)[: len(recording(name)) // 2])


@pytest.mark.parametrize("name", RECIPES)
def test_of_a_whole_file_nothing_is_told(name):
    with open_recording(recording(name)) as opened:
        seconds = sum(map(len, opened.waveforms())) / SAMPLE_RATE
    assert opened.coverage.warning is None
    assert opened.coverage.seconds == pytest.approx(seconds, abs=0.001)


def test_damage_in_the_middle_is_passed_over_and_told():
    data = bytearray(encode(tone(seconds=4.0), RECIPES["m4a-index-first"]))
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(2000)
    with open_recording(bytes(data)) as opened:
        seconds = sum(map(len, opened.waveforms())) / SAMPLE_RATE
    assert seconds == pytest.approx(4.0, abs=0.2)
    assert "damaged" in str(opened.coverage.warning)


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


# --- What is beyond the limits ---


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


# --- Paths that lead nowhere ---


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("missing.wav", "does not exist"),
        (".", "folder"),
        ("a\0b.wav", "cannot be read"),
        ("x" * 10_000, "cannot be read"),
        ("", "does not exist"),
        # Neither a pipe is waited for, nor a device without end read.
        pytest.param("pipe.wav", "is not a file", marks=unix_only),
        pytest.param("/dev/zero", "is not a file", marks=unix_only),
    ],
)
def test_a_path_that_leads_to_no_file_is_refused(path, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if path == "pipe.wav":
        os.mkfifo(path)
    with pytest.raises(AudioUnreadableError, match=said):
        decode(path)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="Windows has other permissions")
def test_a_file_without_permission_is_called_that(tmp_path):
    path = tmp_path / "secret.wav"
    path.write_bytes(recording("wav-16"))
    path.chmod(0)
    user = os.geteuid()
    if user == 0:  # who may read everything
        os.seteuid(NOBODY)
    try:
        with pytest.raises(AudioUnreadableError, match="may not be read"):
            decode(path)
    finally:
        os.seteuid(user)


def test_a_file_that_is_too_large_is_not_even_read(tmp_path):
    path = tmp_path / "huge.wav"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a hole: it takes no room, but could not be read either

    with pytest.raises(AudioTooLargeError):
        decode(path)


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
