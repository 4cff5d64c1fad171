"""Sentences and numbers in other languages."""

import discord
import pytest

from bot.i18n.languages import CODES, ENGLISH, Phrase, Seconds, Share, language_for


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
def test_each_locale_has_its_language(locale: discord.Locale | str, code: str):
    assert language_for(locale).code == code


@pytest.mark.parametrize("locale", [discord.Locale.japanese, "xx", "", None, "../../etc"])
def test_other_locales_get_the_fallback(locale: discord.Locale | str | None):
    assert language_for(locale) is ENGLISH
    german = language_for("de")
    assert language_for(locale, fallback=german) is german


def test_languages_have_their_own_names():
    names = {code: language_for(code).name for code in CODES}
    assert names == {"en": "English", "de": "Deutsch", "es": "Español", "pl": "Polski"}


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
    ("code", "seconds", "words"),
    [
        ("en", 0.0, "0 seconds"),
        ("en", 1.0, "1 second"),
        ("en", 4.24, "4.2 seconds"),
        ("en", 59.96, "1 minute"),
        ("en", 61.0, "1 minute 1 second"),
        ("en", 185.4, "3 minutes 5 seconds"),
        ("en", 600.0, "10 minutes"),
        ("de", 125.0, "2 Minuten 5 Sekunden"),
        ("es", 125.0, "2 minutos 5 segundos"),
        ("pl", 125.0, "2 minuty 5 sekund"),
    ],
)
def test_lengths_are_formatted_in_words(code: str, seconds: float, words: str):
    language = language_for(code)
    assert language.length(seconds) == language.text("{time}", time=Seconds(seconds)) == words


def test_polish_has_three_forms():
    one, many = "and {count} more turn", "and {count} more turns"
    assert [language_for("pl").plural(one, many, count) for count in (1, 3, 5)] == [
        "i jeszcze 1 fragment",
        "i jeszcze 3 fragmenty",
        "i jeszcze 5 fragmentów",
    ]


def test_phrases_are_translated_and_names_are_not():
    german = language_for("de")
    assert german.text("{what}", what=Phrase("happy")) == "fröhlich"
    assert german.text("{what}", what="happy") == "happy"


def test_values_are_never_formatted_again_and_an_empty_text_stays_empty():
    assert ENGLISH.text("{name} is here", name="{secret}") == "{secret} is here"
    assert ENGLISH.text("no values {here}") == "no values {here}"
    assert language_for("de").text("") == ""
