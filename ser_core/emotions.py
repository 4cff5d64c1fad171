"""The vocabulary of emotions: their names, order, colours and emoji, the same everywhere.

The names are RAVDESS's eight (Livingstone & Russo 2018); `corpora` maps other corpora's labels to
them. The colours are Okabe and Ito's palette, made to be told apart by colour-blind people (Okabe &
Ito 2008, "Color Universal Design"), with its black replaced by a grey that is seen on dark and on
light backgrounds alike.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Emotion:
    """One emotion, and how it is shown.

    Parameters
    ----------
    name
        The word by which models, reports and JSON call it.
    colour
        Red, green, blue as 0xRRGGBB.
    emoji
        One Unicode emoji.
    """

    name: str
    colour: int
    emoji: str

    @property
    def hex_colour(self) -> str:
        """The colour as ``#rrggbb``, as CSS and matplotlib write it."""
        return f"#{self.colour:06x}"


EMOTIONS: tuple[Emotion, ...] = (
    Emotion("neutral", 0x999999, "😐"),
    Emotion("calm", 0x56B4E9, "😌"),
    Emotion("happy", 0xF0E442, "😊"),
    Emotion("sad", 0x0072B2, "😢"),
    Emotion("angry", 0xD55E00, "😠"),
    Emotion("fearful", 0xCC79A7, "😨"),
    Emotion("disgust", 0x009E73, "🤢"),
    Emotion("surprised", 0xE69F00, "😲"),
)
"""All emotions, in the order in which they are listed everywhere."""

EMOTION_NAMES: tuple[str, ...] = tuple(emotion.name for emotion in EMOTIONS)

BY_NAME: dict[str, Emotion] = {emotion.name: emotion for emotion in EMOTIONS}

NO_SPEECH = "no speech"
"""What is said of a recording, or a stretch of one, in which nobody speaks."""

NOT_SURE = "not sure"
"""What is said in place of an emotion where none is sure enough."""

MIXED = "mixed"
"""What is said of a recording in which no one emotion is heard for most of the time."""

UNSURE_EMOJI = "🤔"
