"""Clips found in the folders of a corpus."""

import pytest

from ser_core.corpora.discovery import find_all, find_clips, find_strangers
from ser_core.errors import CorpusError
from tests.ser_core.corpora.folders import found, touch


def test_a_clip_that_is_there_twice_counts_once(tmp_path):
    touch(
        tmp_path,
        "Actor_01/03-01-05-01-02-01-01.wav",
        "audio_speech_actors_01-24/Actor_01/03-01-05-01-02-01-01.wav",
        "flac/03-01-05-01-02-01-01.flac",
    )
    assert [clip.corpus for clip in find_clips("ravdess", tmp_path)] == ["ravdess"]


def test_the_order_does_not_depend_on_the_folders(tmp_path):
    names = [f"03-01-0{e}-01-01-01-{a:02d}.wav" for a in (3, 1, 2) for e in (4, 2)]
    touch(tmp_path / "a", *names)
    touch(tmp_path / "b", *(f"Actor_{name[-6:-4]}/{name}" for name in names))
    assert found("ravdess", tmp_path / "a") == found("ravdess", tmp_path / "b")


@pytest.mark.parametrize(
    ("corpus", "folder", "says"),
    [
        ("emodb", ".", "known are ravdess"),
        ("ravdess", "nowhere", "is not a folder"),
        ("ravdess", ".", "03-01-05-02-01-01-12.wav"),
    ],
)
def test_what_cannot_be_found_is_said_in_a_sentence(tmp_path, corpus, folder, says):
    with pytest.raises(CorpusError, match=says):
        find_clips(corpus, tmp_path / folder)


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


def test_nobody_is_a_stranger_who_is_learned_from(tmp_path):
    touch(tmp_path, "03-01-02-01-01-01-07.wav", "03-02-02-01-01-01-07.wav", "EB0_anger_12.wav")
    learned = find_clips("ravdess", tmp_path)
    strangers = find_strangers([f"nemo={tmp_path}"], learned)
    assert [clip.corpus for clip in strangers] == ["nemo"]
    for name in ("ravdess", "ravdess-song"):
        with pytest.raises(CorpusError, match=f"{name} is no stranger: .* in ravdess"):
            find_strangers([f"{name}={tmp_path}"], learned)
