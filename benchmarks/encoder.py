"""How long the encoder's features take, beside the handcrafted ones and the encoder in numpy.

Run ``python benchmarks/encoder.py`` where the weights are. All ways are timed in turn in one run,
on one core, warm, so that the ratios hold on a noisy machine. What numpy computes is what the tests
compare with, in float32, from random weights of the same shapes. The last line is JSON.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich import box
from rich.console import Console
from rich.table import Table

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from ser_core.features import MODEL_FAMILIES, extract_features
from ser_core.features.whisper import WHISPER_BASE, load_weights
from ser_core.features.whisper.log_mel import log_mel
from tests.ser_core.features.whisper.models import encode, random_variables
from tests.voices import talk

FRESH_RUNS = 5
FRESH = """
import psutil, time
from ser_core.features import families
from ser_core.features.whisper import load_weights
from tests.voices import talk
sound, process = talk(4.0), psutil.Process()
start, before = time.perf_counter(), process.memory_info().rss
encoder = load_weights()
loaded, after = time.perf_counter(), process.memory_info().rss
encoder.frames(sound)
print(loaded - start, after - before, process.memory_info().rss - before)
"""

Way = Callable[[], object]


def ways(seconds: float) -> dict[str, Way]:
    """Return what is timed, by name."""
    sound = talk(seconds)
    encoder = load_weights()
    variables = {
        name: array.astype(np.float32) if array.dtype.kind == "f" else array
        for name, array in random_variables(
            width=WHISPER_BASE.width, n_heads=8, hidden=4 * WHISPER_BASE.width
        ).items()
    }
    mel = log_mel(sound)
    return {
        "log-mel spectrogram": lambda: log_mel(sound),
        "the encoder, whole": lambda: encoder.frames(sound),
        "its features": lambda: extract_features(sound, families=("whisper",)),
        "handcrafted features": lambda: extract_features(sound, families=MODEL_FAMILIES),
        "blocks in numpy": lambda: encode(variables, mel, dtype=np.float32),
    }


def medians(timed: dict[str, Way], rounds: int) -> dict[str, float]:
    """Time all ways in turn, and return the median of each in milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in timed}
    for way in timed.values():
        way()
    for _ in range(rounds):
        for name, way in timed.items():
            start = time.perf_counter()
            way()
            times[name].append(1000 * (time.perf_counter() - start))
    found = {name: statistics.median(values) for name, values in times.items()}
    found["blocks alone"] = found["the encoder, whole"] - found["log-mel spectrogram"]
    return found


def fresh_process() -> tuple[float, float, float]:
    """Return the seconds that loading takes, and the MB that it and the first 4 s add."""
    runs = []
    for _ in range(FRESH_RUNS):
        done = subprocess.run(
            [sys.executable, "-c", FRESH], cwd=PROJECT, capture_output=True, text=True, check=True
        )
        runs.append([float(number) for number in done.stdout.split()])
    seconds, loaded, used = (statistics.median(column) for column in zip(*runs, strict=True))
    return seconds, loaded / 1e6, used / 1e6


def main(
    rounds: Annotated[int, typer.Option(min=1, help="Times that each way is timed.")] = 30,
) -> None:
    """Time the encoder's features."""
    result: dict[str, object] = {}
    for seconds in (2.0, 4.0):
        found = medians(ways(seconds), rounds)
        handcrafted = found["handcrafted features"]
        table = Table(box=box.SIMPLE_HEAD, title=f"{seconds:g} s of speech, warm, one core")
        for column in ("way", "median ms", "x handcrafted"):
            table.add_column(column, justify="left" if column == "way" else "right")
        for name, median in found.items():
            table.add_row(name, f"{median:.2f}", f"{median / handcrafted:.2f}")
        Console().print(table)
        result[f"{seconds:g}_s"] = {
            "median_ms": {name: round(median, 2) for name, median in found.items()},
            "features_over_handcrafted": round(found["its features"] / handcrafted, 2),
            "numpy_over_blocks": round(found["blocks in numpy"] / found["blocks alone"], 2),
        }
    load_seconds, loaded, used = fresh_process()
    print(
        f"A fresh process: loaded in {load_seconds:.2f} s, onnxruntime included; {loaded:.0f} MB, "
        f"{used:.0f} MB after 4 s of speech (medians of {FRESH_RUNS})."
    )
    result["load_s"], result["loaded_mb"], result["used_mb"] = (
        round(load_seconds, 3),
        round(loaded),
        round(used),
    )
    print(json.dumps(result))


if __name__ == "__main__":
    typer.run(main)
