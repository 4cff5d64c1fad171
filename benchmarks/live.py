"""How soon live listening shows what it hears, what that costs, and whether it holds for an hour.

Run ``python benchmarks/live.py CLIP...``. The clips, one after another, are played to a virtual
microphone (PulseAudio), which is listened to with a window of 3 s and a hop of 0.5 s and shown in a
panel; then they are heard for an hour of their own time, at speed. The last line is JSON.

The latency is from the last sound of a hop, as it was recorded, to the panel that shows the answer:
a sound waits at most one hop longer. What the device holds back before is asked of PortAudio.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"

import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import psutil
import soundfile
import typer
from numpy.typing import NDArray
from rich.console import Console

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ser_core.audio import SAMPLE_RATE, decode, to_waveform
from ser_core.cli.live_panel import LiveView
from ser_core.inference import ListenerOptions, Session, play, warm_up
from ser_core.microphone import Microphone
from ser_core.models import load_default_model
from tests.virtual_microphones import SoundServer, VirtualMicrophones

WINDOW, HOP = 3.0, 0.5  # s
SETTLING = 10.0  # s, before anything is measured
HOUR = 3_600.0  # s
INSIDE = "UNDERTONE_BENCHMARK_INSIDE"  # set in the process that has the virtual microphone


class Clocked(Microphone):
    """A microphone that remembers when each sample arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.arrivals: list[tuple[float, float]] = []  # seconds of sound so far, and when
        self._n_frames = 0

    def _callback(self, data: bytes, n_frames: int, time_: object, status: int) -> tuple[None, int]:
        self._n_frames += n_frames
        self.arrivals.append((self._n_frames / self.sample_rate, time.monotonic()))
        return super()._callback(data, n_frames, time_, status)

    def arrival(self, moment: float) -> float:
        """Return when the sound of a moment, in seconds, had arrived."""
        return next(when for seconds, when in self.arrivals if seconds >= moment - 1e-9)


def listen(seconds: float) -> dict[str, float]:
    """Listen to the virtual microphone at its own pace, and measure."""
    model = load_default_model()
    warm_up(model)
    live = Session(model, options=ListenerOptions(window=WINDOW, hop=HOP), may_skip=True)
    process = psutil.Process()
    terminal = Console(file=io.StringIO(), force_terminal=True, width=80)
    latencies: list[float] = []
    early: tuple[float, float, int] | None = None
    with Clocked() as microphone, LiveView(terminal, name="benchmark", hop=HOP) as view:
        for heard in live.process(microphone.blocks()):
            view.show(heard)
            terminal.file = io.StringIO()
            if heard.time >= SETTLING:
                early = early or usage(process)
                latencies.append(time.monotonic() - microphone.arrival(heard.time))
            if heard.time >= seconds:
                break
        late = usage(process)
        held_back = microphone._stream.get_input_latency()  # noqa: SLF001
    assert early is not None
    return {
        "latency_median_ms": round(1000 * statistics.median(latencies), 1),
        "latency_95_percent_ms": round(1000 * float(np.percentile(latencies, 95)), 1),
        "latency_worst_ms": round(1000 * max(latencies), 1),
        "device_holds_back_ms": round(1000 * held_back, 1),
        "cpu_share_percent": round(100 * (late[1] - early[1]) / (late[0] - early[0]), 1),
        "growth_mb": round((late[2] - early[2]) / 1e6, 1),
        "overruns": microphone.overruns,
        "late_hops": live.late,
    }


def usage(process: psutil.Process) -> tuple[float, float, int]:
    """Return the time, the seconds of CPU used so far, and the memory in use in bytes."""
    used = process.cpu_times()
    return time.monotonic(), used.user + used.system, process.memory_info().rss


def hear_an_hour(sound: NDArray[np.float32]) -> dict[str, float]:
    """Analyse an hour of sound at speed, and measure."""
    model = load_default_model()
    warm_up(model)
    process = psutil.Process()
    live = Session(model, options=ListenerOptions(window=WINDOW, hop=HOP), may_skip=False)
    early: tuple[float, float, int] | None = None
    answers = 0
    for heard in live.process(hour_of(sound)):
        answers += 1
        if early is None and heard.time >= 60:
            early = usage(process)
    late = usage(process)
    assert early is not None
    timeline = live.finish().timeline
    return {
        "hour_cpu_s": round(late[1] - early[1], 1),
        "hour_cpu_share_percent": round(100 * (late[1] - early[1]) / (HOUR - 60), 1),
        "hour_growth_mb": round((late[2] - early[2]) / 1e6, 1),
        "hour_answers": answers,
        "hour_missing_s": round(HOUR - timeline.duration, 3),
        "hour_segments": len(timeline.segments),
    }


def hour_of(sound: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """Return a sound again and again for an hour, in a microphone's blocks."""
    left = round(HOUR * SAMPLE_RATE)
    while left > 0:
        for block in play(sound[:left], at_pace=False):
            left -= block.size
            yield block


def main(
    clips: Annotated[list[Path], typer.Argument(help="Recordings of speech.")],
    seconds: Annotated[float, typer.Option(help="How long to listen at its own pace.")] = 120.0,
) -> None:
    """Measure live listening."""
    if os.environ.get(INSIDE):
        print(json.dumps(listen(seconds)))
        return
    sound = np.concatenate([to_waveform(decode(clip)) for clip in clips])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "sound.wav"
        n_samples = round((seconds + 60) * SAMPLE_RATE)
        soundfile.write(path, np.resize(sound, n_samples), SAMPLE_RATE)
        microphones, server = VirtualMicrophones(folder), SoundServer(folder / "pulse")
        server.start()
        try:
            microphones.add_device("benchmark", server.definition)
            server.play(path)
            done = subprocess.run(
                [sys.executable, *sys.argv],
                env={**microphones.environment, INSIDE: "1"},
                stdout=subprocess.PIPE,
                check=True,
            )
        finally:
            server.kill()
    result = {**json.loads(done.stdout), **hear_an_hour(sound)}
    for name, value in result.items():
        print(f"{name:<24} {value}")
    print(json.dumps(result))


if __name__ == "__main__":
    typer.run(main)
