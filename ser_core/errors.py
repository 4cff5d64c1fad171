"""Every error that `ser_core` raises on purpose.

The text of each error is one sentence that the person who sent the audio, or typed the command, can
act on; what caused it is chained (``raise ... from cause``).
"""


class UndertoneError(Exception):
    """Root of every error that Undertone's core raises on purpose."""


class AudioError(UndertoneError):
    """The audio cannot be used."""


class EmptyAudioError(AudioError):
    """There is nothing in the file, or no audio samples."""


class UnsupportedAudioError(AudioError):
    """The bytes are of no container on the list of those that are decoded."""


class NoAudioStreamError(AudioError):
    """The container is known, but holds no audio (a video without sound, say)."""


class DamagedAudioError(AudioError):
    """The container is known, but its contents are cut off or cannot be decoded."""


class AudioTooLargeError(AudioError):
    """More bytes than the limit."""


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
