"""The style of a reply: its language, its level of detail, its lowest confidence."""

import enum
from dataclasses import dataclass

import discord

from bot.analysis import AnalysisOptions, AnalysisResult, DrawTimeline, Segment
from bot.i18n import ENGLISH, Language, language_for, translatable
from bot.storage import Preferences
from ser_core.emotions import BY_NAME, EMOTION_NAMES, NO_SPEECH, NOT_SURE, UNSURE_EMOJI

UNKNOWN_EMOJI = "🎙️"  # of an emotion that only a model of one's own knows
LONGEST_NAME = 40  # characters of such an emotion's name
N_NEAREST = 2  # emotions that are named where the answer is "not sure"

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
"""The core's labels. They are translated by name, so the catalogues find them here."""


class DetailLevel(enum.StrEnum):
    """How much a reply shows; the "Details" button shows all."""

    COMPACT = "compact"
    FULL = "full"


@dataclass(frozen=True, kw_only=True)
class ReplyStyle:
    """The style of a reply.

    Parameters
    ----------
    language
        The language of words and numbers.
    detail
        How much the reply shows.
    min_confidence
        The probability below which the answer is "not sure", 0 to 1; the model's own threshold
        holds too.
    """

    language: Language = ENGLISH
    detail: DetailLevel = DetailLevel.FULL
    min_confidence: float = 0.0

    @classmethod
    def of(cls, preferences: Preferences, locale: discord.Locale | str | None) -> "ReplyStyle":
        """Return the style for a channel's preferences; the locale is the fallback language."""
        return cls(
            language=language_for(preferences.language, fallback=language_for(locale)),
            detail=DetailLevel(preferences.detail),
            min_confidence=preferences.min_confidence,
        )

    @property
    def analysis_options(self) -> AnalysisOptions:
        """The options of the analysis for a reply in this style."""
        return self.analysis_options_for(
            DrawTimeline.LONG if self.detail is DetailLevel.FULL else DrawTimeline.NEVER
        )

    def analysis_options_for(self, draw_timeline: DrawTimeline) -> AnalysisOptions:
        """Return the options of the analysis with another choice of images."""
        labels = (*EMOTION_NAMES, NOT_SURE, NO_SPEECH)
        names = {name: self.language.text(name) for name in labels}
        return AnalysisOptions(
            draw_timeline=draw_timeline,
            min_confidence=self.min_confidence,
            names=tuple(names.items()),
        )

    def is_sure(self, result: AnalysisResult | Segment) -> bool:
        """Return whether the most probable emotion is the answer."""
        if isinstance(result, AnalysisResult) and result.is_long:
            return result.is_sure  # the worker compared each segment with `min_confidence`
        return result.is_sure and result.ranked[0][1] >= self.min_confidence

    def nearest(self, result: AnalysisResult | Segment) -> str:
        """Return the most probable emotions in words: "sad or calm"."""
        names = [self.emotion(name) for name, _ in result.ranked[:N_NEAREST]]
        if len(names) < N_NEAREST:
            return names[0]
        return self.language.text("{first} or {second}", first=names[0], second=names[1])

    def emotion(self, name: str) -> str:
        """Return the translated name of an emotion."""
        return self.language.text(name)[:LONGEST_NAME]

    def emoji(self, result: AnalysisResult | Segment) -> str:
        """Return the emoji to show beside the answer in words."""
        if not self.is_sure(result):
            return UNSURE_EMOJI
        return emoji(result.ranked[0][0])


def emoji(name: str) -> str:
    """Return the emoji of an emotion."""
    return BY_NAME[name].emoji if name in BY_NAME else UNKNOWN_EMOJI
