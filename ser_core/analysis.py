"""The one door: a recording goes in, what is heard in it comes out.

Everybody who wants to know the emotion in a recording calls this module, so that a model is never
fed anything but what it was trained on.
"""

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ser_core.audio import DEFAULT_LIMITS, SAMPLE_RATE, AudioLimits, decode, to_waveform
from ser_core.features import extract
from ser_core.model import EmotionModel, load_default_model
from ser_core.prediction import Prediction
from ser_core.speech import prepare

Array = NDArray[np.float32]

LONGEST_PIECE = 8 * SAMPLE_RATE
"""Samples of speech that are measured at once.

Models learn from clips of a few seconds: a long recording is cut into equal pieces not longer than
this, and the answer is the mean of theirs. It also bounds the memory that a long recording takes.
"""


@dataclass(frozen=True)
class Analysis:
    """What is heard in a recording.

    Parameters
    ----------
    prediction
        How likely each emotion is; None where there is no speech.
    duration
        Of the recording, in seconds.
    speech_share
        How much of it is speech, 0 to 1.
    """

    prediction: Prediction | None
    duration: float
    speech_share: float


def analyse(
    source: bytes | str | os.PathLike[str],
    *,
    model: EmotionModel | None = None,
    limits: AudioLimits = DEFAULT_LIMITS,
) -> Analysis:
    """Hear the emotion in a file.

    Parameters
    ----------
    source
        The bytes of a file of any container that `audio` decodes, or its path.
    model
        The default model if None.
    limits
        On the file's size and length.

    Raises
    ------
    AudioError
        If the audio cannot be used.
    ModelError
        If the default model cannot be loaded.
    """
    return analyse_waveform(to_waveform(decode(source, limits=limits)), model=model)


def analyse_waveform(waveform: Array, *, model: EmotionModel | None = None) -> Analysis:
    """Hear the emotion in a waveform.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `audio.SAMPLE_RATE`.
    model
        The default model if None.

    Raises
    ------
    ModelError
        If the default model cannot be loaded.
    """
    duration = waveform.size / SAMPLE_RATE
    speech = prepare(waveform)
    if not speech.is_present:
        return Analysis(prediction=None, duration=duration, speech_share=0.0)
    model = model or load_default_model()
    pieces = np.array_split(speech.waveform, -(-speech.waveform.size // LONGEST_PIECE))
    features = np.stack([extract(piece, families=model.families) for piece in pieces])
    return Analysis(
        prediction=model.predict(features), duration=duration, speech_share=speech.share
    )
