"""A timeline says what is heard from when to when."""

import io
from itertools import pairwise

import numpy as np
import pytest
import soundfile

from ser_core import segments as audio_segments
from ser_core.analysis import analyse
from ser_core.audio import AudioLimits
from ser_core.corpora import find_clips
from ser_core.emotions import NO_SPEECH, NOT_SURE
from ser_core.errors import AudioError, AudioTooLongError, EmptyAudioError, FeatureError
from ser_core.prediction import Prediction
from ser_core.timeline import Segment, Timeline, trace, trace_waveform
from tests.ser_core.recordings import run_ffmpeg
from tests.voices import SAMPLE_RATE, noise, silence, talk, tone

HAPPY = Prediction({"happy": 0.8, "sad": 0.2}, threshold=0.5)
UNSURE = Prediction({"happy": 0.4, "sad": 0.35, "angry": 0.25}, threshold=0.5)


def test_a_stretch_is_called_by_its_emotion_only_where_that_is_sure() -> None:
    """The words for doubt and for nobody speaking are others."""
    assert Segment(0.0, 1.0, HAPPY).label == "happy"
    assert Segment(0.0, 1.0, UNSURE).label == NOT_SURE
    assert Segment(0.0, 1.0, None).label == NO_SPEECH


def test_the_shares_of_a_timeline_are_by_seconds_and_the_largest_comes_first() -> None:
    """Two stretches of the same count together."""
    timeline = Timeline(
        (Segment(0, 1, HAPPY), Segment(1, 4, None), Segment(4, 5, HAPPY), Segment(5, 10, UNSURE))
    )
    assert timeline.duration == 10
    assert timeline.shares == pytest.approx({NOT_SURE: 0.5, NO_SPEECH: 0.3, "happy": 0.2})
    assert list(timeline.shares) == [NOT_SURE, NO_SPEECH, "happy"]


def test_a_recording_of_no_length_has_no_shares() -> None:
    """There is nothing to share out."""
    assert Timeline(()).duration == 0
    assert Timeline(()).shares == {}


def tiles(timeline: Timeline, duration: float) -> bool:
    """Say whether the segments lie one behind the other, from 0 to the end."""
    starts = [segment.start for segment in timeline.segments]
    ends = [segment.end for segment in timeline.segments]
    labels = [segment.label for segment in timeline.segments]
    differ = all(one != other for one, other in pairwise(labels))
    return [*starts, duration] == [0.0, *ends] and starts == sorted(starts) and differ


def test_a_single_clip_is_one_stretch_with_the_answer_of_analysis(corpora) -> None:
    """Its own silences, before and after, are short and belong to it."""
    for clip in find_clips("ravdess", corpora / "originals"):
        found = analyse(clip.path)
        timeline = trace(clip.path)
        (segment,) = timeline.segments
        assert (segment.start, segment.end) == (0.0, found.duration)
        assert segment.prediction is not None
        assert found.prediction is not None
        # The same sums, on another number of threads.
        assert segment.prediction.probabilities == pytest.approx(
            found.prediction.probabilities, abs=1e-5
        )


def test_a_long_silence_between_two_voices_is_a_stretch_of_its_own() -> None:
    """Two seconds, found to a quarter."""
    waveform = np.concatenate([talk(3.0), silence(2.0), talk(3.0, pitch=220.0, seed=1)])
    timeline = trace_waveform(waveform)
    assert tiles(timeline, 8.0)
    (quiet,) = [segment for segment in timeline.segments if segment.prediction is None]
    assert (quiet.start, quiet.end) == pytest.approx((3.0, 5.0), abs=0.25)


def test_silence_before_and_after_is_no_speech_only_where_it_is_long() -> None:
    """One second of it is a breath; four are not."""
    short = trace_waveform(np.concatenate([silence(1.0), talk(3.0), silence(1.0)]))
    assert len(short.segments) == 1
    long = trace_waveform(np.concatenate([silence(4.0), talk(3.0), silence(4.0)]))
    assert [segment.prediction is None for segment in long.segments] == [True, False, True]
    assert long.segments[1].start == pytest.approx(4.0, abs=0.25)
    assert long.segments[1].end == pytest.approx(7.0, abs=0.25)
    assert tiles(long, 11.0)


