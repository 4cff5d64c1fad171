"""The live panel: its contents, in any terminal, without colours or Unicode too."""

import io
import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from ser_core.cli.live_panel import LETTERS, LivePanel, LiveView, letters, summary
from ser_core.emotions import BY_NAME, EMOTION_NAMES, NO_SPEECH, NOT_SURE
from ser_core.inference.streaming import WindowPrediction
from ser_core.models.prediction import Prediction
from tests.drawing import drawn
from tests.timelines import timeline

HAPPY = Prediction({"neutral": 0.25, "happy": 0.5, "sad": 0.2, "angry": 0.05})
UNSURE = Prediction(HAPPY.probabilities, threshold=0.9)
NAMES = (*EMOTION_NAMES, NOT_SURE, NO_SPEECH)

answers = st.builds(
    WindowPrediction,
    st.floats(0, 100_000),
    st.sampled_from([HAPPY, UNSURE, None]),
    st.floats(-120, 0) | st.just(float("-inf")),
)
histories = st.lists(st.sampled_from(NAMES), max_size=100).map(tuple)


def panel(latest=None, labels=(), **options):
    return LivePanel(name="desk", latest=latest, labels=labels, hop=0.5, **options)


def history(text):
    """Return the cells of the history in a panel."""
    (line,) = re.findall(r"heard +(.*?) [│|]", text)
    return line


def test_it_says_the_emotion_its_confidence_the_level_and_the_time():
    text = drawn(panel(WindowPrediction(62.5, HAPPY, -30.2), ("happy",), notes=("3 overruns",)))
    assert re.search(r"😊 happy +50 %  █{10} ", text)
    assert re.search(r"level +-30 dB +■{5}□{5}", text)
    assert "desk · 1:02.5" in text
    assert "3 overruns" in text


def test_it_says_between_which_two_it_is_not_sure_and_that_nobody_speaks():
    assert "🤔 not sure: happy or neutral?" in drawn(panel(WindowPrediction(1.0, UNSURE, -30.0)))
    assert "(no speech)" in drawn(panel(WindowPrediction(1.0, None, float("-inf"))))
    assert "(waiting for the first sound)" in drawn(panel())


def test_the_history_has_a_letter_for_each_answer_the_newest_on_the_right():
    labels = (NO_SPEECH, "sad", "surprised", NOT_SURE, "happy")
    assert history(drawn(panel(WindowPrediction(9.0, HAPPY, -30.0), labels))) == "·su?h"
    many = panel(WindowPrediction(9.0, HAPPY, -30.0), ("sad",) * 100 + ("happy",))
    cells = history(drawn(many, width=40))
    assert cells == "s" * (len(cells) - 1) + "h"
    assert 20 < len(cells) < 40, "the newest where there is no room for all"


def test_every_emotion_has_its_own_letter_and_the_legend_says_which():
    assert len(set(LETTERS.values())) == len(EMOTION_NAMES)
    text = drawn(panel())
    for name, letter in LETTERS.items():
        assert f"{letter} {name}" in text


@given(st.lists(st.text(st.characters(codec="ascii"), max_size=5), unique=True))
def test_any_names_get_one_letter_each(names):
    given_letters = letters(names)
    assert list(given_letters) == names
    assert all(len(letter) == 1 for letter in given_letters.values())


def test_cells_have_their_emotions_colours_in_a_terminal_alone(monkeypatch):
    view = panel(WindowPrediction(1.0, None, -30.0), EMOTION_NAMES)
    in_colour = drawn(view, terminal=True)
    for name in EMOTION_NAMES:
        red, green, blue = BY_NAME[name].colour.to_bytes(3, "big")
        assert f"48;2;{red};{green};{blue}m{LETTERS[name]}" in in_colour
    assert "\x1b" not in drawn(view)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "48;2" not in drawn(view, terminal=True)


@given(answers, histories, st.integers(24, 200))
def test_it_fits_any_terminal(heard, labels, width):
    lines = drawn(panel(heard, labels, notes=("Ctrl-C ends", "3 late")), width=width).splitlines()
    assert len({cell_len(line) for line in lines}) == 1
    assert cell_len(lines[0]) <= width


@given(answers, histories)
def test_ascii_is_enough(heard, labels):
    text = drawn(panel(heard, labels, notes=("Ctrl-C ends",)), encoding="ascii")
    assert "desk" in text


def test_its_height_stays_the_same():
    panels = [panel(WindowPrediction(1.0, one, -30.0), ("happy",)) for one in (HAPPY, UNSURE, None)]
    assert len({drawn(one).count("\n") for one in panels}) == 1


def test_an_emotion_that_we_do_not_know_is_shown_as_well():
    bored = Prediction({"bored": 0.9, "happy": 0.1})
    text = drawn(panel(WindowPrediction(1.0, bored, -30.0), ("bored",)))
    assert re.search(r"bored +90 %", text)
    assert history(text) == "b"


def test_a_view_draws_over_what_it_drew():
    output = io.StringIO()
    terminal = Console(file=output, width=80, force_terminal=True, color_system=None)
    with LiveView(terminal, name="desk", hop=0.5) as view:
        view.show(WindowPrediction(0.5, None, -30.0))
        view.show(WindowPrediction(1.0, HAPPY, -20.0))
    text = output.getvalue()
    assert text.count("\x1b[1A") >= 2 * 8  # up, a line at a time
    last = text.rpartition("desk")[2]
    assert "happy" in last
    assert history(last) == "·h"


def test_a_summary_has_a_line_for_each_stretch_and_the_shares():
    assert drawn(summary(timeline((5, None), (60, HAPPY), (35, UNSURE)))).splitlines() == [
        "0:00.0 to 0:05.0  (no speech)",
        "0:05.0 to 1:05.0  happy (50 %)",
        "1:05.0 to 1:40.0  not sure: happy or neutral?",
        "Shares            happy 60 %, not sure 35 %, no speech 5 %",
        "In all            happy (50 %)",
    ]
    assert drawn(summary(timeline())) == "Nothing was heard.\n"
