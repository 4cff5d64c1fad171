"""Drawing in a terminal: it fits, and is readable without colours or Unicode."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ser_core.cli.terminal import BAR_CELLS, LiveLine, answer, bars, print_error
from ser_core.emotions import BY_NAME, EMOTION_NAMES
from ser_core.models.prediction import Prediction
from tests.drawing import drawn

HAPPY = Prediction({"neutral": 0.25, "happy": 0.5, "sad": 0.2, "angry": 0.05})

levels = st.floats(-120, 0) | st.just(float("-inf"))
shares = st.lists(st.floats(0.001, 1), min_size=8, max_size=8)


def predicted(weights):
    return Prediction(dict(zip(EMOTION_NAMES, np.array(weights) / sum(weights), strict=True)))


def test_bars_are_ranked_say_their_per_cent_and_are_as_long_as_they_are_probable():
    lines = drawn(bars(HAPPY)).splitlines()
    assert [line.split()[1] for line in lines] == ["happy", "neutral", "sad", "angry"]
    assert [line.split()[2] for line in lines] == ["50", "25", "20", "5"]
    assert lines[0].count("█") == BAR_CELLS // 2
    assert lines[1].count("█") == BAR_CELLS // 4
    assert lines[1].endswith("▌")  # half a cell


def test_a_bar_has_its_emotions_colour_in_a_terminal_that_wants_it_alone(monkeypatch):
    red, green, blue = BY_NAME["happy"].colour.to_bytes(3, "big")
    assert f"38;2;{red};{green};{blue}m" in drawn(bars(HAPPY), terminal=True)
    assert "\x1b" not in drawn(bars(HAPPY))
    monkeypatch.setenv("NO_COLOR", "1")
    assert "38;2" not in drawn(bars(HAPPY), terminal=True)


@given(shares, st.integers(24, 200))
def test_bars_fit_any_terminal(weights, width):
    lines = drawn(bars(predicted(weights)), width=width).splitlines()
    assert len(lines) == len(EMOTION_NAMES)
    assert all(cell_len(line) <= width for line in lines)


@given(shares, levels)
def test_ascii_is_enough(weights, level):
    prediction = predicted(weights)
    assert "#" in drawn(bars(prediction), encoding="ascii")
    assert prediction.emotion in drawn(LiveLine(prediction, level), encoding="ascii")


@given(shares, levels, levels)
def test_the_live_line_stays_one_line_of_one_width(weights, level, other_level):
    spoken = drawn(LiveLine(predicted(weights), level))
    quiet = drawn(LiveLine(None, other_level))
    assert spoken.count("\n") == quiet.count("\n") == 1
    assert cell_len(spoken) == cell_len(quiet)


def test_the_live_line_says_the_emotion_and_the_loudness():
    line = drawn(LiveLine(HAPPY, -30.2))
    assert "happy" in line
    assert "50 %" in line
    assert "-30 dB" in line
    assert line.count("■") == line.count("□") == 5


def test_what_is_not_sure_is_said_with_the_two_nearest():
    unsure = Prediction(HAPPY.probabilities, threshold=0.6)
    line = drawn(LiveLine(unsure, -30.2))
    assert "not sure" in line
    assert line.rstrip().endswith("happy or neutral?")
    assert answer(unsure) == "not sure: happy or neutral?"
    assert answer(HAPPY) == "happy (50 %)"


@pytest.mark.parametrize(("level", "filled"), [(0.0, 10), (-60.0, 0), (-100.0, 0)])
def test_the_meter_goes_from_minus_60_decibels_to_full_scale_and_silence_is_called_so(
    level, filled
):
    assert drawn(LiveLine(None, level)).count("■") == filled
    assert "silent" in drawn(LiveLine(None, float("-inf")))


def test_an_emotion_that_we_do_not_know_is_drawn_as_well():
    assert "bored" in drawn(bars(Prediction({"bored": 0.9, "happy": 0.1})), terminal=True)


def test_an_error_is_printed_as_it_is_on_one_line(capsys):
    print_error(ValueError("There is no [/bold] file “[red]a.wav” :smile: " + "here " * 40))
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "Error: There is no [/bold] file “[red]a.wav” :smile: here" in said.err
