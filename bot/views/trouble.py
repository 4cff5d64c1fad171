"""What went wrong with a voice note, as a sentence that can be said in every language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.errors import AnalyserError, VoiceNoteError
from bot.i18n import Language, translatable
from ser_core.errors import AudioError, AudioUnreadableError

UNFORESEEN = translatable("Sorry, something went wrong on my side: please try again later.")
UNUSABLE = translatable("I cannot use that recording: please send another one.")


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
        case AudioUnreadableError():
            return Trouble(UNUSABLE)
        case VoiceNoteError() | AnalyserError() | AudioError():
            return Trouble(error.message, error.values)
        case _:
            return Trouble(UNFORESEEN)
