"""Answers as the command line prints them."""

import csv
import io

from ser_core.analysis import Analysis
from ser_core.answers import as_csv, as_record, as_rows, csv_header
from ser_core.batch import Answer
from ser_core.errors import EmptyAudioError
from ser_core.prediction import Prediction
from ser_core.stretches import Segment, Timeline

EMOTIONS = ("happy", "sad")
HAPPY = Prediction({"happy": 0.8, "sad": 0.2}, threshold=0.5)
UNSURE = Prediction({"happy": 0.6, "sad": 0.4}, threshold=0.7)
ERROR = EmptyAudioError("This file is empty.")
WHOLE = Answer(Analysis(HAPPY, 4.0, 0.75))
SILENT = Answer(Analysis(None, 2.0, 0.0))
OVER_TIME = Answer(
    WHOLE.analysis,
    Timeline((Segment(0.0, 1.25, HAPPY), Segment(1.25, 3.0, UNSURE), Segment(3.0, 4.0, None))),
)


def parsed(*lines):
    return list(csv.DictReader(io.StringIO(b"".join(lines).decode(), newline=""), strict=True))


def test_a_row_has_the_emotion_how_sure_the_next_the_length_and_the_name():
    (row,) = as_rows("note.ogg", WHOLE)
    assert row.plain == "● happy      80%   sad        20%     4.0 s     75%  note.ogg"
    (row,) = as_rows("note.ogg", SILENT)
    assert row.plain.split() == ["no", "speech", "2.0", "s", "0%", "note.ogg"]


def test_the_turns_of_a_timeline_stand_below():
    _, *below = (row.plain.strip() for row in as_rows("note.ogg", OVER_TIME))
    assert [" ".join(row.split()) for row in below] == [
        "0:00.0 – 0:01.2 ● happy (80 %)",
        "0:01.2 – 0:03.0 ? not sure: happy or sad?",
        "0:03.0 – 0:04.0 no speech",
    ]


def test_an_error_names_its_file_once():
    (row,) = as_rows("a\x1b.ogg", ERROR)
    assert row.plain == "error      a�.ogg: This file is empty."
    (row,) = as_rows("a.ogg", EmptyAudioError("a.ogg does not exist."))
    assert row.plain == "error      a.ogg does not exist."


def test_json_includes_the_timeline_and_its_shares():
    record = as_record("note.ogg", OVER_TIME)
    assert {name: record[name] for name in as_record("note.ogg", WHOLE)} == as_record(
        "note.ogg", WHOLE
    )
    assert record["shares"] == {"not sure": 0.4375, "happy": 0.3125, "no speech": 0.25}
    assert [(turn["start"], turn["end"], turn["label"]) for turn in record["timeline"]] == [
        (0.0, 1.25, "happy"),
        (1.25, 3.0, "not sure"),
        (3.0, 4.0, "no speech"),
    ]


def test_csv_has_a_line_for_each_file_and_a_column_for_each_emotion():
    header = csv_header(EMOTIONS, of_timeline=False)
    assert header == b"file,duration,speech,label,emotion,sure,confidence,happy,sad,error\r\n"
    lines = [
        as_csv(name, one, EMOTIONS) for name, one in (("a", WHOLE), ("b", SILENT), ("c", ERROR))
    ]
    heard, silent, bad = parsed(header, *lines)
    assert (heard["emotion"], heard["sure"], heard["happy"]) == ("happy", "true", "0.8")
    assert (silent["label"], silent["emotion"], silent["happy"]) == ("no speech", "", "")
    assert (bad["file"], bad["label"], bad["error"]) == ("c", "", "This file is empty.")


def test_csv_of_a_timeline_has_a_line_for_each_stretch():
    header = csv_header(EMOTIONS, of_timeline=True)
    rows = parsed(header, as_csv("a", OVER_TIME, EMOTIONS), as_csv("c", ERROR, EMOTIONS))
    assert [(row["start"], row["end"], row["label"], row["sure"]) for row in rows] == [
        ("0.0", "1.25", "happy", "true"),
        ("1.25", "3.0", "not sure", "false"),
        ("3.0", "4.0", "no speech", ""),
        ("", "", "", ""),
    ]
    assert rows[-1]["error"] == "This file is empty."


def test_csv_quotes_what_must_be_and_no_name_becomes_a_formula():
    header = csv_header(EMOTIONS, of_timeline=False)
    for name, written in (
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("-1+1.wav", "'-1+1.wav"),
        ("@x", "'@x"),
        ('a "b", c\n.wav', 'a "b", c\n.wav'),
        ("größe.wav", "größe.wav"),
    ):
        (row,) = parsed(header, as_csv(name, WHOLE, EMOTIONS))
        assert row["file"] == written
    assert b"?" in as_csv("\udcff.wav", WHOLE, EMOTIONS), (
        "bytes that are no UTF-8 are shown as such"
    )
