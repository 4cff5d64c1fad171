"""Ordinary speech: what its table lists."""

import pytest

from ser_core.corpora.discovery import find_clips
from ser_core.errors import CorpusError
from tests.ser_core.corpora.folders import found, touch

TABLE = "file,speaker,source\na.ogg,one,somewhere\nb.ogg,two,somewhere\ngone.ogg,three,somewhere\n"


def test_what_the_table_lists_is_neutral_in_any_format(tmp_path):
    touch(tmp_path, "ordinary/a.ogg", "ordinary/b.wav", "ordinary/c.ogg", "a.ogg")
    (tmp_path / "ordinary" / "speakers.csv").write_text(TABLE)
    assert found("ordinary", tmp_path) == [
        ("a.ogg", "neutral", "one"),
        ("b.wav", "neutral", "two"),
    ], "neither what is not listed nor what lies elsewhere"


def test_without_a_table_or_a_speaker_that_is_said(tmp_path):
    touch(tmp_path, "a.ogg")
    with pytest.raises(CorpusError, match=r"anything that speakers\.csv lists"):
        find_clips("ordinary", tmp_path)
    (tmp_path / "speakers.csv").write_text("file,speaker\na.ogg,\n")
    with pytest.raises(CorpusError, match=r"Row 1 of the table .*speakers\.csv has no speaker"):
        find_clips("ordinary", tmp_path)


def test_the_real_corpus_is_found_whole(corpora):
    clips = find_clips("ordinary", corpora / "ordinary")
    assert len(clips) == len({clip.speaker for clip in clips}) == 200
    assert {(clip.emotion, clip.corpus) for clip in clips} == {("neutral", "ordinary")}
