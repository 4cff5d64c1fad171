"""Results as the command line prints them: rows of a table, JSON, CSV."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from ser_core.emotions import BY_NAME, MIXED, NO_SPEECH, NOT_SURE
from ser_core.errors import UndertoneError
from ser_core.inference import (
    TIME_DIGITS,
    Analysis,
    analysis_record,
    describe_segment,
    describe_timeline,
    format_time,
    prediction_record,
    timeline_records,
    with_times,
)

EMOTION_WIDTH = max(len(name) for name in BY_NAME)
HEADER = (
    f"{'emotion':{EMOTION_WIDTH + 2}} sure   {'next':{EMOTION_WIDTH}}        length  speech  file"
)
ANSWER_WIDTH = EMOTION_WIDTH + 24
TIMES_WIDTH = len("1:00:00.0 – 1:00:00.0")

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What begins a formula for a spreadsheet; a file's name, which others may choose, must not."""


def as_rows(name: str, answer: Analysis | UndertoneError, *, with_timeline: bool) -> Iterator[Text]:
    """Yield one recording's answer as lines; its name comes last, since it may be long.

    Parameters
    ----------
    name
        Name of the recording.
    answer
        The analysis, or the error in its place.
    with_timeline
        Whether the segments follow.
    """
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    if isinstance(answer, UndertoneError):
        said = str(answer) if name in str(answer) else f"{shown}: {answer}"
        yield Text.assemble(("error      ", "red"), said)
        return
    rest = f"{_length(answer.duration):>8} {answer.speech_share:7.0%}  {shown}"
    yield Text.assemble(_mark(answer.label), f"{_columns(answer):{ANSWER_WIDTH}}{rest}")
    if answer.label == MIXED:
        yield Text(f"    {describe_timeline(answer.timeline)}")
    if answer.coverage is not None and answer.coverage.warning is not None:
        yield Text(f"    {answer.coverage.warning}")
    if with_timeline:
        for times, segment in with_times(answer.timeline):
            yield Text.assemble(
                f"    {times:{TIMES_WIDTH}}  ", _mark(segment.label), describe_segment(segment)
            )


def _length(seconds: float) -> str:
    """Return a length: "4.0 s", and from a minute on "8:49"."""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    return format_time(round(seconds)).removesuffix(".0")


def _columns(analysis: Analysis) -> str:
    """Return the emotion, how sure it is, and the next one, as they stand in the table."""
    timeline = analysis.timeline
    if timeline.prediction is None:
        return NO_SPEECH
    if timeline.label == MIXED:
        return MIXED  # its shares are in the line below
    likely = timeline.prediction.probabilities
    first = timeline.leading[0]
    second = next((name for name, _ in timeline.prediction.ranked if name != first), "")
    less = f"{likely.get(second, 0.0):4.0%}"
    return f"{first:{EMOTION_WIDTH}} {likely[first]:>4.0%}   {second:{EMOTION_WIDTH}} {less}"


def as_record(
    name: str, answer: Analysis | UndertoneError, *, with_timeline: bool
) -> dict[str, object]:
    """Return one recording's answer as what `--json` prints."""
    if isinstance(answer, UndertoneError):
        return {"file": name, "error": str(answer)}
    record = {"file": name, **analysis_record(answer)}
    return record | timeline_records(answer.timeline) if with_timeline else record


def csv_header(emotions: Sequence[str], *, of_timeline: bool) -> bytes:
    """Return the first line of what `--csv` prints, in UTF-8.

    Parameters
    ----------
    emotions
        The emotions that the model knows, each of which gets a column.
    of_timeline
        Whether the lines are segments, or whole recordings.
    """
    first = ["file", "start", "end"] if of_timeline else ["file", "duration", "speech"]
    return _csv_line([*first, "label", "emotion", "sure", "confidence", *emotions, "note", "error"])


def as_csv(
    name: str,
    answer: Analysis | UndertoneError,
    emotions: Sequence[str],
    *,
    with_timeline: bool,
) -> bytes:
    """Return one recording's answer as what `--csv` prints: a line, or one for each segment.

    Parameters
    ----------
    name
        Name of the recording.
    answer
        The analysis, or the error in its place.
    emotions
        The emotions that have a column, as in `csv_header`.
    with_timeline
        Whether there is a line for each segment.
    """
    if isinstance(answer, UndertoneError):
        return _csv_line([name, *[None] * (7 + len(emotions)), str(answer)])
    warning = answer.coverage.warning if answer.coverage is not None else None
    if not with_timeline:
        record = analysis_record(answer)
        cells = [name, record["duration"], record["speech"], *_csv_answer(record, emotions)]
        return _csv_line([*cells, warning and str(warning), None])
    return b"".join(
        _csv_line(
            [
                *(name, round(segment.start, TIME_DIGITS), round(segment.end, TIME_DIGITS)),
                *_csv_answer(
                    {"label": segment.label, **prediction_record(segment.prediction)}, emotions
                ),
                *(warning and str(warning), None),
            ]
        )
        for segment in answer.timeline.segments
    )


def _csv_answer(record: Mapping[str, Any], emotions: Sequence[str]) -> list[object]:
    """Return the cells from the label to the last emotion."""
    sure = None if record["sure"] is None else str(record["sure"]).lower()
    likely = [record["probabilities"].get(name) for name in emotions]
    return [record["label"], record["emotion"], sure, record["confidence"], *likely]


def _csv_line(cells: Sequence[object]) -> bytes:
    """Write a line as RFC 4180 says; text that a spreadsheet would calculate gets an apostrophe."""
    line = io.StringIO()
    csv.writer(line).writerow(
        f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
        for cell in cells
    )
    return line.getvalue().encode("utf-8", "replace")


def _mark(label: str) -> str | tuple[str, str]:
    """Return what stands before an answer: a dot in its emotion's colour, or a question mark."""
    if label == NO_SPEECH:
        return "  "
    if label == NOT_SURE:
        return "? "
    return ("● ", BY_NAME[label].hex_colour) if label in BY_NAME else "● "
