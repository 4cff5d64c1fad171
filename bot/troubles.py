"""What went wrong with a voice note, as a sentence that can be said in every language.

The bot's own errors know their English sentence and its values. Those of the core are plain English
sentences, and the core knows nothing of languages: so the ones that people on Discord can meet are
listed here, and recognised. What is not on the list is told in a sentence for its kind.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.errors import AnalyserError, VoiceNoteError
from bot.languages import Language, Phrase, Seconds, translatable
from ser_core.errors import AudioError, UndertoneError

UNFORESEEN = translatable("Sorry, something went wrong on my side: please try again later.")
UNUSABLE = translatable("I cannot use that recording: please send another one.")

CORE_SENTENCES: tuple[str, ...] = (
    translatable("This file is empty: record it again."),
    translatable("This file is too large: send at most {size} MB."),
    translatable("This recording is too long: send at most {limit} of it."),
    translatable("This recording is {length} long: send at most {limit} of it."),
    translatable("There is no sound in this recording: record it again."),
    translatable("This video holds no sound: send one with a voice in it."),
    translatable("This video or MP4 file holds no sound: send one with a voice."),
    translatable("This Ogg file holds no sound: send one with a voice in it."),
    translatable(
        "This Ogg file holds audio that is neither Opus nor Vorbis: save it as one of these."
    ),
    translatable("This is {thing}: use a recording of a voice instead, as {accepted}."),
    translatable(
        "This WAV file is compressed in a way that cannot be read: save it as PCM WAV or MP3."
    ),
    translatable(
        "This {container} file is cut off, its end is missing: send the whole file, or record it "
        "again."
    ),
    translatable(
        "This {container} file is damaged and cannot be decoded: send another copy of it, or "
        "record it again."
    ),
    translatable(
        "This recording is damaged and cannot be decoded: send another copy of it, or record it "
        "again."
    ),
    translatable(
        "This recording says it has {channels} channels at {rate} Hz: save it with {lowest} to "
        "{highest} channels at {slowest} to {fastest} Hz."
    ),
    translatable(
        "This file holds several different recordings, one after another: send one of them."
    ),
)
"""What the core says of a recording; a test compares the list with the core's source."""

CORE_WORDS: frozenset[str] = frozenset(
    {
        translatable("a picture"),
        translatable("an AVI video"),
        translatable("a Flash video"),
        translatable("a PDF document"),
        translatable("a ZIP archive or an office document"),
        translatable("a compressed archive"),
        translatable("a WMA or WMV file"),
        translatable("an AIFF file"),
        translatable("a Core Audio (CAF) file"),
        translatable("a Sun (AU) file"),
        translatable("a MIDI file, notes without a recording"),
        translatable("text, not a recording"),
        translatable("not a recording of a known kind"),
        translatable("WAV, FLAC, MP3, Ogg (Opus or Vorbis), M4A, MP4, AAC, WebM or AMR"),
        translatable("M4A or MP4"),
        translatable("WebM or Matroska"),
    }
)
"""What stands in those sentences and is words itself."""

UNITS = {"seconds": 1, "minutes": 60}  # of the core's lengths, in seconds
LENGTH = re.compile(r"(?P<value>[\d.]+(?:e\+\d+)?) (?P<unit>seconds|minutes)")
HOURS = re.compile(r"(?P<hours>\d+) h (?P<minutes>\d+) min")
NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True)
class Trouble:
    """A sentence that says what went wrong, in no language yet.

    Parameters
    ----------
    message
        In English, with the names of values.
    values
        As `Language.text` takes them.
    """

    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def said(self, language: Language) -> str:
        """Say it."""
        return language.text(self.message, **self.values)


def trouble_of(error: BaseException) -> Trouble:
    """Put an error into a sentence, and keep nothing else of it.

    Parameters
    ----------
    error
        Any; what nobody foresaw, and what is for the owner of the bot alone, is told as that.
    """
    match error:
        case VoiceNoteError() | AnalyserError():
            return Trouble(error.message, error.values)
        case UndertoneError():
            return _of_the_core(error)
        case _:
            return Trouble(UNFORESEEN)


def _of_the_core(error: UndertoneError) -> Trouble:
    """Recognise a sentence of the core."""
    for message, pattern in _patterns():
        found = pattern.fullmatch(str(error))
        if found is not None:
            values = {name: _value(text) for name, text in found.groupdict().items()}
            return Trouble(message, values)
    return Trouble(UNUSABLE if isinstance(error, AudioError) else UNFORESEEN)


@functools.cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Turn the list's sentences into patterns, in which values may be anything."""
    return tuple(
        (message, re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(message))))
        for message in CORE_SENTENCES
    )


def _value(text: str) -> object:
    """Read a value in an English sentence: a length, a number, words, or a name."""
    if found := LENGTH.fullmatch(text):
        return Seconds(float(found["value"]) * UNITS[found["unit"]])
    if found := HOURS.fullmatch(text):
        return Seconds(60 * (60 * int(found["hours"]) + int(found["minutes"])))
    if NUMBER.fullmatch(text):
        return float(text)
    return Phrase(text) if text in CORE_WORDS else text
