"""The probabilities of the emotions as bars of text."""

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n.languages import CODES, ENGLISH, language_for
from bot.views.bars import LINE_WIDTH, MAX_BARS, bar, bars, whole_percents
from ser_core.emotions import EMOTION_NAMES
from tests.bot.results import ranked

WIDTH = 12


@pytest.mark.parametrize("code", CODES)
def test_there_is_a_line_for_each_emotion_that_fits_a_phone(code: str):
    language = language_for(code)
    lines = bars(ranked("happy", 0.972), language).splitlines()
    assert sorted(line.split()[0] for line in lines) == sorted(
        language.text(name).split()[0] for name in EMOTION_NAMES
    )
    assert max(len(line) for line in lines) <= LINE_WIDTH <= 30
    assert len({line.rindex("%") for line in lines}) == 1, "the numbers are in one column"


def test_bars_are_drawn_with_characters_that_are_all_one_column_wide():
    drawn = bars([("happy", 0.777), ("sad", 0.223)], ENGLISH)
    assert {unicodedata.east_asian_width(c) for c in drawn if not c.isascii()} <= {"A", "N"}


@given(st.floats(0, 1))
def test_a_bar_is_one_character_repeated_and_one_more(probability: float):
    drawn = bar(probability, WIDTH)
    assert set(drawn[:-1]) <= {"█"}
    assert len(drawn) <= WIDTH


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_longer_bar_is_never_less_probable(one: float, other: float):
    low, high = sorted((one, other))

    def eighths(text: str) -> int:
        return sum(" ▏▎▍▌▋▊▉█".index(character) for character in text)

    assert eighths(bar(low, WIDTH)) <= eighths(bar(high, WIDTH))
    assert eighths(bar(high, WIDTH)) == pytest.approx(high * WIDTH * 8, abs=0.5)


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=8))
def test_percents_add_up_to_a_hundred_and_are_within_one_of_the_truth(weights: list[float]):
    probabilities = [weight / math.fsum(weights) for weight in weights]
    percents = whole_percents(probabilities)
    assert sum(percents) == 100
    assert all(
        abs(percent - 100 * probability) < 1 + 1e-9
        for percent, probability in zip(percents, probabilities, strict=True)
    )


def test_of_a_model_with_very_many_emotions_the_likeliest_are_drawn():
    many = [(f"feeling number {number}", 1 / 40) for number in range(40)]
    lines = bars(many, ENGLISH).splitlines()
    assert len(lines) == MAX_BARS
    assert max(len(line) for line in lines) <= LINE_WIDTH
