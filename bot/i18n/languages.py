"""The languages of the bot: sentences, numbers and plurals.

The English sentences in the code are the keys of the catalogues in ``locales/``. There are only
``.po`` files, which are compiled in memory when they are first needed, so no compiled copy can be
out of date.
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
SOURCE_CODE = "en"  # of the language of the sentences in the code
CODES = (SOURCE_CODE, "de", "es", "pl")

LONGEST_IN_SECONDS = 59.95  # s; what rounds to a minute is written in minutes
TO_TENTHS = "0.#"  # number patterns, as CLDR writes them
UP_TO_HUNDREDTHS = "#,##0.##"


class Share(float):
    """A part of a whole, 0 to 1, as a value in a sentence: "72%"."""


def translatable(message: str) -> str:
    """Mark a sentence for extraction, and return it; it is translated where it is shown."""
    return message


class Language:
    """One language, by one of `CODES` and its catalogue."""

    def __init__(self, code: str, catalogue: NullTranslations) -> None:
        self.code = code
        self._locale = babel.Locale.parse(code)
        self._catalogue = catalogue

    def __repr__(self) -> str:
        return f"Language({self.code!r})"

    @property
    def name(self) -> str:
        """The language's own name for itself."""
        return (self._locale.get_display_name(self.code) or self.code).capitalize()

    def text(self, message: str, /, **values: object) -> str:
        """Return a sentence in this language.

        Parameters
        ----------
        message
            The sentence in English, with ``{names}`` of values.
        values
            The values by name: numbers, `Seconds` and `Share` are formatted for the language, a
            `Phrase` is translated, anything else stays as it is.
        """
        return self._format(self._catalogue.gettext(message) if message else "", values)

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Return a sentence in the singular or plural; ``{count}`` is the number.

        Parameters
        ----------
        one, many
            The English singular and plural.
        count
            The number, which decides between them.
        values
            The values by name, as for `text`.
        """
        message = self._catalogue.ngettext(one, many, count)
        return self._format(message, {"count": count, **values})

    def percent(self, percents: int) -> str:
        """Format whole per cents: "72%", "72 %"."""
        return _percent(percents, self.code)

    def number(self, value: float) -> str:
        """Format a number, with two decimals at most."""
        return format_decimal(value, format=UP_TO_HUNDREDTHS, locale=self._locale)

    def length(self, seconds: float) -> str:
        """Format a length of time: "4.2 seconds", "1 minute", "3 minutes 5 seconds"."""
        seconds = float(seconds)  # not as `Seconds`, which write themselves in English
        if seconds < LONGEST_IN_SECONDS:
            return self._measure(seconds, "duration-second", TO_TENTHS)
        minutes, rest = divmod(round(seconds), 60)
        parts = [self._measure(minutes, "duration-minute")]
        if rest:
            parts.append(self._measure(rest, "duration-second"))
        return " ".join(parts)

    def _measure(self, value: float, unit: str, pattern: str | None = None) -> str:
        return format_unit(value, unit, length="long", format=pattern, locale=self._locale)

    def _format(self, text: str, values: dict[str, object]) -> str:
        if not values:
            return text
        return text.format(**{name: self._format_value(value) for name, value in values.items()})

    def _format_value(self, value: object) -> str:
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
"""The language of the code, and the default fallback."""


@functools.lru_cache(maxsize=101 * len(CODES))
def _percent(percents: int, code: str) -> str:
    """Format per cents; Babel is slow at it, and every answer has some."""
    return format_percent(percents / 100, locale=code)


@functools.cache
def _language(code: str) -> Language:
    """Read and compile a catalogue; it is kept."""
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
    """Return the language for a locale.

    Parameters
    ----------
    locale
        A locale of Discord's, or one of `CODES`; only what stands before a hyphen counts, as in
        "es-419" and "es-ES". None where it is not known.
    fallback
        The language for locales that the bot has no translations for.
    """
    code = str(locale or "").replace("_", "-").partition("-")[0].lower()
    return _language(code) if code in CODES else fallback
