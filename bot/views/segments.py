"""The turns of a long voice note, in words: for its card, and for those who do not see its picture.

Every picture has an alternative text that says all that the picture shows: what is heard from when
to when.
"""

from collections.abc import Sequence

from bot.analysis import Hearing, Turn
from bot.views.bars import whole_percents
from bot.views.style import Manner

MAX_TURNS = 12  # lines; more of them nobody reads on a phone
MAX_FIELD_LENGTH = 1024  # characters; Discord's limit for the value of a field
MAX_ALT_LENGTH = 1024  # characters; Discord's limit for what describes a picture


def turn_lines(hearing: Hearing, manner: Manner) -> str:
    """Say what is heard when, in a line for each turn in which somebody speaks.

    Returns
    -------
    str
        At most `MAX_FIELD_LENGTH` characters; empty where there are no turns.
    """
    spoken = [turn for turn in hearing.turns if turn.ranked]
    lines = [f"`{_times(turn)}` {manner.emoji(turn)} {turn_words(turn, manner)}" for turn in spoken]
    return _fitting(lines[:MAX_TURNS], len(lines), "\n", MAX_FIELD_LENGTH, manner)


def alt_text(hearing: Hearing, manner: Manner) -> str:
    """Say what the picture of a voice note shows.

    Returns
    -------
    str
        At most `MAX_ALT_LENGTH` characters.
    """
    language = manner.language
    opening = language.text(
        "The emotion over time in a recording of {length}, as a waveform in colours:",
        length=language.length(hearing.duration),
    )
    turns = hearing.turns or (Turn(0.0, hearing.duration, hearing.ranked, is_sure=hearing.is_sure),)
    said = [f"{_times(turn)} {turn_words(turn, manner)}" for turn in turns]
    room = MAX_ALT_LENGTH - len(opening) - 1
    return f"{opening} {_fitting(said, len(said), '; ', room, manner)}"


def turn_words(turn: Turn, manner: Manner) -> str:
    """Say what is heard in a turn: "angry, 72%", "not sure: sad or calm?", "no speech"."""
    language = manner.language
    if not turn.ranked:
        return language.text("no speech")
    if not manner.is_sure(turn):
        return language.text("not sure: {nearest}?", nearest=manner.nearest(turn))
    percent = whole_percents([probability for _, probability in turn.ranked])[0]
    return f"{manner.emotion(turn.ranked[0][0])}, {language.percent(percent)}"


def _fitting(parts: Sequence[str], n_parts: int, separator: str, room: int, manner: Manner) -> str:
    """Join as many parts as there is room for, and say how many more there are."""
    for n_shown in range(len(parts), -1, -1):
        shown = list(parts[:n_shown])
        if n_shown < n_parts:
            left = n_parts - n_shown
            shown.append(
                manner.language.plural("and {count} more turn", "and {count} more turns", left)
            )
        joined = separator.join(shown)
        if len(joined) <= room:
            return joined
    return ""


def _times(turn: Turn) -> str:
    return f"{_clock(turn.start)}–{_clock(turn.end)}"


def _clock(seconds: float) -> str:
    """Write a time as people do, in every language: "0:07", "12:00"."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
