"""The microphone: what a device hears, as `AudioSegment`.

A thread reads blocks at the device's own sample rate, and hands them over a queue: as long as the
reader of the queue is not half a minute behind, nothing is lost. Whatever goes wrong, from the
missing library to the plug that is pulled, is a `MicrophoneError`. Nothing is written anywhere:
what was heard is gone with the objects that hold it.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Self

from ser_core.devices import Device, find_device, input_devices, port_audio
from ser_core.errors import MicrophoneError
from ser_core.native_output import native_stderr_hidden
from ser_core.segments import AudioSegment

if TYPE_CHECKING:
    from types import ModuleType

BLOCK_SECONDS = 0.1  # audio in one block
QUEUE_SECONDS = 30.0  # audio that may wait for whoever analyses it
QUEUE_BLOCKS = round(QUEUE_SECONDS / BLOCK_SECONDS)
STALL_SECONDS = 5.0  # without a block after which the device counts as gone
JOIN_SECONDS = 2.0  # for the reading thread to end
SAMPLE_BYTES = 2  # 16-bit samples
FALLBACK_RATES = (48_000, 44_100, 16_000)  # Hz, where a device refuses what it says is its own
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
        Of what is recorded, in Hz: the device's own, unless it refuses that.
    channels : int
        Of what is recorded: one, unless the device refuses that.

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
        self._blocks: queue.Queue[bytes | Exception] = queue.Queue(QUEUE_BLOCKS)
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._quiet = contextlib.ExitStack()
        self._system = contextlib.ExitStack()  # PortAudio, and the stream on top

    def __enter__(self) -> Self:
        """Open the device and start to listen."""
        try:
            self._quiet.enter_context(native_stderr_hidden())
            module, system = self._system.enter_context(port_audio())
            self.device = find_device(self._wanted, input_devices(system))
            stream = self._open(module, system)
            self._system.callback(_close, stream)
            self._thread = threading.Thread(
                target=self._read_on, args=(stream,), name="microphone", daemon=True
            )
            self._thread.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        """Stop listening and let the device go."""
        self.close()

    def close(self) -> None:
        """Stop listening and let the device go; a thread that hangs in a dead device keeps it."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(JOIN_SECONDS)
        if self._thread is None or not self._thread.is_alive():
            self._system.close()
        self._quiet.close()

    def blocks(self) -> Iterator[AudioSegment]:
        """Hear on and on, in blocks of `BLOCK_SECONDS`, until the device goes away.

        Yields
        ------
        AudioSegment
            The blocks, with nothing missing between them.

        Raises
        ------
        MicrophoneError
            The device failed, or went quiet altogether (not even silence came).
        """
        while True:
            yield self._segment(self._next_block())

    def record(
        self, seconds: float, *, progress: Callable[[AudioSegment], object] | None = None
    ) -> AudioSegment:
        """Record for so many seconds of sound.

        Parameters
        ----------
        seconds
            How long.
        progress
            Called with each block as it arrives.

        Raises
        ------
        MicrophoneError
            As for `blocks`; what was recorded until then is dropped.
        """
        wanted_bytes = max(1, round(seconds * self.sample_rate)) * self.channels * SAMPLE_BYTES
        recorded = bytearray()
        while len(recorded) < wanted_bytes:
            block = self._next_block()
            recorded += block
            if progress is not None:
                progress(self._segment(block))
        return self._segment(bytes(recorded[:wanted_bytes]))

    def windows(self, *, window: float, hop: float) -> Iterator[AudioSegment]:
        """Hear on and on, looking back over the last few seconds at every hop.

        When whoever looks takes longer than a hop, the next window is the newest: hops are left
        out, and the windows never fall behind.

        Parameters
        ----------
        window
            How far a window looks back, in seconds; the first ones are shorter.
        hop
            Seconds from one window to the next.

        Yields
        ------
        AudioSegment
            The windows.

        Raises
        ------
        MicrophoneError
            As for `blocks`.
        """
        hop_blocks = max(1, round(hop / BLOCK_SECONDS))
        recent: deque[bytes] = deque(maxlen=max(hop_blocks, round(window / BLOCK_SECONDS)))
        while True:
            for _ in range(max(hop_blocks, self._blocks.qsize())):
                recent.append(self._next_block())
            yield self._segment(b"".join(recent))

    def _segment(self, block: bytes) -> AudioSegment:
        return AudioSegment(
            block,
            sample_width=SAMPLE_BYTES,
            frame_rate=self.sample_rate,
            channels=self.channels,
        )

    def _open(self, module: ModuleType, system: Any) -> Any:
        """Open the stream, giving in to a device that will not do one channel or its own rate."""
        name = self.device.name
        rates = dict.fromkeys((self.device.sample_rate, *FALLBACK_RATES))
        channel_counts = dict.fromkeys((1, min(2, self.device.channels)))
        refusal: OSError | None = None
        for sample_rate, channels in itertools.product(rates, channel_counts):
            try:
                stream = system.open(
                    format=module.paInt16,
                    channels=channels,
                    rate=sample_rate,
                    input=True,
                    input_device_index=self.device.index,
                    frames_per_buffer=round(sample_rate * BLOCK_SECONDS),
                )
            except OSError as error:
                refusal = error
                if error.errno == DEVICE_UNAVAILABLE:
                    break
            else:
                self.sample_rate, self.channels = sample_rate, channels
                return stream
        if refusal is not None and refusal.errno == DEVICE_UNAVAILABLE:
            advice = "is in use: close the program that uses it, or choose another one."
        else:
            advice = (
                "cannot be opened: check that it is plugged in and allowed in the system's sound "
                "settings, or choose another one."
            )
        raise MicrophoneError(f"The microphone “{name}” {advice}") from refusal

    def _read_on(self, stream: Any) -> None:
        """Put block after block into the queue; runs in the thread, and ends with an error."""
        frames = round(self.sample_rate * BLOCK_SECONDS)
        try:
            while not self._closing.is_set():
                self._put(stream.read(frames, exception_on_overflow=False))
        except Exception as error:  # raised where the queue is read
            self._put(error)

    def _put(self, item: bytes | Exception) -> None:
        """Wait for room in the queue, as long as anybody may still read it."""
        while not self._closing.is_set():
            with contextlib.suppress(queue.Full):
                self._blocks.put(item, timeout=BLOCK_SECONDS)
                return

    def _next_block(self) -> bytes:
        try:
            item = self._blocks.get(timeout=STALL_SECONDS)
        except queue.Empty as cause:
            raise MicrophoneError(
                f"The microphone “{self.device.name}” has sent nothing for {STALL_SECONDS:.0f} "
                "seconds: check that it is still plugged in, and start again."
            ) from cause
        if isinstance(item, Exception):
            raise MicrophoneError(
                f"The microphone “{self.device.name}” went away: plug it in, and start again."
            ) from item
        return item


def _close(stream: Any) -> None:
    """Close a stream, whose device may be gone."""
    with contextlib.suppress(OSError):
        stream.close()
