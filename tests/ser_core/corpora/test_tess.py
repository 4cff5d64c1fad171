"""TESS, as it is published and as it lies beside the project."""

import soundfile

from ser_core.corpora.discovery import find_clips
from ser_core.dataset.dataset import load
from tests.ser_core.corpora.folders import found, touch
from tests.voices import SAMPLE_RATE, talk


def test_tess_whatever_its_folders_are_called(tmp_path):
    touch(
        tmp_path,
        "OAF_Fear/OAF_back_fear.wav",
        "OAF_Pleasant_surprise/OAF_back_ps.wav",
        "OAF_neutral/OA_bite_neutral.wav",
        "TESS Toronto emotional speech set data/YAF_pleasant_surprised/YAF_back_ps.WAV",
        "YAF_sad/YAF_back_sad.mp3",
        "YAF_sad/YAF_back_bored.wav",
    )
    assert found("tess", tmp_path) == [
        ("OAF_back_fear.wav", "fearful", "tess-OA"),
        ("OAF_back_ps.wav", "surprised", "tess-OA"),
        ("OA_bite_neutral.wav", "neutral", "tess-OA"),
        ("YAF_back_ps.WAV", "surprised", "tess-YA"),
        ("YAF_back_sad.mp3", "sad", "tess-YA"),
    ]


def test_the_aiff_files_that_are_called_wav_are_read_as_what_they_are(tmp_path):
    touch(tmp_path, "YAF_germ_angry.wav")
    (clip,) = find_clips("tess", tmp_path)
    with clip.path.open("wb") as file:
        soundfile.write(file, talk(1.0), SAMPLE_RATE, format="AIFF")
    assert load(clip.path).size == SAMPLE_RATE


def test_the_real_corpus_is_found_whole(corpora):
    clips = find_clips("tess", corpora / "tess")
    assert len(clips) == 2800
    assert {clip.speaker for clip in clips} == {"tess-OA", "tess-YA"}
    assert len({clip.emotion for clip in clips}) == 7
