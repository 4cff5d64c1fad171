"""The one door, with the default model behind it."""

import numpy as np
import pytest
import soundfile

from ser_core import analysis
from ser_core.analysis import analyse, analyse_waveform
from ser_core.corpora import find_clips
from ser_core.errors import AudioError
from ser_core.features import extract
from ser_core.model import load_default_model
from ser_core.speech import prepare
from tests.voices import SAMPLE_RATE, noise, silence, talk


def test_a_voice_gets_a_prediction_and_says_how_long_it_is():
    waveform = np.concatenate([silence(1.0), talk(2.0), silence(1.0)])
    found = analyse_waveform(waveform)
    assert found.prediction is not None
    assert sum(found.prediction.probabilities.values()) == pytest.approx(1.0)
    assert found.duration == 4.0
    assert found.speech_share == pytest.approx(0.5, abs=0.08)


def test_silence_is_an_answer_and_not_an_error():
    found = analyse_waveform(silence(3.0))
    assert (found.prediction, found.duration, found.speech_share) == (None, 3.0, 0.0)


def test_the_model_is_fed_what_the_modules_give_one_by_one():
    expected = load_default_model().predict(
        extract(prepare(talk()).waveform, families=load_default_model().families)
    )
    assert analyse_waveform(talk()).prediction == expected


def test_a_path_and_its_bytes_give_the_same_answer(tmp_path):
    path = tmp_path / "note.ogg"
    soundfile.write(path, talk(), SAMPLE_RATE, format="OGG", subtype="OPUS")
    assert analyse(path) == analyse(str(path)) == analyse(path.read_bytes())


def test_a_long_recording_is_measured_in_pieces(monkeypatch):
    measured = []
    monkeypatch.setattr(
        analysis,
        "extract",
        lambda waveform, *, families: (
            measured.append(waveform.size) or extract(waveform, families=families)
        ),
    )
    found = analyse_waveform(np.tile(talk(5.0), 5))
    assert found.prediction is not None
    assert max(measured) <= analysis.LONGEST_PIECE
    assert len(measured) == 4, "25 seconds in pieces of at most 8"


def test_what_is_no_audio_raises_an_audio_error():
    with pytest.raises(AudioError):
        analyse(b"this is not a recording")


def test_noise_does_not_fail():
    assert analyse_waveform(noise(2.0)).duration == 2.0


def test_the_published_clips_are_named_by_what_was_acted(corpora):
    clips = find_clips("ravdess", corpora / "originals")
    right = [analyse(clip.path).prediction.emotion == clip.emotion for clip in clips]
    assert len(clips) == 9
    assert np.mean(right) >= 8 / 9, "they were in training"
