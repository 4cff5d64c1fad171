"""A timeline in the formats of other programs: labels for Audacity, and subtitles.

Times are written to the millisecond (in Audacity's labels to the microsecond), rounded in the same
way at a stretch's end and at the beginning of the next, so that no gap and no overlap comes of it.
"""

import enum
from collections.abc import Iterator

from ser_core.emotions import BY_NAME
from ser_core.inference import Segment, Timeline, describe_segment

AUDACITY_DIGITS = 6  # as Audacity itself writes them

ARROW = "-->"  # stands between a subtitle's times, and must not stand in its text
VTT_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class TimelineFormat(enum.StrEnum):
    """A format of another program; the value is what the command line calls it."""

    AUDACITY = "audacity"
    SRT = "srt"
    VTT = "vtt"

    @property
    def ending(self) -> str:
        """Extension of such files, with its dot."""
        return ".txt" if self is TimelineFormat.AUDACITY else f".{self}"


def write(timeline: Timeline, timeline_format: TimelineFormat) -> str:
    """Write a timeline in the format of another program.

    Parameters
    ----------
    timeline
        The timeline of a recording.
    timeline_format
        Audacity's label track (*File → Import → Labels*), SubRip or WebVTT subtitles.

    Returns
    -------
    str
        The text of the file, its lines ended by line feeds.
    """
    writers = {
        TimelineFormat.AUDACITY: audacity,
        TimelineFormat.SRT: subrip,
        TimelineFormat.VTT: webvtt,
    }
    return writers[timeline_format](timeline)


def audacity(timeline: Timeline) -> str:
    """Write a label track for Audacity: start, end and words, with tabs between them."""
    return "".join(
        f"{segment.start:.{AUDACITY_DIGITS}f}\t{segment.end:.{AUDACITY_DIGITS}f}\t{describe_segment(segment)}\n"
        for segment in timeline.segments
    )


def subrip(timeline: Timeline) -> str:
    """Write SubRip subtitles (SRT)."""
    cues = (
        f"{number}\n{_clock(start, ',')} {ARROW} {_clock(end, ',')}\n"
        f"{describe_segment(segment).replace(ARROW, '→')}\n"
        for number, (start, end, segment) in enumerate(_cues(timeline), start=1)
    )
    return "\n".join(cues)


def webvtt(timeline: Timeline) -> str:
    """Write WebVTT subtitles, which browsers show; each emotion in its colour."""
    cues = list(_cues(timeline))
    shown = dict.fromkeys(segment.label for _, _, segment in cues)
    styles = "".join(
        f"::cue(.{name}) {{ color: {BY_NAME[name].hex_colour} }}\n"
        for name in shown
        if name in BY_NAME
    )
    parts = ["WEBVTT\n"]
    if styles:
        parts.append(f"STYLE\n{styles}")
    for start, end, segment in cues:
        text = describe_segment(segment).translate(VTT_ESCAPES)
        if segment.label in BY_NAME:
            text = f"<c.{segment.label}>{text}</c>"
        parts.append(f"{_clock(start, '.')} {ARROW} {_clock(end, '.')}\n{text}\n")
    return "\n".join(parts)


def _cues(timeline: Timeline) -> Iterator[tuple[int, int, Segment]]:
    """Yield segments with speech, of at least 1 ms: start and end in milliseconds.

    A subtitle that says for minutes that nobody speaks would be in the picture's way.
    """
    for segment in timeline.segments:
        start, end = round(1000 * segment.start), round(1000 * segment.end)
        if segment.prediction is not None and end > start:
            yield start, end, segment


def _clock(milliseconds: int, point: str) -> str:
    """Write a time as subtitles do: ``01:02:03,456``, or with another point."""
    seconds, thousandths = divmod(milliseconds, 1000)
    minute, second = divmod(seconds, 60)
    hour, minute = divmod(minute, 60)
    return f"{hour:02}:{minute:02}:{second:02}{point}{thousandths:03}"
