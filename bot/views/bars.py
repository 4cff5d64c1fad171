"""How likely each emotion is, as bars of text that fit a phone.

The bars are made for screen readers too. The name and the per cents stand before the bar, so that a
line has said what it has to say before the bar begins. A bar is one character over and over and one
more at its end: screen readers pass over such characters, or say them once with their number. No
colour and no picture is needed to read it, and nothing is in the bars alone: the card's title says
the answer, and "Details" says all numbers without bars.
"""

from collections.abc import Sequence

from bot.i18n import Language
from ser_core.emotions import EMOTION_NAMES

LINE_WIDTH = 29  # characters of a line of bars: what fits a narrow phone's code block
WIDEST_NAME = 12  # characters of an emotion's name
MAX_BARS = 12  # a model of one's own may know more emotions than there is room for
EIGHTHS = " ▏▎▍▌▋▊▉█"  # of a character's width
FULL_PERCENTS = 100


def bars(ranked: Sequence[tuple[str, float]], language: Language) -> str:
    """Draw a bar for each emotion.

    Parameters
    ----------
    ranked
        Names and probabilities, the most probable first.
    language
        For the names and numbers.

    Returns
    -------
    str
        A line for each, at most `LINE_WIDTH` long, for a font in which all characters are equally
        wide.
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
    """Draw one bar, at most so many characters wide, exact to an eighth of a character."""
    steps = len(EIGHTHS) - 1
    full, rest = divmod(round(probability * width * steps), steps)
    return EIGHTHS[-1] * full + (EIGHTHS[rest] if rest else "")


def whole_percents(probabilities: Sequence[float]) -> list[int]:
    """Round to whole per cents that add up to what the probabilities do (largest remainders)."""
    exact = [probability * 100 for probability in probabilities]
    percents = [int(value) for value in exact]
    missing = round(sum(exact)) - sum(percents)
    by_remainder = sorted(range(len(exact)), key=lambda i: percents[i] - exact[i])
    for index in by_remainder[:missing]:
        percents[index] += 1
    return percents
