"""The preferences of servers and channels."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

LOCALE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$"  # as Discord writes them


class Preferences(BaseModel, frozen=True, extra="forbid"):
    """The preferences of a server or a channel; the fields that are not set are inherited.

    Parameters
    ----------
    automatic
        Whether voice messages are answered without a request.
    audio_files
        Whether audio files are answered without a request too.
    detail
        How much an answer shows: "compact" or "full".
    min_confidence
        The probability below which an answer is "not sure", 0 to 1; the model's own threshold holds
        too.
    private
        Whether answers to commands are ephemeral.
    language
        The language of answers, as one of Discord's locales; None for that of the person who asks,
        or of the server.
    """

    automatic: bool = True
    audio_files: bool = True
    detail: Literal["compact", "full"] = "full"
    min_confidence: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    private: bool = False
    language: Annotated[str, Field(pattern=LOCALE)] | None = None

    def over(self, wider: "Preferences") -> "Preferences":
        """Return wider preferences, overridden by the fields that are set in these."""
        return wider.model_copy(update=self.model_dump(exclude_unset=True))


DEFAULTS = Preferences()
"""The preferences of servers that have set none, and of direct messages."""

UNKNOWN = Preferences(automatic=False, private=True)
"""The preferences that are used for a server whose own cannot be read."""
