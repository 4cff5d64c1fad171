"""Words and numbers in other languages."""

import discord
import pytest

from bot.languages import CODES, ENGLISH, Seconds, Share, Words, language_for


@pytest.mark.parametrize(
    ("locale", "code"),
    [
        (discord.Locale.german, "de"),
        (discord.Locale.spain_spanish, "es"),
        (discord.Locale.latin_american_spanish, "es"),
        (discord.Locale.polish, "pl"),
        (discord.Locale.british_english, "en"),
        ("de", "de"),
        ("de_AT", "de"),
        ("PL", "pl"),
    ],
)
def test_everybody_gets_their_own_language(locale: discord.Locale | str, code: str):
    assert language_for(locale).code == code


@pytest.mark.parametrize("locale", [discord.Locale.japanese, "xx", "", None, "../../etc"])
def test_whose_language_is_not_spoken_gets_the_fallback(locale: discord.Locale | str | None):
    assert language_for(locale) is ENGLISH
    german = language_for("de")
    assert language_for(locale, fallback=german) is german


def test_languages_say_what_they_are_called():
    assert [language_for(code).name for code in CODES] == [
        "English",
        "Deutsch",
        "Español",
        "Polski",
    ]


@pytest.mark.parametrize(
    ("code", "percent", "number"),
    [
        ("en", "72%", "9.5"),
        ("de", "72\xa0%", "9,5"),
        ("es", "72\xa0%", "9,5"),
        ("pl", "72%", "9,5"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(code: str, percent: str, number: str):
    language = language_for(code)
    assert language.percent(72) == percent
    assert language.number(9.5) == number
    assert language.text("{share} {size}", share=Share(0.72), size=9.5) == f"{percent} {number}"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 seconds"),
        (1.0, "1 second"),
        (4.24, "4.2 seconds"),
        (59.96, "1 minute"),
        (61.0, "1 minute 1 second"),
        (185.4, "3 minutes 5 seconds"),
        (600.0, "10 minutes"),
    ],
)
def test_lengths_are_said_in_words(seconds: float, words: str):
    assert ENGLISH.length(seconds) == words


@pytest.mark.parametrize(
    ("code", "words"),
    [("de", "2 Minuten 5 Sekunden"), ("es", "2 minutos 5 segundos"), ("pl", "2 minuty 5 sekund")],
)
def test_lengths_are_said_in_other_languages(code: str, words: str):
    assert language_for(code).length(125) == words
    assert language_for(code).text("{time}", time=Seconds(125)) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "i jeszcze 1 fragment"), (3, "i jeszcze 3 fragmenty"), (5, "i jeszcze 5 fragmentów")],
)
def test_polish_has_three_forms(count: int, words: str):
    polish = language_for("pl")
    assert polish.plural("and {count} more turn", "and {count} more turns", count) == words


def test_phrases_are_translated_and_names_are_not():
    german = language_for("de")
    assert german.text("{what}", what=Words("happy")) == "fröhlich"
    assert german.text("{what}", what="happy") == "happy"


def test_values_are_never_taken_for_places_of_values():
    assert ENGLISH.text("{name} is here", name="{secret}") == "{secret} is here"
    assert ENGLISH.text("no values {here}") == "no values {here}"


def test_nothing_stays_nothing():
    assert language_for("de").text("") == ""
