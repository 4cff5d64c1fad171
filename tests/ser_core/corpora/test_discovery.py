"""Clips found in the folders of a corpus."""

import pytest

from ser_core.corpora.discovery import find_all, find_clips
from ser_core.emotions import EMOTION_NAMES
from ser_core.errors import CorpusError


def touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(corpus, root):
    return [(clip.path.name, clip.emotion, clip.speaker) for clip in find_clips(corpus, root)]


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


def test_a_clip_that_is_there_twice_counts_once(tmp_path):
    touch(
        tmp_path,
        "Actor_01/03-01-05-01-02-01-01.wav",
        "audio_speech_actors_01-24/Actor_01/03-01-05-01-02-01-01.wav",
        "flac/03-01-05-01-02-01-01.flac",
    )
    assert [clip.corpus for clip in find_clips("ravdess", tmp_path)] == ["ravdess"]


def test_nemo_as_it_is_published_or_has_been_compressed_since(tmp_path):
    names = ["EB0_anger_12.wav", "EB0_anger_13.flac", "EB0_anger_14.ogg", "EB0_anger_15.mp3"]
    touch(tmp_path / "samples", *names, "MP0_surprised_3.WAV")
    touch(tmp_path, "data.tsv", "EB0_anger_16.txt")
    assert found("nemo", tmp_path) == [
        *((name, "angry", "nemo-EB0") for name in names),
        ("MP0_surprised_3.WAV", "surprised", "nemo-MP0"),
    ]


def test_the_order_does_not_depend_on_the_folders(tmp_path):
    names = [f"03-01-0{e}-01-01-01-{a:02d}.wav" for a in (3, 1, 2) for e in (4, 2)]
    touch(tmp_path / "a", *names)
    touch(tmp_path / "b", *(f"Actor_{name[-6:-4]}/{name}" for name in names))
    assert found("ravdess", tmp_path / "a") == found("ravdess", tmp_path / "b")


@pytest.mark.parametrize(
    ("corpus", "folder", "says"),
    [
        ("savee", ".", "known are ravdess"),
        ("ravdess", "nowhere", "is not a folder"),
        ("ravdess", ".", "03-01-05-02-01-01-12.wav"),
    ],
)
def test_what_cannot_be_found_is_said_in_a_sentence(tmp_path, corpus, folder, says):
    with pytest.raises(CorpusError, match=says):
        find_clips(corpus, tmp_path / folder)


def test_the_real_corpora_are_found_whole(corpora):
    speech = find_clips("ravdess", corpora / "ravdess")
    song = find_clips("ravdess-song", corpora / "ravdess")
    polish = find_clips("nemo", corpora / "nemo")
    assert (len(speech), len(song), len(polish)) == (1440, 1012, 2415)
    assert len({clip.speaker for clip in speech}) == 24
    assert {clip.emotion for clip in speech} == set(EMOTION_NAMES)
    assert len({clip.speaker for clip in polish}) == 5
    assert len({clip.emotion for clip in polish}) == 6


def test_several_corpora_are_named_with_their_folders(tmp_path):
    touch(tmp_path, "03-01-02-01-01-01-07.wav", "EB0_anger_12.wav")
    clips = find_all([f"nemo={tmp_path}", f"ravdess={tmp_path}"])
    assert [clip.corpus for clip in clips] == ["nemo", "ravdess"]
    for arguments, says in (
        (["/some/folder"], "ravdess=/some/folder"),
        (["ravdess="], "which corpus"),
        ([f"ravdess={tmp_path}", "ravdess=b"], "named twice"),
    ):
        with pytest.raises(CorpusError, match=says):
            find_all(arguments)
