"""What the bot says."""

import math
import unicodedata

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.replies import (
    BAR_WIDTH,
    FOOTER,
    LINE_WIDTH,
    MAX_EMBEDS,
    Answer,
    bar,
    bars,
    card,
    length,
    reply_to,
    shown_name,
    whole_percents,
)
from bot.worker import Hearing
from ser_core.emotions import BY_NAME, EMOTION_NAMES

MOST_OF_ONE_MESSAGE = 6000  # characters that Discord allows in the embeds of one message


def hearing(*, top: str = "happy", confidence: float = 0.72, seconds: float = 4.2) -> Hearing:
    """Make up what was heard, with the rest shared evenly."""
    others = [name for name in EMOTION_NAMES if name != top]
    share = (1 - confidence) / len(others)
    return Hearing(((top, confidence), *((name, share) for name in others)), seconds, 0.8)


SILENCE = Hearing((), 3.0, 0.0)
UNSURE = Hearing((("sad", 0.3), ("calm", 0.28), ("happy", 0.22), ("angry", 0.2)), 4.2, 0.8, False)


@pytest.mark.parametrize("name", EMOTION_NAMES)
def test_a_card_shows_the_top_emotion_with_its_emoji_its_colour_and_its_confidence(name: str):
    embed = card(hearing(top=name))
    assert embed.title == f"{BY_NAME[name].emoji} {name.capitalize()}, 72% sure"
    assert embed.colour == discord.Colour(BY_NAME[name].colour)


def test_a_card_that_is_not_sure_says_so_and_between_what_in_no_emotions_colour():
    embed = card(UNSURE)
    assert embed.title == "🤔 Not sure: sad or calm?"
    assert embed.colour not in {discord.Colour(emotion.colour) for emotion in BY_NAME.values()}
    assert "sad" in str(embed.description), "the bars are there all the same"
    assert "sure: sad or calm?" in str(reply_to([Answer("a.ogg", UNSURE)]).in_words().content)


def test_a_card_tells_length_and_speech_and_that_it_is_a_guess():
    embed = card(hearing())
    assert [(field.name, field.value) for field in embed.fields] == [
        ("Length", "4.2 seconds"),
        ("Speech", "80% of it"),
    ]
    assert embed.footer.text == FOOTER
    assert "guess" in FOOTER


def test_a_card_has_a_line_for_each_emotion_that_fits_a_phone():
    description = card(hearing()).description
    assert description is not None
    first, *lines, last = description.splitlines()
    assert first == last == "```"
    assert lines[0].split()[0] == "happy"
    assert sorted(line.split()[0] for line in lines) == sorted(EMOTION_NAMES)
    assert {len(line) for line in lines} == {LINE_WIDTH}
    assert LINE_WIDTH <= 30


def test_bars_are_drawn_with_characters_that_are_all_one_column_wide():
    drawn = bars([("happy", 0.777), ("sad", 0.223)])
    assert {unicodedata.east_asian_width(c) for c in drawn if not c.isascii()} <= {"A", "N"}


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_longer_bar_is_never_less_probable(one: float, other: float):
    low, high = sorted((one, other))

    def eighths(text: str) -> int:
        return sum(" ▏▎▍▌▋▊▉█".index(character) for character in text)

    assert eighths(bar(low)) <= eighths(bar(high))
    assert len(bar(low)) == len(bar(high)) == BAR_WIDTH
    assert eighths(bar(high)) == pytest.approx(high * BAR_WIDTH * 8, abs=0.5)


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=8))
def test_percents_add_up_to_a_hundred_and_are_within_one_of_the_truth(weights: list[float]):
    probabilities = [weight / math.fsum(weights) for weight in weights]
    percents = whole_percents(probabilities)
    assert sum(percents) == 100
    assert all(
        abs(percent - 100 * probability) < 1 + 1e-9
        for percent, probability in zip(percents, probabilities, strict=True)
    )


def test_silence_has_a_friendly_card_of_its_own():
    embed = card(SILENCE)
    assert embed.title is not None
    assert "No speech" in embed.title
    assert "3.0 seconds" in (embed.description or "")
    assert "```" not in (embed.description or "")


def test_trouble_with_the_only_voice_note_is_one_plain_sentence():
    reply = reply_to([Answer("a.ogg", "That file is broken.")])
    assert (reply.content, reply.embeds) == ("That file is broken.", ())


def test_each_of_several_voice_notes_has_a_card_that_names_its_file():
    reply = reply_to([Answer("a.ogg", hearing()), Answer("b.mp3", "That file is broken.")])
    assert reply.content is None
    assert [embed.author.name for embed in reply.embeds] == ["a.ogg", "b.mp3"]
    assert reply.embeds[1].description == "That file is broken."


@pytest.mark.parametrize("outcome", [hearing(), "That file is broken."])
def test_an_only_answer_names_its_file_where_the_message_has_others(outcome: Hearing | str):
    (embed,) = reply_to([Answer("a.ogg", outcome)], named=True).embeds
    assert embed.author.name == "a.ogg"


def test_ten_cards_with_long_names_stay_within_discords_limits():
    reply = reply_to([Answer("n" * 1000 + ".ogg", hearing())] * (MAX_EMBEDS + 1))
    assert len(reply.embeds) == MAX_EMBEDS == 10
    assert sum(len(embed) for embed in reply.embeds) <= MOST_OF_ONE_MESSAGE


def test_a_card_in_words_says_the_same():
    words = reply_to([Answer("a.ogg", hearing())]).in_words()
    assert words.embeds == ()
    content = words.content or ""
    assert "😊 Happy, 72% sure" in content
    assert "Length 4.2 seconds, speech 80% of it" in content
    assert bars(hearing().ranked) in content
    assert FOOTER in content


def test_several_cards_in_words_are_a_line_each_within_discords_limit():
    answers = [Answer("*a*.ogg", hearing()), Answer("b.mp3", "That file is broken.")]
    assert (reply_to(answers).in_words().content or "").splitlines() == [
        r"\*a\*.ogg: 😊 Happy, 72% sure",
        "b.mp3: That file is broken.",
    ]
    wordy = [Answer("n" * 100, "That file is broken. " * 20)] * 10
    assert len(reply_to(wordy).in_words().content or "") <= 2000


def test_a_file_name_is_shown_without_what_could_disturb_the_reader():
    assert shown_name("note\u202egpj.ogg\n\x00") == "notegpj.ogg"
    assert shown_name("\u200b\n") == "A file without a name"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0.0 seconds"),
        (4.24, "4.2 seconds"),
        (59.96, "1 minute"),
        (61.0, "1 minute 1 second"),
        (185.4, "3 minutes 5 seconds"),
        (600.0, "10 minutes"),
    ],
)
def test_lengths_are_said_in_words(seconds: float, words: str):
    assert length(seconds) == words
