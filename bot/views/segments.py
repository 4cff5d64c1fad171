"""The segments of a long voice note in words, for its embed and as its image's alternative text."""

from collections.abc import Sequence

from bot.analysis import AnalysisResult, Segment
from bot.views.bars import whole_percents
from bot.views.style import ReplyStyle

MAX_SEGMENTS = 12  # lines that are still readable on a phone
MAX_FIELD_LENGTH = 1024  # characters; Discord's limit for the value of a field
MAX_ALT_LENGTH = 1024  # characters; Discord's limit for the description of a file


def segment_lines(result: AnalysisResult, style: ReplyStyle) -> str:
    """Return a line for each segment with speech; `MAX_FIELD_LENGTH` characters at most."""
    spoken = [segment for segment in result.segments if segment.ranked]
    lines = [
        f"`{_times(segment)}` {style.emoji(segment)} {segment_text(segment, style)}"
        for segment in spoken
    ]
    return _fitting(lines[:MAX_SEGMENTS], len(lines), "\n", MAX_FIELD_LENGTH, style)


def alt_text(result: AnalysisResult, style: ReplyStyle) -> str:
    """Return all that the timeline image shows in words; `MAX_ALT_LENGTH` characters at most."""
    language = style.language
    opening = language.text(
        "The emotion over time in a recording of {length}, as a waveform in colours:",
        length=language.length(result.duration),
    )
    parts = [
        f"{_times(segment, tenths=not result.is_long)} {segment_text(segment, style)}"
        for segment in result.segments
    ]
    max_length = MAX_ALT_LENGTH - len(opening) - 1
    return f"{opening} {_fitting(parts, len(parts), '; ', max_length, style)}"


def segment_text(segment: Segment, style: ReplyStyle) -> str:
    """Return a segment's answer: "angry, 72%", "not sure: sad or calm?", "no speech"."""
    language = style.language
    if not segment.ranked:
        return language.text("no speech")
    if not style.is_sure(segment):
        return language.text("not sure: {nearest}?", nearest=style.nearest(segment))
    percent = whole_percents([probability for _, probability in segment.ranked])[0]
    return f"{style.emotion(segment.ranked[0][0])}, {language.percent(percent)}"


def _fitting(
    parts: Sequence[str], n_parts: int, separator: str, max_length: int, style: ReplyStyle
) -> str:
    """Join as many parts as fit, with the number of those that do not."""
    for n_shown in range(len(parts), -1, -1):
        shown = list(parts[:n_shown])
        if n_shown < n_parts:
            left = n_parts - n_shown
            shown.append(
                style.language.plural("and {count} more turn", "and {count} more turns", left)
            )
        joined = separator.join(shown)
        if len(joined) <= max_length:
            return joined
    return ""


def _times(segment: Segment, *, tenths: bool = False) -> str:
    return f"{_clock(segment.start, tenths=tenths)}–{_clock(segment.end, tenths=tenths)}"


def _clock(seconds: float, *, tenths: bool) -> str:
    """Format a time as minutes and seconds, rounded down so that none is past the end: "0:07"."""
    whole, tenth = divmod(int(10 * seconds), 10)
    minutes, rest = divmod(whole, 60)
    return f"{minutes}:{rest:02}" + (f".{tenth}" if tenths else "")
