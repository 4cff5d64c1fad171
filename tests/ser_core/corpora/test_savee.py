"""SAVEE, as it is published and as it lies beside the project."""

from collections import Counter

import pytest

from ser_core.corpora.discovery import find_clips
from tests.ser_core.corpora.folders import found, touch


@pytest.mark.parametrize("layout", ["AudioData/{}/{}.wav", "ALL/{}_{}.wav"])
def test_the_speaker_is_a_folder_or_in_the_name(tmp_path, layout):
    names = [("KL", "su09"), ("DC", "a01"), ("DC", "sa01"), ("JE", "a01")]
    touch(tmp_path, *(layout.format(*name) for name in names), "AudioData/Info.txt", "XX/a01.wav")
    assert [(emotion, speaker) for _, emotion, speaker in found("savee", tmp_path)] == [
        ("angry", "savee-DC"),
        ("sad", "savee-DC"),
        ("angry", "savee-JE"),
        ("surprised", "savee-KL"),
    ]


def test_a_clip_that_is_there_in_both_layouts_counts_once(tmp_path):
    touch(tmp_path, "DC/a01.wav", "ALL/DC_a01.wav", "JE/a01.flac")
    assert len(find_clips("savee", tmp_path)) == 2


def test_the_real_corpus_is_found_whole(corpora):
    clips = find_clips("savee", corpora / "savee")
    assert len(clips) == 480
    assert Counter(clip.speaker for clip in clips) == {
        f"savee-{speaker}": 120 for speaker in ("DC", "JE", "JK", "KL")
    }
    assert Counter(clip.emotion for clip in clips)["neutral"] == 4 * 30
