"""The microphone: what a device hears, as a waveform at the core's sample rate.

PortAudio calls back from a thread of its own, which puts each block into a ring and does nothing
else: half a minute may wait there for whoever analyses it. What is lost, there or before it in the
device, is counted in `Microphone.overruns` and is no error. Whatever else goes wrong, from the
missing library to the plug that is pulled, is a `MicrophoneError`. Nothing is written anywhere:
what was heard is gone with the objects that hold it.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import soxr
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.errors import MicrophoneError
from ser_core.microphone.devices import Device, find_device, input_devices, port_audio
from ser_core.microphone.native_stderr import native_stderr_hidden
from ser_core.microphone.ring_buffer import Ring

if TYPE_CHECKING:
    from types import ModuleType

Array = NDArray[np.float32]

BLOCK_SECONDS = 0.05  # of sound in one call back
RING_SECONDS = 30.0  # of sound that may wait for whoever analyses it
STALL_SECONDS = 5.0  # without a block after which the device counts as gone
LOOK_SECONDS = 0.25  # from one look whether the device is still there to the next
CLOSE_SECONDS = 2.0  # for a device to stop: one that is gone may never
RETURN_SECONDS = 30.0  # for a device to come back
RETRY_SECONDS = 1.0  # from one look whether it is back to the next

FULL_SCALE = np.float32(1 << 15)  # of 16-bit samples
FALLBACK_RATES = (48_000, 44_100, SAMPLE_RATE)  # Hz, where a device refuses what is its own
RESAMPLER = "HQ"  # soxr's quality, as for files
INPUT_OVERFLOW = 0x2  # PortAudio's flag for sound lost before a block (paInputOverflow)
CONTINUE = 0  # what a call back returns to be called again (paContinue)
DEVICE_UNAVAILABLE = -9985  # PortAudio's error code (portaudio.h, PaErrorCode)


class Microphone:
    """A device that is being listened to, between ``with`` and the end of its block.

    Parameters
    ----------
    wanted
        Which, as in `find_device`.

    Attributes
    ----------
    device : Device
        The one that was found.
    sample_rate : int
        In Hz, of what the device records: its own, unless it refuses that.
    channels : int
        Of what the device records: one, unless it refuses that. Their mean is taken.
    overruns : int
        How often sound was lost since the beginning, because the device or the ring had no room.

    Raises
    ------
    MicrophoneError
        On entering, and by whatever reads from it.
    """

    device: Device
    sample_rate: int
    channels: int

    def __init__(self, wanted: str | int | None = None) -> None:
        self._wanted = wanted
        self.overruns = 0
        self._ring = Ring(0)
        self._resampler: soxr.ResampleStream | None = None
        self._stream: Any = None
        self._quiet = contextlib.ExitStack()
        self._system = contextlib.ExitStack()  # PortAudio, and the stream on top

    def __enter__(self) -> Self:
        """Open the device and start to listen."""
        try:
            self._quiet.enter_context(native_stderr_hidden())
            self._start(self._wanted)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        """Stop listening and let the device go."""
        self.close()

    def close(self) -> None:
        """Stop listening and let the device go; one that hangs is left to its fate."""
        self._stop()
        self._quiet.close()

    def blocks(self) -> Iterator[Array]:
        """Hear on and on, until the device goes away.

        Yields
        ------
        ndarray
            (n_samples,) float32, mono at `SAMPLE_RATE`: all there is since the block before, which
            is `BLOCK_SECONDS` or, after whoever asks was busy, more.

        Raises
        ------
        MicrophoneError
            The device went away, or went quiet altogether (not even silence came).
        """
        while True:
            yield self._next_block()

    def patient_blocks(self, tell: Callable[[str], object]) -> Iterator[Array]:
        """Hear on and on as `blocks` does, and wait for a device that goes away to come back.

        Parameters
        ----------
        tell
            Called with a sentence when the device goes away, and when it is back.

        Yields
        ------
        ndarray
            As from `blocks`; while the device is away silence, at its own pace.

        Raises
        ------
        MicrophoneError
            The device did not come back within `RETURN_SECONDS`.
        """
        while True:
            latest = time.monotonic()
            try:
                for block in self.blocks():
                    latest = time.monotonic()
                    yield block
            except MicrophoneError as error:
                tell(
                    f"{str(error).partition(':')[0]}: waiting {RETURN_SECONDS:.0f} seconds for it."
                )
                yield from self._wait(latest, error)
                tell(f"The microphone “{self.device.name}” is back.")

    def record(self, seconds: float, *, progress: Callable[[float], object] | None = None) -> Array:
        """Record for so many seconds of sound.

        Parameters
        ----------
        seconds
            How long.
        progress
            Called with the seconds of each block as it arrives.

        Returns
        -------
        ndarray
            (round(seconds * SAMPLE_RATE),) float32, mono at `SAMPLE_RATE`.

        Raises
        ------
        MicrophoneError
            As for `blocks`; what was recorded until then is dropped.
        """
        wanted = max(1, round(seconds * SAMPLE_RATE))
        recorded: list[Array] = []
        missing = wanted
        for block in self.blocks():
            recorded.append(block[:missing])
            missing -= recorded[-1].size
            if progress is not None:
                progress(recorded[-1].size / SAMPLE_RATE)
            if missing == 0:
                break
        return np.concatenate(recorded)

    def _start(self, wanted: str | int | None) -> None:
        module, system = self._system.enter_context(port_audio())
        self.device = find_device(wanted, input_devices(system))
        self._stream = self._open(module, system)
        self._stream.start_stream()

    def _stop(self) -> None:
        """Let the device go, in a thread: one that hangs would keep the program from ending."""
        system, self._system = self._system, contextlib.ExitStack()
        stream, self._stream = self._stream, None

        def stop() -> None:
            with contextlib.suppress(OSError):  # the device may be gone
                if stream is not None:
                    stream.close()
            system.close()

        if stream is None:
            stop()
            return
        thread = threading.Thread(target=stop, name="microphone", daemon=True)
        thread.start()
        thread.join(CLOSE_SECONDS)

    def _open(self, module: ModuleType, system: Any) -> Any:
        """Open the stream, giving in to a device that will not do one channel or its own rate."""
        name = self.device.name
        rates = dict.fromkeys((self.device.sample_rate, *FALLBACK_RATES))
        channel_counts = dict.fromkeys((1, min(2, self.device.channels)))
        refusal: OSError | None = None
        for sample_rate, channels in itertools.product(rates, channel_counts):
            self._prepare(sample_rate, channels)
            try:
                return system.open(
                    format=module.paInt16,
                    channels=channels,
                    rate=sample_rate,
                    input=True,
                    input_device_index=self.device.index,
                    frames_per_buffer=round(sample_rate * BLOCK_SECONDS),
                    stream_callback=self._hear,
                    start=False,
                )
            except OSError as error:
                refusal = error
                if error.errno == DEVICE_UNAVAILABLE:
                    break
        if refusal is not None and refusal.errno == DEVICE_UNAVAILABLE:
            advice = "is in use: close the program that uses it, or choose another one."
        else:
            advice = (
                "cannot be opened: check that it is plugged in and allowed in the system's sound "
                "settings, or choose another one."
            )
        raise MicrophoneError(f"The microphone “{name}” {advice}") from refusal

    def _prepare(self, sample_rate: int, channels: int) -> None:
        """Make room for what is recorded at a rate, and what resamples it as one stream."""
        self.sample_rate, self.channels = sample_rate, channels
        self._ring = Ring(round(RING_SECONDS * sample_rate) * channels)
        self._resampler = (
            soxr.ResampleStream(sample_rate, SAMPLE_RATE, 1, "float32", RESAMPLER)
            if sample_rate != SAMPLE_RATE
            else None
        )

    def _hear(self, data: bytes, _n_frames: int, _time: object, status: int) -> tuple[None, int]:
        """Keep a block; PortAudio calls this from a thread of its own."""
        has_room = self._ring.write(np.frombuffer(data, dtype=np.int16))
        if not has_room or status & INPUT_OVERFLOW:
            self.overruns += 1
        return None, CONTINUE

    def _next_block(self) -> Array:
        deadline = time.monotonic() + STALL_SECONDS
        while time.monotonic() < deadline:
            samples = self._ring.read(timeout=min(LOOK_SECONDS, STALL_SECONDS))
            block = self._waveform(samples)
            if block.size:
                return block
            if not samples.size:
                self._check()
        raise MicrophoneError(
            f"The microphone “{self.device.name}” has sent nothing for {STALL_SECONDS:.0f} "
            "seconds: check that it is still plugged in, and start again."
        )

    def _check(self) -> None:
        """Ask whether the stream still runs; PortAudio ends it when its device is gone."""
        cause: OSError | None = None
        try:
            if self._stream.is_active():
                return
        except OSError as error:
            cause = error
        raise MicrophoneError(
            f"The microphone “{self.device.name}” went away: plug it in, and start again."
        ) from cause

    def _waveform(self, samples: NDArray[np.int16]) -> Array:
        """Mix to one channel and resample; a resampler holds some milliseconds back."""
        frames = samples.reshape(-1, self.channels)
        mono: Array = frames.mean(axis=1, dtype=np.float32) / FULL_SCALE
        if self._resampler is None:
            return mono
        # A resampler overshoots at steep edges.
        resampled: Array = self._resampler.resample_chunk(mono)
        return np.clip(resampled, -1.0, 1.0)

    def _wait(self, since: float, error: MicrophoneError) -> Iterator[Array]:
        """Wait for the device to come back, and fill the time from a moment on with silence."""
        name = self.device.name
        self._stop()
        deadline = time.monotonic() + RETURN_SECONDS
        while time.monotonic() < deadline:
            for _ in range(round(RETRY_SECONDS / BLOCK_SECONDS)):
                time.sleep(BLOCK_SECONDS)
                now = time.monotonic()
                yield from _silence(now - since)
                since = now
            try:
                self._start(name)
            except MicrophoneError:
                self._stop()
            else:
                yield from _silence(time.monotonic() - since)
                return
        raise MicrophoneError(
            f"The microphone “{name}” went away and did not come back: plug it in, and start again."
        ) from error


def _silence(seconds: float) -> Iterator[Array]:
    """Give so much silence, in pieces no longer than a look."""
    left, piece = round(seconds * SAMPLE_RATE), round(LOOK_SECONDS * SAMPLE_RATE)
    while left > 0:
        yield np.zeros(min(left, piece), dtype=np.float32)
        left -= piece
