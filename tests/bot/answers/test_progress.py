"""The position in the queue."""

from bot.answers.progress import position_text
from bot.i18n.languages import language_for


def test_a_position_is_shown_as_the_number_that_come_first():
    assert [position_text(position) for position in (1, 2, 3)] == [
        "You are next.",
        "I have 1 voice note to answer before yours.",
        "I have 2 voice notes to answer before yours.",
    ]


def test_a_position_is_shown_in_the_language_of_the_server():
    polish = language_for("pl")
    assert position_text(1, polish) == "Teraz twoja kolej."
    assert [position_text(position, polish).split()[2] for position in (2, 3, 6)] == [
        "czeka",
        "czekają",
        "czeka",
    ]
    assert "3 Sprachnachrichten" in position_text(4, language_for("de"))
