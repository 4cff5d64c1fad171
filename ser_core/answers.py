"""Answers as the command line over files prints them: rows of a table, JSON, CSV."""

import csv
import io
from collections.abc import Iterator, Sequence

from rich.text import Text

from ser_core.batch import Answer
from ser_core.emotions import BY_NAME
from ser_core.errors import UndertoneError
from ser_core.prediction import Prediction
from ser_core.records import (
    DIGITS,
    TIME_DIGITS,
    prediction_record,
    share_record,
    stretch_records,
)
from ser_core.stretches import Segment
from ser_core.timeline_formats import turns, words

EMOTION_WIDTH = max(len(name) for name in BY_NAME)
HEADER = (
    f"{'emotion':{EMOTION_WIDTH + 2}} sure   {'next':{EMOTION_WIDTH}}        length  speech  file"
)
TIMES_WIDTH = len("1:00:00.0 – 1:00:00.0")

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What begins a formula for a spreadsheet; a file's name, which others may choose, must not."""


def as_rows(name: str, answer: Answer | UndertoneError) -> Iterator[Text]:
    """Give one recording's answer as lines; its name comes last, since it may be long.

    Parameters
    ----------
    name
        Of the recording.
    answer
        What is heard; below it the turns of its timeline, if there is one.
    """
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    if isinstance(answer, UndertoneError):
        said = str(answer) if name in str(answer) else f"{shown}: {answer}"
        yield Text.assemble(("error      ", "red"), said)
        return
    analysis = answer.analysis
    length = f"{analysis.duration:6.1f} s {analysis.speech_share:7.0%}  {shown}"
    if analysis.prediction is None:
        yield Text(f"{'no speech':{EMOTION_WIDTH + 29}}{length}")
    else:
        (top, sure), (second, less) = analysis.prediction.ranked[:2]
        yield Text.assemble(
            _mark(analysis.prediction),
            f"{top:{EMOTION_WIDTH}} {sure:4.0%}   {second:{EMOTION_WIDTH}} {less:4.0%}  {length}",
        )
    if answer.timeline is not None:
        for times, segment in turns(answer.timeline):
            yield Text.assemble(
                f"    {times:{TIMES_WIDTH}}  ", _mark(segment.prediction), words(segment)
            )


def as_record(name: str, answer: Answer | UndertoneError) -> dict[str, object]:
    """Give one recording's answer as what `--json` prints."""
    if isinstance(answer, UndertoneError):
        return {"file": name, "error": str(answer)}
    analysis = answer.analysis
    record = {
        "file": name,
        **prediction_record(analysis.prediction),
        "duration": round(analysis.duration, TIME_DIGITS),
        "speech": round(analysis.speech_share, TIME_DIGITS),
    }
    if answer.timeline is not None:
        record |= {
            "shares": share_record(answer.timeline),
            "timeline": stretch_records(answer.timeline),
        }
    return record


def csv_header(emotions: Sequence[str], *, of_timeline: bool) -> bytes:
    """Give the first line of what `--csv` prints, in UTF-8.

    Parameters
    ----------
    emotions
        Those that the model knows, each of which gets a column.
    of_timeline
        Whether the lines are stretches, or whole recordings.
    """
    first = ["file", "start", "end"] if of_timeline else ["file", "duration", "speech"]
    return _csv_line([*first, "label", "emotion", "sure", "confidence", *emotions, "error"])


def as_csv(name: str, answer: Answer | UndertoneError, emotions: Sequence[str]) -> bytes:
    """Give one recording's answer as what `--csv` prints: a line, or one for each stretch.

    Parameters
    ----------
    name
        Of the recording.
    answer
        What is heard.
    emotions
        As in the header.
    """
    if isinstance(answer, UndertoneError):
        return _csv_line([name, *[None] * (6 + len(emotions)), str(answer)])
    if answer.timeline is not None:
        return b"".join(
            _csv_answer(name, segment.start, segment.end, segment, emotions)
            for segment in answer.timeline.segments
        )
    analysis = answer.analysis
    whole = Segment(0.0, analysis.duration, analysis.prediction)
    return _csv_answer(name, analysis.duration, analysis.speech_share, whole, emotions)


def _csv_answer(
    name: str, second: float, third: float, stretch: Segment, emotions: Sequence[str]
) -> bytes:
    record = prediction_record(stretch.prediction)
    likely = stretch.prediction.probabilities if stretch.prediction else {}
    numbers = [round(likely[name], DIGITS) if name in likely else None for name in emotions]
    sure = None if record["sure"] is None else str(record["sure"]).lower()
    return _csv_line(
        [
            name,
            round(second, TIME_DIGITS),
            round(third, TIME_DIGITS),
            stretch.label,
            record["emotion"],
            sure,
            record["confidence"],
            *numbers,
            None,
        ]
    )


def _csv_line(cells: Sequence[object]) -> bytes:
    """Write a line as RFC 4180 says; text that a spreadsheet would calculate gets an apostrophe."""
    line = io.StringIO()
    csv.writer(line).writerow(
        f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
        for cell in cells
    )
    return line.getvalue().encode("utf-8", "replace")


def _mark(prediction: Prediction | None) -> str | tuple[str, str]:
    """Give what stands before an emotion: a dot in its colour, or a question mark."""
    if prediction is None:
        return "  "
    if not prediction.is_sure:
        return "? "
    emotion = BY_NAME.get(prediction.emotion)
    return ("● ", emotion.hex_colour) if emotion else "● "
