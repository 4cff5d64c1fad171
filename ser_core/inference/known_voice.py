"""Baselines of a person, from recordings of their ordinary voice."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ser_core.errors import BaselineError
from ser_core.features import extract_features
from ser_core.models import Baseline, EmotionModel
from ser_core.voice import prepare

Array = NDArray[np.float32]


def measure_baseline(waveforms: Iterable[Array], *, model: EmotionModel) -> Baseline:
    """Return the baseline of a person for a model; recordings without speech are left out.

    Parameters
    ----------
    waveforms
        Each (n_samples,) float32, mono at `audio.SAMPLE_RATE`: the person's ordinary voice.

    Raises
    ------
    BaselineError
        If there is speech in none of them.
    """
    spoken = (prepare(waveform).waveform for waveform in waveforms)
    rows = [extract_features(one, families=model.families) for one in spoken if one.size]
    if not rows:
        raise BaselineError("There is no speech to know a voice by: record a few sentences.")
    return Baseline.of_clips(np.stack(rows), families=model.families)
