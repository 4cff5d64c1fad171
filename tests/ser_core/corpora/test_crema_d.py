"""CREMA-D, as it is published and as it lies beside the project."""

from collections import Counter

import pytest

from ser_core.corpora.discovery import find_clips
from ser_core.errors import CorpusError
from tests.ser_core.corpora.folders import found, touch

VOTES = "clip,angry,disgust,fearful,happy,neutral,sad\n"


def test_crema_d_as_it_is_published(tmp_path):
    touch(tmp_path, "AudioWAV/1001_DFA_ANG_XX.wav", "AudioWAV/1091_IEO_SAD_HI.wav")
    touch(tmp_path, "AudioMP3/1001_DFA_ANG_XX.mp3", "VideoFlash/1001_DFA_DIS_XX.flv")
    assert found("crema-d", tmp_path) == [
        ("1001_DFA_ANG_XX.mp3", "angry", "crema-d-1001"),
        ("1091_IEO_SAD_HI.wav", "sad", "crema-d-1091"),
    ]
    unasked, strong = find_clips("crema-d", tmp_path)
    assert (unasked.level, strong.level) == (None, "HI")
    assert unasked.votes is None


def test_the_misspelt_clip_is_found_with_its_votes_and_the_one_without_a_signal_left_out(tmp_path):
    touch(tmp_path, "AudioWAV/1040_ITH_SAD_X.wav", "AudioWAV/1076_MTI_SAD_XX.wav")
    (tmp_path / "voice_votes.csv").write_text(VOTES + "1040_ITH_SAD_XX,0,0,2,0,5,3\n")
    (clip,) = find_clips("crema-d", tmp_path)
    assert (clip.path.stem, clip.emotion, clip.level) == ("1040_ITH_SAD_X", "sad", None)
    assert clip.votes == {
        "angry": 0,
        "disgust": 0,
        "fearful": 2,
        "happy": 0,
        "neutral": 5,
        "sad": 3,
    }


def test_of_the_published_votes_those_on_the_voice_alone_count(tmp_path):
    touch(tmp_path, "AudioWAV/1001_IEO_HAP_HI.wav", "AudioWAV/1001_IEO_NEU_XX.wav")
    (tmp_path / "processedResults").mkdir()
    (tmp_path / "processedResults" / "tabulatedVotes.csv").write_text(
        '"","A","D","F","H","N","S","fileName","numResponses"\n'
        '"100004",2,0,0,6,2,0,"1001_IEO_HAP_HI",10\n'
        '"200004",0,0,0,10,0,0,"1001_IEO_HAP_HI",10\n'
    )
    happy, neutral = find_clips("crema-d", tmp_path)
    assert happy.votes["angry"] == 2
    assert happy.votes["happy"] == 6
    assert neutral.votes is None


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("clip,angry\n1001_DFA_ANG_XX,3\n", "has no disgust, fearful"),
        (f"{VOTES}1001_DFA_ANG_XX,1,1,1,1,1,many\n", "is no number"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_votes_that_cannot_be_used_are_told_in_a_sentence(tmp_path, table, says):
    touch(tmp_path, "1001_DFA_ANG_XX.wav")
    (tmp_path / "voice_votes.csv").write_bytes(
        table if isinstance(table, bytes) else table.encode()
    )
    with pytest.raises(CorpusError, match=says):
        find_clips("crema-d", tmp_path)


def test_the_real_corpus_is_found_whole(corpora):
    clips = find_clips("crema-d", corpora / "crema-d")
    assert len(clips) == 7441, "without the one that has no signal"
    assert len({clip.speaker for clip in clips}) == 91
    assert Counter(clip.emotion for clip in clips) == {
        **dict.fromkeys(("angry", "disgust", "fearful", "happy"), 1271),
        "neutral": 1087,
        "sad": 1270,
    }
    assert {clip.level for clip in clips} == {None, "LO", "MD", "HI"}
    assert all(4 <= sum(clip.votes.values()) <= 12 for clip in clips)
