"""What went wrong with a voice note, as a sentence that can be translated."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.errors import AnalyserError, VoiceNoteError
from bot.i18n import Language, translatable
from ser_core.errors import AudioError, AudioUnreadableError

UNFORESEEN = translatable("Sorry, something went wrong on my side: please try again later.")
UNUSABLE = translatable("I cannot use that recording: please send another one.")


@dataclass(frozen=True)
class Trouble:
    """A sentence about what went wrong, not translated yet; `Language.text` takes both fields."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """Return the translated sentence."""
        return language.text(self.message, **self.values)


def trouble_of(error: BaseException) -> Trouble:
    """Return the sentence for an error; a general one where it is not for people on Discord."""
    match error:
        case AudioUnreadableError():
            return Trouble(UNUSABLE)
        case VoiceNoteError() | AnalyserError() | AudioError():
            return Trouble(error.message, error.values)
        case _:
            return Trouble(UNFORESEEN)
