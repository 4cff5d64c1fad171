"""Windows over a stream of frames: where each begins, and the speech in it with its features."""

import numpy as np
from numpy.typing import NDArray

from ser_core.features import Sound, extraction
from ser_core.inference.frames import FRAME_SECONDS, Frames
from ser_core.voice import activity, preparation

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]

LONG_SILENCE = 1.5
"""Seconds of silence that end a segment; a shorter pause belongs to the speech around it.

In windows, silence is what has no voice; in a recording that is one segment, what is not loud.
"""

LONG_SILENCE_FRAMES = round(LONG_SILENCE / FRAME_SECONDS)
PAUSE_FRAMES = round(0.2 / FRAME_SECONDS)  # without sound: longer than within words
LEAST_FRAMES_AFTER_PAUSE = round(1.0 / FRAME_SECONDS)  # of sound; less is too little to judge


def beginning(active: Mask, voiced: Mask) -> int:
    """Return the frame at which a window begins: after the last long silence, or the last pause.

    Speech before a long silence is ignored. Speech before a shorter pause is ignored only if at
    least a second of sound follows it.

    Parameters
    ----------
    active
        (n_frames,): whether each frame of the window is loud enough to be speech.
    voiced
        (n_frames,): whether there is a voice in each.
    """
    spoken = np.flatnonzero(voiced)
    silences = np.flatnonzero(np.diff(spoken) > LONG_SILENCE_FRAMES)
    start = int(spoken[silences[-1] + 1]) - preparation.MARGIN_FRAMES if silences.size else 0
    where = np.flatnonzero(active)
    after = where[1:][np.diff(where) > PAUSE_FRAMES]
    n_active = np.append(np.cumsum(active[::-1])[::-1], 0)
    enough = after[n_active[after] >= LEAST_FRAMES_AFTER_PAUSE]
    return max(start, int(enough[-1]) - preparation.MARGIN_FRAMES if enough.size else 0)


def speech_of(window: Frames, start: int) -> Frames | None:
    """Return the speech of a window from a frame on, as `voice.prepare` does, or None."""
    inside = np.arange(len(window)) >= start
    level = window.level[inside]
    chosen = preparation.choose_frames(level, preparation.find_active(level))
    kept = window.take(np.concatenate([inside[:start], chosen]))
    voiced_seconds = float((kept.voice > activity.VOICE_THRESHOLD).sum()) * FRAME_SECONDS
    enough = activity.required_seconds(len(kept) * FRAME_SECONDS)
    if len(kept) and (voiced_seconds >= enough or activity.is_short_voice(kept.waveform)):
        return kept
    return None


def measure(found: Frames, families: tuple[str, ...]) -> Array:
    """Return the features of the speech of a window, as if it were a recording of its own."""
    if found.power is None or found.pitch is None:
        sound = Sound(preparation.normalise_loudness(found.waveform))
    else:  # their features do not depend on the loudness
        sound = Sound.of_frames(found.waveform, found.power, found.pitch)
    return extraction.extract_from_sound(sound, families=families)
