"""A microphone as a stream of blocks at `SAMPLE_RATE`.

PortAudio's callback, in a thread of its own, only writes blocks to a ring buffer of half a minute,
from which the analysis reads. Overruns, of the buffer or of the device, are counted in
`Microphone.overruns` and raise no error. Everything else, from a missing library to a disconnected
device, raises `MicrophoneError`. The sound is only held in memory.
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
from ser_core.microphone.ring_buffer import RingBuffer

if TYPE_CHECKING:
    from types import ModuleType

Array = NDArray[np.float32]

BLOCK_SECONDS = 0.05  # of sound in one callback
BUFFER_SECONDS = 30.0  # of sound that can wait for the analysis
STALL_SECONDS = 5.0  # without a block, after which the device counts as disconnected
POLL_SECONDS = 0.25  # between checks whether the stream is still active
CLOSE_SECONDS = 2.0  # to wait for a device to close: a disconnected one may never
RECONNECT_SECONDS = 30.0  # to wait for a device that was disconnected
RETRY_SECONDS = 1.0  # between attempts to reconnect

FULL_SCALE = np.float32(1 << 15)  # of 16-bit samples
FALLBACK_RATES = (48_000, 44_100, SAMPLE_RATE)  # Hz, for devices that refuse their default rate
RESAMPLER_QUALITY = "HQ"  # of soxr, as for files
INPUT_OVERFLOW = 0x2  # PortAudio's flag for samples lost before a block (paInputOverflow)
CONTINUE = 0  # return value of a callback that continues the stream (paContinue)
DEVICE_UNAVAILABLE = -9985  # PortAudio's error code (portaudio.h, PaErrorCode)


class Microphone:
    """An input device that records while in a ``with`` statement.

    Parameters
    ----------
    wanted
        Index or name of the device, as in `find_device`.

    Attributes
    ----------
    device : Device
        The device in use.
    sample_rate : int
        Sample rate of the recording in Hz: the default of the device, unless that is refused.
    channels : int
        Number of channels recorded, averaged afterwards: one, unless the device refuses that.
    overruns : int
        Number of times that samples were lost, in the device or in the buffer.

    Raises
    ------
    MicrophoneError
        On entering and on reading.
    """

    device: Device
    sample_rate: int
    channels: int

    def __init__(self, wanted: str | int | None = None) -> None:
        self._wanted = wanted
        self.overruns = 0
        self._buffer = RingBuffer(0)
        self._resampler: soxr.ResampleStream | None = None
        self._stream: Any = None
        self._hidden_stderr = contextlib.ExitStack()
        self._port_audio = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Open the device and start recording."""
        try:
            self._hidden_stderr.enter_context(native_stderr_hidden())
            self._start(self._wanted)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        """Stop recording and close the device."""
        self.close()

    def close(self) -> None:
        """Stop recording and close the device, without waiting for one that hangs."""
        self._stop()
        self._hidden_stderr.close()

    def blocks(self) -> Iterator[Array]:
        """Yield the sound until the device is disconnected.

        Yields
        ------
        ndarray
            (n_samples,) float32, mono at `SAMPLE_RATE`: all samples since the last block, which is
            `BLOCK_SECONDS` or, if the caller was busy, more.

        Raises
        ------
        MicrophoneError
            The device was disconnected, or sent no samples for `STALL_SECONDS`.
        """
        while True:
            yield self._next_block()

    def reconnecting_blocks(self, notify: Callable[[str], object]) -> Iterator[Array]:
        """Yield the sound as `blocks` does, and reconnect to a device that was disconnected.

        Parameters
        ----------
        notify
            Called with a sentence when the device is disconnected, and when it is back.

        Yields
        ------
        ndarray
            As from `blocks`; silence, in real time, while the device is disconnected.

        Raises
        ------
        MicrophoneError
            The device did not come back within `RECONNECT_SECONDS`.
        """
        while True:
            latest = time.monotonic()
            try:
                for block in self.blocks():
                    latest = time.monotonic()
                    yield block
            except MicrophoneError as error:
                notify(
                    f"{str(error).partition(':')[0]}: waiting {RECONNECT_SECONDS:.0f} seconds "
                    "for it."
                )
                yield from self._reconnect(latest, error)
                notify(f"The microphone “{self.device.name}” is back.")

    def record(self, seconds: float, *, progress: Callable[[float], object] | None = None) -> Array:
        """Record a waveform of a duration in seconds.

        Parameters
        ----------
        progress
            Called with the duration of each block in seconds.

        Returns
        -------
        ndarray
            (round(seconds * SAMPLE_RATE),) float32, mono at `SAMPLE_RATE`.

        Raises
        ------
        MicrophoneError
            As in `blocks`; what was recorded before is dropped.
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
        module, system = self._port_audio.enter_context(port_audio())
        self.device = find_device(wanted, input_devices(system))
        self._stream = self._open(module, system)
        self._stream.start_stream()

    def _stop(self) -> None:
        """Close the device in a daemon thread, since closing can hang."""
        port_audio, self._port_audio = self._port_audio, contextlib.ExitStack()
        stream, self._stream = self._stream, None

        def stop() -> None:
            with contextlib.suppress(OSError):  # the device may be disconnected
                if stream is not None:
                    stream.close()
            port_audio.close()

        if stream is None:
            stop()
            return
        thread = threading.Thread(target=stop, name="microphone", daemon=True)
        thread.start()
        thread.join(CLOSE_SECONDS)

    def _open(self, module: ModuleType, system: Any) -> Any:
        """Open the stream, with two channels or another rate if the device refuses the first."""
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
                    stream_callback=self._callback,
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
        """Set the format of the recording, and create the buffer and the resampler for it."""
        self.sample_rate, self.channels = sample_rate, channels
        self._buffer = RingBuffer(round(BUFFER_SECONDS * sample_rate) * channels)
        self._resampler = (
            soxr.ResampleStream(sample_rate, SAMPLE_RATE, 1, "float32", RESAMPLER_QUALITY)
            if sample_rate != SAMPLE_RATE
            else None
        )

    def _callback(
        self, data: bytes, _n_frames: int, _time: object, status: int
    ) -> tuple[None, int]:
        """Write a block to the buffer; called by PortAudio in its own thread."""
        was_written = self._buffer.write(np.frombuffer(data, dtype=np.int16))
        if not was_written or status & INPUT_OVERFLOW:
            self.overruns += 1
        return None, CONTINUE

    def _next_block(self) -> Array:
        deadline = time.monotonic() + STALL_SECONDS
        while time.monotonic() < deadline:
            samples = self._buffer.read(timeout=min(POLL_SECONDS, STALL_SECONDS))
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
        """Raise MicrophoneError if PortAudio has stopped the stream of a disconnected device."""
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
        """Mix to one channel and resample, with a delay of some milliseconds by the resampler."""
        frames = samples.reshape(-1, self.channels)
        mono: Array = frames.mean(axis=1, dtype=np.float32) / FULL_SCALE
        if self._resampler is None:
            return mono
        # Resampling overshoots at steep edges.
        resampled: Array = self._resampler.resample_chunk(mono)
        return np.clip(resampled, -1.0, 1.0)

    def _reconnect(self, since: float, error: MicrophoneError) -> Iterator[Array]:
        """Yield silence, from a monotonic time on, until the device is open again."""
        name = self.device.name
        self._stop()
        deadline = time.monotonic() + RECONNECT_SECONDS
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
    """Yield silence of a duration, in blocks of at most `POLL_SECONDS`."""
    remaining, block = round(seconds * SAMPLE_RATE), round(POLL_SECONDS * SAMPLE_RATE)
    while remaining > 0:
        yield np.zeros(min(remaining, block), dtype=np.float32)
        remaining -= block
