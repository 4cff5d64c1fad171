"""Every error that `ser_core` raises on purpose.

The text of each is one sentence that the person who sent the audio, or typed the command, can act
on; what caused it is chained (``raise ... from cause``). An error about audio carries its sentence
as a message with values, so that a program can show it in another language.
"""

import math


class Seconds(float):
    """A length of time as a value in a message: "10 minutes"."""

    def __str__(self) -> str:
        if self < 120 or self == math.inf:
            return f"{round(float(self), 1):g} seconds"
        minutes = round(self / 60)
        if minutes < 120:
            return f"{minutes} minutes"
        return f"{minutes // 60} h {minutes % 60} min"

    def __format__(self, specification: str) -> str:
        return str(self)


class Words(str):
    """Words as a value in a message, which have a translation of their own."""

    __slots__ = ()


class UndertoneError(Exception):
    """Root of every error that Undertone's core raises on purpose.

    Parameters
    ----------
    message
        The sentence in English, with ``{names}`` of values if it is given any.
    values
        Numbers, `Seconds`, `Words`, or text that is the same in every language.
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.message.format(**self.values) if self.values else self.message


class AudioError(UndertoneError):
    """The audio cannot be used."""


class EmptyAudioError(AudioError):
    """There is nothing in the file, or no audio samples."""


class UnsupportedAudioError(AudioError):
    """The file is no recording, or is of a kind that is not decoded."""


class NoAudioStreamError(AudioError):
    """The file can be read, but holds no audio (a video without sound, say)."""


class DamagedAudioError(AudioError):
    """The file is of a known kind, but none of it can be decoded."""


class AudioTooLargeError(AudioError):
    """More bytes than the limit, or more work than decoding may take."""


class AudioTooLongError(AudioError):
    """More seconds than the limit."""


class AudioUnreadableError(AudioError):
    """The file cannot be opened: it is missing, a folder, or not permitted."""


class FeatureError(UndertoneError):
    """A feature family is unknown, or the waveform is not one that features can be taken of."""


class CorpusError(UndertoneError):
    """A corpus is unknown, or its folder does not hold what its name promises."""


class ModelError(UndertoneError):
    """A model file is missing, damaged, altered, or does not fit this version."""


class TrainingError(UndertoneError):
    """There is too little data, or of too few kinds, to train or evaluate on."""


class MicrophoneError(UndertoneError):
    """There is no microphone, no way to reach it, or it went away."""


class OutputError(UndertoneError):
    """What was heard cannot be written where it should be."""


class WorkerError(UndertoneError):
    """A process that was started to help has died."""