def test_what_is_no_voice_is_no_speech() -> None:
    """A hum, a chord, and hiss, as long as a voice and as loud, after a voice."""
    chord = sum(tone(frequency, 8.0, 0.1) for frequency in (220.0, 277.2, 329.6))
    for sound in (tone(110.0, 8.0), chord, noise(8.0)):
        assert trace_waveform(sound).segments == (Segment(0.0, 8.0, None),)
        timeline = trace_waveform(np.concatenate([talk(10.0), sound]))
        assert tiles(timeline, 18.0)
        assert timeline.segments[-1].prediction is None
        assert timeline.segments[-1].start == pytest.approx(10.0, abs=0.75)
        assert timeline.segments[0].prediction is not None


def test_little_or_nothing_is_no_speech_and_no_error() -> None:
    """No sample, one, a tenth of a second of a voice, and a minute of silence."""
    assert trace_waveform(silence(0.0)) == Timeline(())
    for sound in (silence(1 / SAMPLE_RATE), talk(0.1), silence(60.0)):
        duration = sound.size / SAMPLE_RATE
        assert trace_waveform(sound).segments == (Segment(0.0, duration, None),)


def test_a_waveform_with_a_number_that_is_none_is_refused() -> None:
    """As `analysis` does."""
    with pytest.raises(FeatureError):
        trace_waveform(np.full(16_000, np.nan, dtype=np.float32))


def test_a_constant_offset_makes_no_difference() -> None:
    """Cheap microphones have one."""
    waveform = np.concatenate([talk(9.0), silence(3.0), talk(4.0)])
    plain = trace_waveform(waveform)
    shifted = trace_waveform(waveform + np.float32(0.05))
    assert [segment.label for segment in shifted.segments] == [
        segment.label for segment in plain.segments
    ]
    for one, other in zip(shifted.segments, plain.segments, strict=True):
        assert one.start == pytest.approx(other.start, abs=0.05)


@pytest.fixture(scope="module")
def long_waveform() -> np.ndarray:
    """Give 27 seconds with a change, a pause and an odd number of samples."""
    return np.concatenate([talk(11.0, pitch=120.0), silence(3.0), talk(13.0), silence(0.01)])


@pytest.mark.parametrize(("kind", "subtype"), [("WAV", "PCM_16"), ("FLAC", "PCM_16")])
def test_a_file_gives_the_timeline_of_its_waveform_however_it_is_cut(
    long_waveform: np.ndarray, kind: str, subtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decoded block by block, at a rate that must be converted, the same comes out."""
    file = io.BytesIO()
    samples = np.round(long_waveform * 32767).astype(np.int16)
    soundfile.write(file, samples, 22_050, format=kind, subtype=subtype)
    at_once = trace(file.getvalue())
    monkeypatch.setattr(audio_segments, "BLOCK", 100_000)
    monkeypatch.setattr("ser_core.libsndfile.BLOCK", 100_000)
    in_blocks = trace(file.getvalue())
    assert tiles(in_blocks, at_once.duration)
    assert [segment.label for segment in in_blocks.segments] == [
        segment.label for segment in at_once.segments
    ]
    assert [segment.end for segment in in_blocks.segments] == pytest.approx(
        [segment.end for segment in at_once.segments], abs=0.05
    )


@pytest.mark.parametrize(
    ("container", "codec"), [("ogg", "libopus"), ("mp3", "libmp3lame"), ("adts", "aac")]
)
def test_every_decoder_can_be_listened_to(
    long_waveform: np.ndarray, container: str, codec: str
) -> None:
    """What libsndfile decodes, loud MP3 frames and all, and what ffmpeg has to."""
    wav = io.BytesIO()
    soundfile.write(wav, long_waveform, SAMPLE_RATE, format="WAV")
    data = run_ffmpeg(
        "-f", "wav", "-i", "pipe:0", "-c:a", codec, "-f", container, stdin=wav.getvalue()
    )
    timeline = trace(data)
    assert timeline.duration == pytest.approx(27.01, abs=0.2)
    assert tiles(timeline, timeline.duration)
    assert [segment.start for segment in timeline.segments if segment.prediction is None] == (
        pytest.approx([11.0], abs=0.3)
    )


def test_files_that_cannot_be_heard_raise_what_decoding_raises(long_waveform: np.ndarray) -> None:
    """Nothing, no recording, one that is too long, and one that is cut off."""
    file = io.BytesIO()
    soundfile.write(file, long_waveform, SAMPLE_RATE, format="FLAC")
    with pytest.raises(EmptyAudioError):
        trace(b"")
    with pytest.raises(AudioError):
        trace(b"this is not a recording")
    with pytest.raises(AudioTooLongError):
        trace(file.getvalue(), limits=AudioLimits(max_seconds=20.0))
    with pytest.raises(AudioError):
        trace(file.getvalue()[:-3000])
