"""Frames of a sound that goes on: each is measured once, whichever windows it lies in later.

What depends on a frame and its neighbours alone is measured here. What is relative to a whole
window (noise floor, loudness, which of its frames are silence) is measured by window.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.signal import HOP_LENGTH, PitchFrames, pitch, spectrum
from ser_core.voice import VOICE_FRAME_LENGTH, activity, preparation

Array = NDArray[np.float32]

FRAME_SECONDS = VOICE_FRAME_LENGTH / SAMPLE_RATE  # 20 ms
FINE = VOICE_FRAME_LENGTH // HOP_LENGTH  # 2 frames of the spectrum and of pitch for each
CONTEXT_FRAMES = 2
"""Frames on either side of a block that its measurements need; those of pitch span 50 ms."""
CONTEXT_LENGTH = CONTEXT_FRAMES * VOICE_FRAME_LENGTH  # samples
OFFSET_POLE = 0.998  # of the filter that removes a constant offset: 5 Hz
LOUDNESS_SECONDS = 10.0  # over which the loudness of the voice is taken, for the voice detector


@dataclass(frozen=True, eq=False)
class Frames:
    """Neighbouring frames of `voice.VOICE_FRAME_LENGTH` samples, with what is measured of each.

    Parameters
    ----------
    waveform
        (n * VOICE_FRAME_LENGTH,) float32, mono at `SAMPLE_RATE`.
    level
        (n,) float32: the level in dBFS, from `voice.levels`.
    voice
        (n,) float32: the probability of voice.
    power
        (N_BINS, n * FINE) float32: the power spectrogram, as in `Spectrum`; None if not measured.
    pitch
        The pitch candidates of n * FINE frames; None if not measured.
    """

    waveform: Array
    level: Array
    voice: Array
    power: Array | None
    pitch: PitchFrames | None

    def __len__(self) -> int:
        return self.level.size

    def take(self, frames: NDArray[np.bool_]) -> "Frames":
        """Return the frames that a mask, (n,), selects."""
        fine = np.repeat(frames, FINE)
        return Frames(
            waveform=self.waveform.reshape(-1, VOICE_FRAME_LENGTH)[frames].ravel(),
            level=self.level[frames],
            voice=self.voice[frames],
            power=None if self.power is None else self.power.compress(fine, axis=1),
            pitch=None if self.pitch is None else self.pitch.take(fine),
        )


def join(parts: Sequence[Frames]) -> Frames:
    """Join frames that follow one another."""
    powers = [part.power for part in parts if part.power is not None]
    pitches = [part.pitch for part in parts if part.pitch is not None]
    return Frames(
        waveform=np.concatenate([part.waveform for part in parts]),
        level=np.concatenate([part.level for part in parts]),
        voice=np.concatenate([part.voice for part in parts]),
        power=np.concatenate(powers, axis=1) if powers else None,
        pitch=PitchFrames(
            lags=np.concatenate([one.lags for one in pitches]),
            heights=np.concatenate([one.heights for one in pitches]),
            peaks=np.concatenate([one.peaks for one in pitches]),
            power=np.concatenate([one.power for one in pitches]),
        )
        if pitches
        else None,
    )


class FrameStream:
    """The frames of a sound that is given block by block.

    They come `CONTEXT_LENGTH` samples late, since what follows them affects them; the first
    `CONTEXT_FRAMES` are before the beginning, and silent.

    Parameters
    ----------
    waveform_alone
        Whether to leave out the power spectrum and the pitch candidates.
    """

    def __init__(self, *, waveform_alone: bool = False) -> None:
        self._waveform_alone = waveform_alone
        self._before = np.zeros(2 * CONTEXT_LENGTH, dtype=np.float32)
        self._offset: Array | None = None  # state of the filter
        self._levels: deque[Array] = deque()
        self._voice_activity = activity.VoiceActivityStream()

    def measure(self, block: Array) -> Frames:
        """Measure the frames that a block completes.

        Parameters
        ----------
        block
            (n * VOICE_FRAME_LENGTH,) float32, mono at `SAMPLE_RATE`: the next block.

        Returns
        -------
        Frames
            As many as there are in the block.

        Raises
        ------
        ModelError
            The weights of `voice.activity` are missing.
        """
        context = np.concatenate([self._before, self._without_offset(block)])
        self._before = context[block.size :]
        inside = slice(CONTEXT_LENGTH, CONTEXT_LENGTH + block.size)
        n_fine = block.size // HOP_LENGTH
        fine = slice(CONTEXT_LENGTH // HOP_LENGTH, CONTEXT_LENGTH // HOP_LENGTH + n_fine)
        level = preparation.levels(context[inside])
        power, candidates = None, None
        if not self._waveform_alone:
            spectral = spectrum.compute(context)
            power = spectral.power[:, fine]
            candidates = pitch.find_candidates(context, spectral.n_frames).take(fine)
        return Frames(
            waveform=context[inside],
            level=level,
            voice=self._voice_activity.process(
                context, margin=CONTEXT_LENGTH, rms=self._loudness(level)
            ),
            power=power,
            pitch=candidates,
        )

    def _without_offset(self, block: Array) -> Array:
        if self._offset is None:
            self._offset = -block[:1]
        filtered, self._offset = scipy.signal.lfilter(
            np.array([1.0, -1.0], dtype=np.float32),
            np.array([1.0, -OFFSET_POLE], dtype=np.float32),
            block,
            zi=self._offset,
        )
        return np.asarray(filtered, dtype=np.float32)

    def _loudness(self, level: Array) -> float:
        """Return the root mean square of the recent loud frames; 0 in silence."""
        self._levels.append(level)
        while (
            sum(map(len, self._levels)) - len(self._levels[0]) >= LOUDNESS_SECONDS / FRAME_SECONDS
        ):
            self._levels.popleft()
        lately = np.concatenate(self._levels)
        active = lately[preparation.find_active(lately)]
        return float(np.sqrt(np.mean(10.0 ** (active / 10.0)))) if active.size else 0.0
