"""Answers as the command line prints them."""

import csv
import io
from dataclasses import replace

import pytest

from ser_core.audio import Coverage
from ser_core.cli.output import as_csv, as_record, as_rows, csv_header
from ser_core.errors import EmptyAudioError
from ser_core.inference.analysis import Analysis
from ser_core.models.prediction import Prediction
from tests.timelines import timeline

EMOTIONS = ("happy", "sad")
HAPPY = Prediction({"happy": 0.8, "sad": 0.2}, threshold=0.5)
SAD = Prediction({"happy": 0.1, "sad": 0.9}, threshold=0.5)
UNSURE = Prediction({"happy": 0.6, "sad": 0.4}, threshold=0.7)
ERROR = EmptyAudioError("This file is empty.")


WHOLE = Analysis(timeline((4.0, HAPPY)), 0.75)
SILENT = Analysis(timeline((2.0, None)), 0.0)
OVER_TIME = Analysis(timeline((1.25, HAPPY), (1.75, UNSURE), (1.0, None)), 0.75)
MIXED = Analysis(timeline((5.0, HAPPY), (6.0, SAD), (6.0, HAPPY), (5.0, SAD)), 0.75)
CUT = replace(WHOLE, coverage=Coverage(seconds=4.0, declared_seconds=30.0))


def parsed(*lines):
    return list(csv.DictReader(io.StringIO(b"".join(lines).decode(), newline=""), strict=True))


def rows(name, answer, *, with_timeline=False):
    drawn = as_rows(name, answer, with_timeline=with_timeline)
    return [" ".join(row.plain.split()) for row in drawn]


def test_a_row_has_the_emotion_how_sure_the_next_the_length_and_the_name():
    (row,) = as_rows("note.ogg", WHOLE, with_timeline=False)
    assert row.plain == "● happy      80%   sad        20%     4.0 s     75%  note.ogg"


@pytest.mark.parametrize(
    ("seconds", "length"),
    [(59.94, "  59.9 s"), (59.96, "    1:00"), (529.4, "    8:49"), (7322.0, " 2:02:02")],
)
def test_lengths_are_minutes_and_seconds_from_a_minute_on(seconds, length):
    (row,) = as_rows("note.ogg", Analysis(timeline((seconds, HAPPY)), 0.75), with_timeline=False)
    assert row.plain == f"● happy      80%   sad        20%  {length}     75%  note.ogg"


@pytest.mark.parametrize(
    ("name", "answer", "lines"),
    [
        ("a", SILENT, ["no speech 2.0 s 0% a"]),
        ("a", MIXED, ["● mixed 22.0 s 75% a", "mixed: sad 55 %, then happy 45 %"]),
        ("a", CUT, ["● happy 80% sad 20% 4.0 s 75% a", str(CUT.coverage.warning)]),
        ("a\x1b.ogg", ERROR, ["error a�.ogg: This file is empty."]),
        # An error names its file once.
        ("a.ogg", EmptyAudioError("a.ogg does not exist."), ["error a.ogg does not exist."]),
    ],
    ids=["silent", "mixed", "cut off", "an error", "an error that names its file"],
)
def test_a_row_says_what_else_there_is_to_say(name, answer, lines):
    assert rows(name, answer) == lines


def test_the_segments_of_a_timeline_stand_below():
    _, *below = rows("note.ogg", OVER_TIME, with_timeline=True)
    assert below == [
        "0:00.0 – 0:01.2 ● happy (80 %)",
        "0:01.2 – 0:03.0 ? not sure: happy or sad?",
        "0:03.0 – 0:04.0 no speech",
    ]


def test_json_has_the_same_answer_with_and_without_the_segments():
    short = as_record("note.ogg", MIXED, with_timeline=False)
    long = as_record("note.ogg", MIXED, with_timeline=True)
    assert list(short) == [
        *("file", "label", "emotion", "sure", "confidence", "probabilities"),
        *("duration", "speech", "model", "baseline", "read"),
    ]
    assert {name: long[name] for name in short} == short
    assert (short["label"], short["emotion"], short["sure"]) == ("mixed", "sad", False)
    assert short["confidence"] == short["probabilities"]["sad"]
    assert long["shares"] == {"happy": 0.5, "sad": 0.5}
    assert [(one["start"], one["end"], one["label"]) for one in long["segments"]][:2] == [
        (0.0, 5.0, "happy"),
        (5.0, 11.0, "sad"),
    ]


def test_json_says_how_much_was_read():
    assert as_record("note.ogg", WHOLE, with_timeline=False)["read"] is None
    read = as_record("note.ogg", CUT, with_timeline=False)["read"]
    assert (read["seconds"], read["promised"]) == (4.0, 30.0)
    assert "is missing" in read["note"]


def test_csv_has_a_line_for_each_file_and_a_column_for_each_emotion():
    header = csv_header(EMOTIONS, of_timeline=False)
    assert header == b"file,duration,speech,label,emotion,sure,confidence,happy,sad,note,error\r\n"
    answers = {"a": WHOLE, "b": SILENT, "c": ERROR, "d": MIXED, "e": CUT}
    lines = [as_csv(name, one, EMOTIONS, with_timeline=False) for name, one in answers.items()]
    heard, silent, bad, mixed, cut = parsed(header, *lines)
    assert (heard["emotion"], heard["sure"], heard["happy"]) == ("happy", "true", "0.8")
    assert (silent["label"], silent["emotion"], silent["happy"]) == ("no speech", "", "")
    assert (bad["file"], bad["label"], bad["error"]) == ("c", "", "This file is empty.")
    assert (mixed["label"], mixed["emotion"], mixed["sure"]) == ("mixed", "sad", "false")
    assert (heard["note"], cut["note"][:7]) == ("", "The end")


def test_csv_of_a_timeline_has_a_line_for_each_segment():
    header = csv_header(EMOTIONS, of_timeline=True)
    lines = [as_csv("a", answer, EMOTIONS, with_timeline=True) for answer in (OVER_TIME, ERROR)]
    segments = parsed(header, *lines)
    assert [(row["start"], row["end"], row["label"], row["sure"]) for row in segments] == [
        ("0.0", "1.25", "happy", "true"),
        ("1.25", "3.0", "not sure", "false"),
        ("3.0", "4.0", "no speech", ""),
        ("", "", "", ""),
    ]
    assert segments[-1]["error"] == "This file is empty."


def test_csv_quotes_what_must_be_and_no_name_becomes_a_formula():
    header = csv_header(EMOTIONS, of_timeline=False)
    for name, written in (
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("-1+1.wav", "'-1+1.wav"),
        ("@x", "'@x"),
        ('a "b", c\n.wav', 'a "b", c\n.wav'),
        ("größe.wav", "größe.wav"),
    ):
        (row,) = parsed(header, as_csv(name, WHOLE, EMOTIONS, with_timeline=False))
        assert row["file"] == written
    assert b"?" in as_csv("\udcff.wav", WHOLE, EMOTIONS, with_timeline=False), (
        "bytes that are no UTF-8 are shown as such"
    )
