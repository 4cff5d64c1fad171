"""The analysis of a recording is the same however it is fed."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ser_core.audio import AudioLimits
from ser_core.corpora.discovery import find_clips
from ser_core.emotions import NO_SPEECH
from ser_core.errors import AudioTooLongError, FeatureError, UnsupportedAudioError
from ser_core.features.extraction import extract_features
from ser_core.inference import analysis
from ser_core.inference.analysis import RunningAnalysis, analyse, analyse_waveform
from ser_core.inference.timeline import Segment, Timeline
from ser_core.models.emotion_model import load_default_model
from ser_core.voice.preparation import prepare
from tests.ser_core.audio.recordings import RECIPES, encode, write
from tests.timelines import tiles
from tests.voices import SAMPLE_RATE, noise, silence, talk, tone

LONG = np.concatenate([talk(11.0, pitch=120.0), silence(3.0), talk(13.0), silence(0.01)])


# --- One segment ---


def test_a_voice_gets_a_prediction_and_says_how_long_it_is():
    found = analyse_waveform(np.concatenate([silence(1.0), talk(2.0), silence(1.0)]))
    assert found.prediction is not None
    assert sum(found.prediction.probabilities.values()) == pytest.approx(1.0)
    assert found.duration == 4.0
    assert found.speech_share == pytest.approx(0.5, abs=0.08)
    assert found.coverage is None


def test_a_clip_is_measured_as_one_piece_as_training_measures_it():
    model = load_default_model()
    expected = model.predict(extract_features(prepare(talk()).waveform, families=model.families))
    (segment,) = analyse_waveform(talk()).timeline.segments
    assert segment.prediction.probabilities == pytest.approx(expected.probabilities, abs=1e-4)


def test_the_published_clips_are_one_segment_each_and_named_by_what_was_acted(corpora):
    clips = find_clips("ravdess", corpora / "originals")
    found = [analyse(clip.path) for clip in clips]
    assert [len(one.timeline.segments) for one in found] == [1] * 9
    right = [one.prediction.emotion == clip.emotion for one, clip in zip(found, clips, strict=True)]
    assert np.mean(right) >= 8 / 9, "they were in training"


def test_little_or_nothing_is_no_speech_and_no_error():
    """No sample, one, a tenth of a second of a voice, and two minutes of silence."""
    assert analyse_waveform(silence(0.0)).timeline == Timeline(())
    for sound in (silence(1 / SAMPLE_RATE), talk(0.1), silence(120.0)):
        found = analyse_waveform(sound)
        assert found.timeline.segments == (Segment(0.0, sound.size / SAMPLE_RATE, None),)
        assert (found.prediction, found.speech_share) == (None, 0.0)


@pytest.mark.parametrize("digit", ["0_jackson_0", "3_lucas_1", "6_theo_2", "7_george_4"])
def test_a_spoken_digit_has_an_answer(corpora, digit):
    found = analyse(corpora / "fsdd" / f"{digit}.ogg")
    assert found.prediction is not None
    assert found.label != NO_SPEECH


def test_silence_before_and_after_is_no_speech_only_where_it_is_long():
    """One second is too short to tell apart; four are not. Neither changes the answer."""
    spoken = talk(3.0)
    plain = analyse_waveform(spoken)
    short = analyse_waveform(np.concatenate([silence(1.0), spoken, silence(1.0)]))
    assert len(short.timeline.segments) == 1
    long = analyse_waveform(np.concatenate([silence(4.0), spoken, silence(24.0)]))
    before, inside, after = long.timeline.segments
    assert (before.label, after.label) == (NO_SPEECH, NO_SPEECH)
    assert (inside.start, inside.end) == pytest.approx((4.0, 7.0), abs=0.25)
    assert long.label == short.label == plain.label
    assert tiles(long.timeline, 31.0)


# --- Several segments ---


def test_more_speech_than_a_segment_holds_is_heard_in_windows():
    short, long = talk(analysis.LONGEST_SEGMENT / SAMPLE_RATE - 0.5), talk(12.0)
    assert len(analyse_waveform(short).windows) == 1
    assert len(analyse_waveform(long).windows) == 9
    assert tiles(analyse_waveform(long).timeline, 12.0)


def test_a_long_silence_between_two_voices_is_a_segment_of_its_own():
    """Two seconds, found to a quarter, though there is little speech in all."""
    found = analyse_waveform(np.concatenate([talk(3.0), silence(2.0), talk(3.0, pitch=220.0)]))
    assert tiles(found.timeline, 8.0)
    (quiet,) = [one for one in found.timeline.segments if one.prediction is None]
    assert (quiet.start, quiet.end) == pytest.approx((3.0, 5.0), abs=0.25)
    assert found.speech_share == pytest.approx(0.75, abs=0.05)


def test_what_is_no_voice_is_no_speech():
    """A hum, a chord, and hiss, as long as a voice and as loud, after a voice."""
    chord = sum(tone(frequency, 8.0, 0.1) for frequency in (220.0, 277.2, 329.6))
    for sound in (tone(110.0, 8.0), chord, noise(8.0)):
        assert analyse_waveform(sound).timeline.segments == (Segment(0.0, 8.0, None),)
        timeline = analyse_waveform(np.concatenate([talk(10.0), sound])).timeline
        assert tiles(timeline, 18.0)
        assert timeline.segments[-1].prediction is None
        assert timeline.segments[-1].start == pytest.approx(10.0, abs=0.75)
        assert timeline.segments[0].prediction is not None


def test_a_constant_offset_makes_no_difference():
    """Cheap microphones have one."""
    waveform = np.concatenate([talk(9.0), silence(3.0), talk(4.0)])
    plain = analyse_waveform(waveform).timeline.segments
    shifted = analyse_waveform(waveform + np.float32(0.05)).timeline.segments
    assert [one.label for one in shifted] == [one.label for one in plain]
    assert [one.start for one in shifted] == pytest.approx([one.start for one in plain], abs=0.05)


# --- However it comes ---


@cache
def heard_at_once(seconds):
    return analyse_waveform(LONG[: round(seconds * SAMPLE_RATE)])


@settings(max_examples=4, deadline=None)
@given(st.sampled_from([2.0, 20.0]), st.lists(st.integers(0, 40_000), min_size=1, max_size=12))
def test_the_sizes_of_the_pieces_make_no_difference_to_the_last_bit(seconds, sizes):
    waveform = LONG[: round(seconds * SAMPLE_RATE)]
    running, start = RunningAnalysis(load_default_model()), 0
    for size in [*sizes, 100_000, 100_001, waveform.size]:
        running.feed(waveform[start : start + size])
        start += size
    assert running.finish() == heard_at_once(seconds)


def test_of_a_long_recording_the_sound_is_not_kept():
    running = RunningAnalysis(load_default_model())
    for _ in range(2 * analysis.LONGEST_CLIP // LONG.size + 1):
        running.feed(LONG)
    assert running._clip is None
    assert running._n_waiting < LONG.size


def test_what_is_no_waveform_is_refused():
    for wrong in (np.full(100, np.nan, np.float32), np.zeros((2, 9), np.float32), np.zeros(9)):
        with pytest.raises(FeatureError):
            analyse_waveform(wrong)


@pytest.mark.parametrize("name", ["wav-16", "ogg-opus", "mp3", "adts"])
def test_a_file_is_analysed_block_by_block_as_its_waveform_is(name):
    recipe = RECIPES[name]
    points = np.arange(round(27 * recipe.sample_rate)) * SAMPLE_RATE / recipe.sample_rate
    data = encode(np.interp(points, np.arange(LONG.size), LONG), recipe)
    blocks = []
    found = analyse(data, listen_in=blocks.append)
    assert found.coverage.warning is None
    assert found.timeline == analyse_waveform(np.concatenate(blocks)).timeline
    assert tiles(found.timeline, found.duration)
    assert [one.start for one in found.timeline.segments if one.prediction is None] == (
        pytest.approx([11.0], abs=0.3)
    )


def test_files_that_cannot_be_heard_raise_what_decoding_raises():
    with pytest.raises(UnsupportedAudioError):
        analyse(b"this is not a recording")
    with pytest.raises(AudioTooLongError):
        analyse(write(LONG, SAMPLE_RATE), limits=AudioLimits(max_seconds=20.0))


def test_of_a_file_that_breaks_off_it_is_told_how_much_was_heard():
    data = write(LONG, SAMPLE_RATE, "FLAC")
    found = analyse(data[: len(data) // 2])
    assert found.duration < 20
    assert "of about 27 seconds could be read" in str(found.coverage.warning)
