"""Emotion over time: a recording of any length goes in, what is heard from when to when comes out.

A recording is decoded and heard in blocks, so that an hour takes no more memory than ten minutes.
The types, which whoever shows or writes a timeline needs, are those of `stretches`.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ser_core.audio import DEFAULT_LIMITS, AudioLimits, decode_through, to_waveforms
from ser_core.helper import Helper
from ser_core.listener import Listener, ListenerOptions
from ser_core.model import EmotionModel, load_default_model
from ser_core.segments import AudioSegment
from ser_core.stretches import Segment, Timeline

__all__ = ["FILE_OPTIONS", "Segment", "Timeline", "trace", "trace_waveform"]

Array = NDArray[np.float32]

FILE_OPTIONS = ListenerOptions(window=3.0, hop=1.5)
"""For what need not be answered while it is spoken: less often; chosen on joined clips."""


def trace(
    source: bytes | str | os.PathLike[str],
    *,
    model: EmotionModel | None = None,
    limits: AudioLimits = DEFAULT_LIMITS,
    options: ListenerOptions = FILE_OPTIONS,
    helper: Helper | None = None,
) -> Timeline:
    """Hear how the emotion in a file goes.

    Parameters
    ----------
    source
        The bytes of a file of any container that `audio` decodes, or its path.
    model
        The default model if None.
    limits
        On the file's size and length.
    options
        How long windows look back, and how far they are apart.
    helper
        What does half of the work (`helper.helping`); all is done in this process if None.

    Raises
    ------
    AudioError
        If the audio cannot be used.
    ModelError
        If the default model cannot be loaded.
    WorkerError
        If the helper dies.
    """
    known = model or load_default_model()

    def listen(segments: Iterator[AudioSegment]) -> Timeline:
        listener = Listener(known, options=options, helper=helper)
        # The next block is decoded while this one is heard.
        with ThreadPoolExecutor(1) as decoder:
            waveforms = to_waveforms(segments)
            coming = decoder.submit(next, waveforms, None)
            while (waveform := coming.result()) is not None:
                coming = decoder.submit(next, waveforms, None)
                listener.feed(waveform)
        return listener.finish()

    # In one thread: matrices this small lose more than they gain by threads.
    with threadpool_limits(1):
        return decode_through(source, listen, limits=limits)


def trace_waveform(
    waveform: Array,
    *,
    model: EmotionModel | None = None,
    options: ListenerOptions = FILE_OPTIONS,
) -> Timeline:
    """Hear how the emotion in a waveform goes.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `audio.SAMPLE_RATE`.
    model
        The default model if None.
    options
        How long windows look back, and how far they are apart.

    Raises
    ------
    FeatureError
        If the waveform is not one-dimensional, or holds what is no finite number.
    ModelError
        If the default model cannot be loaded.
    """
    listener = Listener(model or load_default_model(), options=options)
    with threadpool_limits(1):
        listener.feed(waveform)
        return listener.finish()
