"""The emotions: their names, order, colours and emoji.

The names are the eight labels of RAVDESS (Livingstone & Russo 2018); `corpora` maps the labels of
other corpora to them. The colours are Okabe and Ito's palette for colour-blind readers (Okabe & Ito
2008, "Color Universal Design"), with a grey in place of its black, so that they are visible on dark
and on light backgrounds.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Emotion:
    """An emotion, with its colour and emoji.

    Parameters
    ----------
    name
        Name of the emotion in models, reports and JSON.
    colour
        Colour as 0xRRGGBB.
    emoji
        A single Unicode emoji.
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
"""All emotions, in the order in which they are listed."""

NEUTRAL = "neutral"

EMOTION_NAMES: tuple[str, ...] = tuple(emotion.name for emotion in EMOTIONS)

BY_NAME: dict[str, Emotion] = {emotion.name: emotion for emotion in EMOTIONS}

NO_SPEECH = "no speech"
"""Label of a recording, or of a segment, without speech."""

NOT_SURE = "not sure"
"""Label in place of an emotion where no probability reaches the threshold."""

MIXED = "mixed"
"""Label of a recording in which no single emotion takes most of the speaking time."""

UNSURE_EMOJI = "🤔"
