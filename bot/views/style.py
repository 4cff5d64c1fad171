"""How an answer is given: in which language, how much of it, and from which confidence on."""

import enum
from dataclasses import dataclass

import discord

from bot.analysis import Drawing, Hearing, Turn, Wishes
from bot.i18n import ENGLISH, Language, language_for, translatable
from bot.storage import Preferences
from ser_core.emotions import BY_NAME, EMOTION_NAMES, NO_SPEECH, NOT_SURE, UNSURE_EMOJI

UNKNOWN_EMOJI = "🎙️"  # of an emotion that only a model of one's own knows
LONGEST_NAME = 40  # characters of such an emotion's name
N_NEAREST = 2  # emotions that are named where none is sure

EMOTION_WORDS = (
    translatable("neutral"),
    translatable("calm"),
    translatable("happy"),
    translatable("sad"),
    translatable("angry"),
    translatable("fearful"),
    translatable("disgust"),
    translatable("surprised"),
    translatable("not sure"),
    translatable("no speech"),
    translatable("mixed"),
)
"""The core's labels: they are looked up by their names, so here is where catalogues find them."""


class Detail(enum.StrEnum):
    """How much an answer tells at first; the "Details" button tells the rest."""

    COMPACT = "compact"
    FULL = "full"


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How an answer is given.

    Parameters
    ----------
    language
        Of its words and numbers.
    detail
        How much it tells.
    min_confidence
        From which on an emotion is said, 0 to 1; below it the answer is "not sure". The model's own
        threshold holds too.
    """

    language: Language = ENGLISH
    detail: Detail = Detail.FULL
    min_confidence: float = 0.0

    @classmethod
    def of(cls, preferences: Preferences, locale: discord.Locale | str | None) -> "Manner":
        """Return how to answer in a place: as it wants, else in the language of the locale."""
        return cls(
            language=language_for(preferences.language, fallback=language_for(locale)),
            detail=Detail(preferences.detail),
            min_confidence=preferences.min_confidence,
        )

    @property
    def wishes(self) -> Wishes:
        """What to ask of a worker for such an answer."""
        return self.wishes_for(Drawing.LONG if self.detail is Detail.FULL else Drawing.NEVER)

    def wishes_for(self, drawing: Drawing) -> Wishes:
        """Return what to ask of a worker, with pictures of some voice notes."""
        labels = (*EMOTION_NAMES, NOT_SURE, NO_SPEECH)
        names = {name: self.language.text(name) for name in labels}
        return Wishes(
            drawing=drawing, min_confidence=self.min_confidence, names=tuple(names.items())
        )

    def is_sure(self, heard: Hearing | Turn) -> bool:
        """Return whether the emotion that is heard is to be said."""
        if isinstance(heard, Hearing) and heard.turns:
            return heard.is_sure  # by its turns, of which each was asked
        return heard.is_sure and heard.ranked[0][1] >= self.min_confidence

    def nearest(self, heard: Hearing | Turn) -> str:
        """Return the emotions between which it is not sure: "sad or calm"."""
        names = [self.emotion(name) for name, _ in heard.ranked[:N_NEAREST]]
        if len(names) < N_NEAREST:
            return names[0]
        return self.language.text("{first} or {second}", first=names[0], second=names[1])

    def emotion(self, name: str) -> str:
        """Return the name of an emotion."""
        return self.language.text(name)[:LONGEST_NAME]

    def emoji(self, heard: Hearing | Turn) -> str:
        """Return the emoji that stands beside the words; it never stands for them."""
        if not self.is_sure(heard):
            return UNSURE_EMOJI
        return emoji(heard.ranked[0][0])


def emoji(name: str) -> str:
    """Return an emotion's emoji."""
    return BY_NAME[name].emoji if name in BY_NAME else UNKNOWN_EMOJI
