"""How the bot is to be in a server and in its channels."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

LOCALE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$"  # as Discord writes them


class Preferences(BaseModel, frozen=True, extra="forbid"):
    """How the bot is to be in a channel; of a server or a channel, what is not set is inherited.

    Parameters
    ----------
    automatic
        Whether it answers voice messages without being asked.
    audio_files
        Whether that holds for audio files too, and not for voice messages only.
    detail
        How much an answer says.
    min_confidence
        The confidence below which an answer is "not sure", 0 to 1; the model's own threshold holds
        besides.
    private
        Whether what somebody asks for is shown to nobody else.
    language
        The language of answers, as Discord writes locales; None for that of whoever asks, or of the
        server.

    Raises
    ------
    ValueError
        A value is none that its field can have.
    """

    automatic: bool = True
    audio_files: bool = True
    detail: Literal["compact", "full"] = "full"
    min_confidence: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    private: bool = False
    language: Annotated[str, Field(pattern=LOCALE)] | None = None

    def over(self, wider: "Preferences") -> "Preferences":
        """Return wider preferences with what is set in these put over them."""
        return wider.model_copy(update=self.model_dump(exclude_unset=True))


DEFAULTS = Preferences()
"""Where nobody has said otherwise, and in direct messages."""

UNKNOWN = Preferences(automatic=False, private=True)
"""Where a server may have said something that cannot be read just now."""
