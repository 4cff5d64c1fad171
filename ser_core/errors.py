"""The exceptions of `ser_core`.

The message of each is one sentence that the user can act on; the cause is chained (``raise ... from
cause``). An `AudioError` keeps its message and the values in it apart, so that a program can
translate it.
"""

import math


class Seconds(float):
    """A duration in seconds that is formatted for people in a message, as "10 minutes"."""

    def __str__(self) -> str:
        if self < 120 or self == math.inf:
            return f"{round(float(self), 1):g} seconds"
        minutes = round(self / 60)
        if minutes < 120:
            return f"{minutes} minutes"
        return f"{minutes // 60} h {minutes % 60} min"

    def __format__(self, specification: str) -> str:
        return str(self)


class Phrase(str):
    """A phrase as a value in a message, with a translation of its own."""

    __slots__ = ()


class UndertoneError(Exception):
    """Base class of all exceptions of `ser_core`.

    Parameters
    ----------
    message
        The sentence in English, with ``{names}`` of values where there are any, as in `str.format`.
    values
        Numbers, `Seconds`, `Phrase`, or text that is the same in every language.
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
    """The file is empty, or holds no audio samples."""


class UnsupportedAudioError(AudioError):
    """The file is not a recording, or its container or codec is not supported."""


class NoAudioStreamError(AudioError):
    """The file has no audio stream (a video without sound, for example)."""


class DamagedAudioError(AudioError):
    """The file is in a supported container, but none of it can be decoded."""


class AudioTooLargeError(AudioError):
    """The file has more bytes than the limit, or takes too much work to decode."""


class AudioTooLongError(AudioError):
    """The recording has more seconds than the limit."""


class AudioUnreadableError(AudioError):
    """The file cannot be opened: it is missing, a folder, or not permitted."""


class FeatureError(UndertoneError):
    """A feature family is unknown, or features cannot be extracted from the waveform."""


class CorpusError(UndertoneError):
    """A corpus is unknown, or its folder does not hold the expected files."""


class ModelError(UndertoneError):
    """A model file is missing, damaged, altered, or from an incompatible version."""


class WeightsError(UndertoneError):
    """Pretrained weights are missing, damaged, or cannot be downloaded or kept."""


class BaselineError(UndertoneError):
    """A baseline cannot be read or written, or does not fit the model."""


class TrainingError(UndertoneError):
    """There are too few clips, labels or speakers to train or evaluate on."""


class MicrophoneError(UndertoneError):
    """There is no microphone, it cannot be opened, or it was disconnected."""


class OutputError(UndertoneError):
    """An output file cannot be written."""


class WorkerError(UndertoneError):
    """A helper process has died."""
