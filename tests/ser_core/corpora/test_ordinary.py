"""Ordinary speech: what its table lists."""

import pytest

from ser_core.corpora.discovery import find_clips, share_speakers
from ser_core.errors import CorpusError
from tests.ser_core.corpora.folders import found, touch

TABLE = "file,speaker,source\na.ogg,one,somewhere\nb.ogg,two,somewhere\ngone.ogg,three,somewhere\n"


def test_what_the_table_lists_is_neutral_in_any_format_one_half_of_the_speakers_each(tmp_path):
    touch(tmp_path, "ordinary/a.ogg", "ordinary/b.wav", "ordinary/c.ogg", "a.ogg")
    (tmp_path / "ordinary" / "speakers.csv").write_text(TABLE)
    learned, held_out = (found(name, tmp_path) for name in ("ordinary", "ordinary-held-out"))
    assert learned == [("a.ogg", "neutral", "one")], "neither what lies elsewhere"
    assert held_out == [("b.wav", "neutral", "two")], "nor what is not listed"


def test_without_a_table_or_a_speaker_that_is_said(tmp_path):
    touch(tmp_path, "a.ogg")
    with pytest.raises(CorpusError, match=r"anything that speakers\.csv lists"):
        find_clips("ordinary", tmp_path)
    (tmp_path / "speakers.csv").write_text("file,speaker\na.ogg,\n")
    with pytest.raises(CorpusError, match=r"Row 1 of the table .*speakers\.csv has no speaker"):
        find_clips("ordinary", tmp_path)


def test_the_real_corpus_is_found_whole_in_two_halves_that_share_nobody(corpora):
    speakers = []
    for name in ("ordinary", "ordinary-held-out"):
        clips = find_clips(name, corpora / "ordinary")
        assert {(clip.emotion, clip.corpus) for clip in clips} == {("neutral", name)}
        assert 80 < len(clips) < 120
        speakers += [clip.speaker for clip in clips]
    assert len(speakers) == len(set(speakers)) == 200
    assert not share_speakers("ordinary", "ordinary-held-out")
