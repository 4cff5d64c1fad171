"""RAVDESS, as it is published and as it lies beside the project."""

from ser_core.corpora.discovery import find_clips
from ser_core.emotions import EMOTION_NAMES
from tests.ser_core.corpora.folders import found, touch


def test_ravdess_as_it_is_published(tmp_path):
    touch(
        tmp_path,
        "Audio_Speech_Actors_01-24/Actor_01/03-01-05-01-02-01-01.wav",
        "Audio_Speech_Actors_01-24/Actor_24/03-01-08-02-02-02-24.wav",
        "Audio_Song_Actors_01-24/Actor_01/03-02-05-01-02-01-01.wav",
        "Video_Speech_Actor_01/02-01-05-01-02-01-01.wav",
        "Audio_Speech_Actors_01-24/README.txt",
    )
    assert found("ravdess", tmp_path) == [
        ("03-01-05-01-02-01-01.wav", "angry", "ravdess-01"),
        ("03-01-08-02-02-02-24.wav", "surprised", "ravdess-24"),
    ]
    assert found("ravdess-song", tmp_path) == [
        ("03-02-05-01-02-01-01.wav", "angry", "ravdess-01")
    ], "who speaks and sings is one speaker"


def test_the_real_corpus_is_found_whole(corpora):
    speech = find_clips("ravdess", corpora / "ravdess")
    song = find_clips("ravdess-song", corpora / "ravdess")
    assert (len(speech), len(song)) == (1440, 1012)
    assert len({clip.speaker for clip in speech}) == 24
    assert {clip.emotion for clip in speech} == set(EMOTION_NAMES)
