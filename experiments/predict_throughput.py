"""How many files a second `predict` hears, over the cores, after its processes have started.

Run ``python experiments/predict_throughput.py FOLDER``, or with clips for the folder: they are cut
or repeated to four seconds, written as FLAC to a temporary folder, and analysed as `predict` does.
Cores that others keep busy are accounted for by files per second of processor time, which is
measured too. The last line is JSON.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"

import contextlib
import cProfile
import json
import pstats
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import joblib
import numpy as np
import psutil
import soundfile
import typer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ser_core.audio import SAMPLE_RATE, decode, segments, to_waveform
from ser_core.cli import batch, inputs
from ser_core.cli.predict import LIMITS
from ser_core.features import extraction
from ser_core.inference import Analysis
from ser_core.models import EmotionModel
from ser_core.voice import preparation

SECONDS = 4
N_WARMING = 40  # files, before the clock starts
STEPS = {
    "decode": (segments.to_waveforms,),
    "prepare": (preparation.prepare,),
    "extract": (extraction.extract_features,),
    "predict": (EmotionModel.predict,),
}
"""What a file's time goes into; what is left is reading and joining."""


def write_files(sources: list[str], folder: Path, n_files: int) -> None:
    """Write so many files of four seconds."""
    clips = inputs.find(sources, limits=LIMITS)
    if not clips:
        raise typer.BadParameter("Name recordings of speech.")
    chosen = [
        clips[i] for i in np.linspace(0, len(clips) - 1, min(n_files, len(clips))).astype(int)
    ]
    for number in range(n_files):
        waveform = to_waveform(decode(chosen[number % len(chosen)].content))
        sound = np.resize(waveform, SECONDS * SAMPLE_RATE)
        soundfile.write(folder / f"{number:05}.flac", sound, SAMPLE_RATE)


def processor_seconds() -> float:
    """Return what this process and those that it started have computed so far."""
    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def time_files(tasks: list[batch.Task], n_jobs: int) -> tuple[float, float]:
    """Analyse files in processes that are warm; return seconds by the clock and of processors."""
    question = batch.Question(limits=LIMITS)
    warming = [tasks[number % len(tasks)] for number in range(N_WARMING)]
    # Closed only after the measurement: the time of a process that has ended is not counted.
    with contextlib.closing(
        batch.analyse_all([*warming, *tasks], question, n_jobs=n_jobs)
    ) as answers:
        for _ in warming:
            next(answers)
        before, start = processor_seconds(), time.perf_counter()
        n_analysed = sum(isinstance(next(answers), Analysis) for _ in tasks)
        seconds, computed = time.perf_counter() - start, processor_seconds() - before
    if n_analysed < len(tasks):
        raise typer.BadParameter(f"{len(tasks) - n_analysed} of the files cannot be analysed.")
    return seconds, computed


def shares(tasks: list[batch.Task]) -> dict[str, float]:
    """Profile one process; return which share of the time each step takes."""
    question = batch.Question(limits=LIMITS)
    batch.analyse_one(tasks[0], question)
    profile = cProfile.Profile()
    profile.enable()
    for task in tasks:
        batch.analyse_one(task, question)
    profile.disable()
    statistics = pstats.Stats(profile).stats
    whole = next(value[3] for key, value in statistics.items() if key[2] == "analyse_one")
    found = {}
    for step, functions in STEPS.items():
        codes = [function.__code__ for function in functions]
        keys = {(code.co_filename, code.co_firstlineno, code.co_name) for code in codes}
        found[step] = sum(statistics[key][3] for key in keys if key in statistics) / whole
    return found


def main(
    sources: Annotated[list[str], typer.Argument(help="Recordings of speech, or folders.")],
    files: Annotated[int, typer.Option(min=1, help="How many.")] = 1000,
    jobs: Annotated[int, typer.Option(min=1, help="How many processes.")] = joblib.cpu_count(),
) -> None:
    """Time many files of four seconds."""
    with tempfile.TemporaryDirectory() as name:
        write_files(sources, Path(name), files)
        tasks = [batch.Task(recording=one) for one in inputs.find([name], limits=LIMITS)]
        seconds, computed = time_files(tasks, jobs)
        found = shares(tasks[: min(files, 100)])
    per_second, per_computed = files / seconds, files / computed
    print(f"{files} files of {SECONDS} s over {jobs} processes: {per_second:.1f} files a second.")
    print(
        f"{per_computed:.1f} files for each second of a processor; load {os.getloadavg()[0]:.1f}."
    )
    print("Of one file's time: " + ", ".join(f"{k} {100 * v:.0f} %" for k, v in found.items()))
    result = {
        "files_per_second": round(per_second, 1),
        "files_per_processor_second": round(per_computed, 1),
        "jobs": jobs,
        "load": round(os.getloadavg()[0], 2),
        "shares": {name: round(share, 3) for name, share in found.items()},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    typer.run(main)
