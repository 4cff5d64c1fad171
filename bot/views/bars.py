"""The probabilities of the emotions as bars of text that fit a phone.

The bars suit screen readers too. The name and the per cents come before the bar. A bar is one
character repeated and one more at its end: screen readers skip such characters, or read them once
with their number. Nothing is in the bars alone: the embed's title is the answer, and "Details" has
all numbers without bars.
"""

from collections.abc import Sequence

from bot.i18n import Language
from ser_core.emotions import EMOTION_NAMES

LINE_WIDTH = 29  # characters of a line of bars: what fits a narrow phone's code block
WIDEST_NAME = 12  # characters of an emotion's name
MAX_BARS = 12  # a model of one's own may have more emotions
EIGHTHS = " ▏▎▍▌▋▊▉█"  # of a character's width
FULL_PERCENTS = 100


def bars(ranked: Sequence[tuple[str, float]], language: Language) -> str:
    """Return a line with a bar for each emotion, at most `LINE_WIDTH` wide in a monospaced font.

    Parameters
    ----------
    ranked
        Names and probabilities, the most probable first.
    language
        The language of the names and numbers.
    """
    names = [language.text(name) for name in (*EMOTION_NAMES, *(name for name, _ in ranked))]
    name_width = min(max(len(name) for name in names), WIDEST_NAME)
    percent_width = len(language.percent(FULL_PERCENTS))
    bar_width = LINE_WIDTH - name_width - percent_width - 2  # two spaces between the three
    percents = whole_percents([probability for _, probability in ranked])
    lines = []
    for (name, probability), percent in list(zip(ranked, percents, strict=True))[:MAX_BARS]:
        shown = f"{language.text(name)[:name_width]:<{name_width}}"
        share = f"{language.percent(percent):>{percent_width}}"
        lines.append(f"{shown} {share} {bar(probability, bar_width)}".rstrip())
    return "\n".join(lines)


def bar(probability: float, width: int) -> str:
    """Return a bar of at most some width in characters, exact to an eighth of a character."""
    steps = len(EIGHTHS) - 1
    full, rest = divmod(round(probability * width * steps), steps)
    return EIGHTHS[-1] * full + (EIGHTHS[rest] if rest else "")


def whole_percents(probabilities: Sequence[float]) -> list[int]:
    """Round to whole per cents that keep the sum (largest remainder method)."""
    exact = [probability * 100 for probability in probabilities]
    percents = [int(value) for value in exact]
    missing = round(sum(exact)) - sum(percents)
    by_remainder = sorted(range(len(exact)), key=lambda i: percents[i] - exact[i])
    for index in by_remainder[:missing]:
        percents[index] += 1
    return percents
