"""The languages that the bot speaks: from an English sentence to the same in another one.

English sentences in the code are the keys of the catalogues in ``locales/``. A catalogue is kept as
its ``.po`` file alone, which translators edit, and is compiled in memory when it is first needed:
so there is no compiled copy that could be out of date.
"""

import functools
import io
from gettext import NullTranslations
from pathlib import Path

import babel
import discord
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import Translations
from babel.units import format_unit

from ser_core.errors import Phrase, Seconds

__all__ = [
    "CODES",
    "ENGLISH",
    "Language",
    "Phrase",
    "Seconds",
    "Share",
    "catalogue_path",
    "language_for",
    "translatable",
]

LOCALES = Path(__file__).parent / "locales"
DOMAIN = "undertone"
SOURCE_CODE = "en"  # of the language in which the code speaks
CODES = (SOURCE_CODE, "de", "es", "pl")

LONGEST_IN_SECONDS = 59.95  # s; what rounds to a minute is told in minutes
TO_TENTHS = "0.#"  # number patterns, as CLDR writes them
UP_TO_HUNDREDTHS = "#,##0.##"


class Share(float):
    """A part of a whole, 0 to 1, as a value in a sentence: "72%"."""


def translatable(message: str) -> str:
    """Mark an English sentence that is translated where it is said; it is given back as it is."""
    return message


class Language:
    """One language: its words, its numbers, its plurals.

    Parameters
    ----------
    code
        One of `CODES`.
    catalogue
        Its words; without any, what is said stays English.
    """

    def __init__(self, code: str, catalogue: NullTranslations) -> None:
        self.code = code
        self._locale = babel.Locale.parse(code)
        self._catalogue = catalogue

    def __repr__(self) -> str:
        return f"Language({self.code!r})"

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return (self._locale.get_display_name(self.code) or self.code).capitalize()

    def text(self, message: str, /, **values: object) -> str:
        """Return a sentence in this language.

        Parameters
        ----------
        message
            In English, with ``{names}`` of values.
        values
            Numbers, `Seconds`, `Share` and `Phrase` are written as the language writes them,
            anything else as it is.
        """
        return self._filled(self._catalogue.gettext(message) if message else "", values)

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Return a sentence about so many things; ``{count}`` is their number.

        Parameters
        ----------
        one, many
            In English, of one thing and of several.
        count
            How many there are.
        values
            As for `text`.
        """
        message = self._catalogue.ngettext(one, many, count)
        return self._filled(message, {"count": count, **values})

    def percent(self, percents: int) -> str:
        """Format whole per cents: "72%", "72 %"."""
        return _percent(percents, self.code)

    def number(self, value: float) -> str:
        """Format a number, with two decimals at most."""
        return format_decimal(value, format=UP_TO_HUNDREDTHS, locale=self._locale)

    def length(self, seconds: float) -> str:
        """Return a length of time in words: "4.2 seconds", "1 minute", "3 minutes 5 seconds"."""
        seconds = float(seconds)  # not as `Seconds`, which write themselves in English
        if seconds < LONGEST_IN_SECONDS:
            return self._measure(seconds, "duration-second", TO_TENTHS)
        minutes, rest = divmod(round(seconds), 60)
        said = [self._measure(minutes, "duration-minute")]
        if rest:
            said.append(self._measure(rest, "duration-second"))
        return " ".join(said)

    def _measure(self, value: float, unit: str, pattern: str | None = None) -> str:
        return format_unit(value, unit, length="long", format=pattern, locale=self._locale)

    def _filled(self, text: str, values: dict[str, object]) -> str:
        if not values:
            return text
        return text.format(**{name: self._written(value) for name, value in values.items()})

    def _written(self, value: object) -> str:
        match value:
            case Seconds():
                return self.length(value)
            case Share():
                return self.percent(round(100 * value))
            case Phrase():
                return self.text(str(value))
            case int() | float():
                return self.number(value)
            case _:
                return str(value)


ENGLISH = Language(SOURCE_CODE, NullTranslations())
"""The language of the code, and of everybody whose own the bot does not speak."""


@functools.lru_cache(maxsize=101 * len(CODES))
def _percent(percents: int, code: str) -> str:
    """Format per cents; every answer has some, and to find out how takes a while."""
    return format_percent(percents / 100, locale=code)


@functools.cache
def _language(code: str) -> Language:
    """Read a catalogue, once in the life of the bot."""
    if code == SOURCE_CODE:
        return ENGLISH
    with catalogue_path(code).open("rb") as file:
        catalogue = read_po(file, locale=code, domain=DOMAIN)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(code, Translations(compiled, domain=DOMAIN))


def catalogue_path(code: str) -> Path:
    """Return the path of a language's catalogue."""
    return LOCALES / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def language_for(locale: discord.Locale | str | None, *, fallback: Language = ENGLISH) -> Language:
    """Choose the language for somebody.

    Parameters
    ----------
    locale
        What Discord calls their language, or a code of `CODES`; of "es-419" and "es-ES" only what
        stands before the hyphen counts. None where it is not known.
    fallback
        For those whose language the bot does not speak.
    """
    code = str(locale or "").replace("_", "-").partition("-")[0].lower()
    return _language(code) if code in CODES else fallback
