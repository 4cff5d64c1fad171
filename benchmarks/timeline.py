"""How well changes of emotion are found in joined clips, and how fast, in how much memory.

Run ``python benchmarks/timeline.py ravdess=FOLDER nemo=FOLDER``. Speakers are dealt to three
groups: a model of the default recipe, with few networks and no altered copies, learns from the
first; smoothing was chosen on the second (``--group chosen``); the third is reported. Clips of one
speaker follow one another, trimmed, each of another emotion than the one before, with pauses
between them that say nothing. "Oracle" is what the model says of the true pieces, one by one: it is
told where they are, and no timeline is.

``--speed`` times long recordings instead, each in a fresh process: decoding, and all that is made
at its first use, but not the imports and the loading of the model before that. Memory is the most
that the process ever had. The last line is JSON.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import numpy as np
import soundfile
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ser_core.audio import SAMPLE_RATE, decode, to_waveform
from ser_core.concurrency import Workers
from ser_core.corpora import Clip, find_all
from ser_core.dataset import measure
from ser_core.inference import Timeline, analyse_waveform
from ser_core.models import Calibration, EmotionModel, TrainingOptions, load_default_model
from ser_core.voice import VOICE_FRAME_LENGTH, find_active, levels

GROUPS = ("learned", "chosen", "reported")
CLIPS_IN_A_ROW = 12
SHORTEST_PAUSE, LONGEST_PAUSE = 0.15, 0.8  # seconds
ROOM = 1e-4  # amplitude of the noise in a pause
NETWORKS = 3
TOLERANCES = (0.5, 1.0)  # seconds
MINUTES = (10, 60)
LARGE = 2_000_000_000  # bytes; an hour of WAV is larger than what is taken in by default

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Joined:
    """Clips of one speaker, one after another: where each begins and ends, in samples."""

    waveform: Array
    spans: list[tuple[int, int]]
    emotions: list[str]

    @property
    def changes(self) -> NDArray[np.float64]:
        """Where the middles of the pauses are, in seconds."""
        ends = [(one[1] + other[0]) / 2 for one, other in pairwise(self.spans)]
        return np.array(ends) / SAMPLE_RATE


def trimmed(clip: Clip) -> Array:
    """Read a clip without the silence before and after it."""
    waveform = to_waveform(decode(clip.path))
    active = np.flatnonzero(find_active(levels(waveform)))
    return waveform[active[0] * VOICE_FRAME_LENGTH : (active[-1] + 1) * VOICE_FRAME_LENGTH]


def join(clips: Sequence[Clip], generator: np.random.Generator) -> Joined:
    """Draw clips of one speaker and join them."""
    parts: list[Array] = []
    spans, emotions, length = [], [], 0
    for _ in range(CLIPS_IN_A_ROW):
        others = [clip for clip in clips if not emotions or clip.emotion != emotions[-1]]
        clip = others[generator.integers(len(others))]
        sound = trimmed(clip)
        pause = round(generator.uniform(SHORTEST_PAUSE, LONGEST_PAUSE) * SAMPLE_RATE)
        room = ROOM * generator.standard_normal(pause).astype(np.float32)
        parts += [sound, room]
        spans.append((length, length + sound.size))
        emotions.append(clip.emotion)
        length += sound.size + pause
    return Joined(np.concatenate(parts), spans, emotions)


def group_of(clips: Sequence[Clip], group: str) -> list[Clip]:
    """Return the clips of every third speaker."""
    speakers = sorted({clip.speaker for clip in clips})
    chosen = set(speakers[GROUPS.index(group) :: len(GROUPS)])
    return [clip for clip in clips if clip.speaker in chosen]


def compare(joined: Joined, timeline: Timeline) -> dict[str, list[float]]:
    """Measure a timeline against the truth."""
    found = np.array([segment.start for segment in timeline.segments[1:]] or [np.inf])
    distance = np.abs(joined.changes[:, None] - found).min(axis=1)
    back = np.abs(joined.changes[:, None] - found).min(axis=0)
    right, silent = [], []
    for (start, end), emotion in zip(joined.spans, joined.emotions, strict=True):
        for second in np.arange(start, end, VOICE_FRAME_LENGTH) / SAMPLE_RATE:
            here = next(one for one in timeline.segments if one.end > second)
            silent.append(float(here.prediction is None))
            right.append(float(here.prediction is not None and here.prediction.emotion == emotion))
    return {
        "error": np.minimum(distance, 5.0).tolist(),
        **{f"within_{limit}": (distance <= limit).tolist() for limit in TOLERANCES},
        "true_of_found": (back <= TOLERANCES[-1]).tolist() if np.isfinite(found[0]) else [],
        "accuracy": right,
        "no_speech": silent,
        "segments": [len(timeline.segments) / len(joined.spans)],
    }


def oracle(joined: Joined, model: EmotionModel) -> list[float]:
    """Classify the true pieces one by one, each counted by its frames."""
    right: list[float] = []
    for (start, end), emotion in zip(joined.spans, joined.emotions, strict=True):
        prediction = analyse_waveform(joined.waveform[start:end], model=model).prediction
        is_right = prediction is not None and prediction.emotion == emotion
        right += [float(is_right)] * ((end - start) // VOICE_FRAME_LENGTH)
    return right


def learn(clips: Sequence[Clip], cache: Path | None) -> EmotionModel:
    """Train a quick model, as honest about its doubt as the default model is."""
    data = measure(clips, families=load_default_model().families, cache=cache, workers=Workers(1))
    temperature = load_default_model().calibration.temperature
    options = TrainingOptions(n_networks=NETWORKS, chains=())
    model = EmotionModel.fit(**data.training_arrays(votes=options.votes), options=options)
    return replace(model, calibration=Calibration(temperature))


def accuracy(clips: list[Clip], group: str, rows: int, cache: Path | None) -> dict[str, float]:
    """Trace joined clips of speakers whom the model has not heard."""
    model = learn(group_of(clips, "learned"), cache)
    generator = np.random.default_rng(0)
    figures: dict[str, list[float]] = {"oracle": []}
    for speaker in sorted({clip.speaker for clip in group_of(clips, group)}):
        own = [clip for clip in clips if clip.speaker == speaker]
        for _ in range(rows):
            joined = join(own, generator)
            found = compare(joined, analyse_waveform(joined.waveform, model=model).timeline)
            found["oracle"] = oracle(joined, model)
            for name, values in found.items():
                figures.setdefault(name, []).extend(values)
    return {name: round(float(np.mean(values)), 3) for name, values in figures.items()}


_RUN = """
import json, os, re, sys, time
from pathlib import Path
import psutil
from ser_core.audio import AudioLimits
from ser_core.cli.batch import HELPER_WORTH_AFTER
from ser_core.concurrency import HelperProcess
from ser_core.inference import analyse
from ser_core.models import load_default_model
def most_megabytes(number):
    # The most by getrusage would be that of the process that started this one, if that had more.
    status = Path(f"/proc/{{number}}/status").read_text()
    return int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024
load_default_model()
limits = AudioLimits(max_bytes={limit}, max_seconds=7200)
start, before = time.perf_counter(), time.process_time()
with HelperProcess(start_after=HELPER_WORTH_AFTER) as helper:
    analyse(sys.argv[1], limits=limits, helper=helper if {helped} else None)
    wall, spent = time.perf_counter() - start, time.process_time() - before
    # The helper is forked by a server, which is this process's child and does nothing itself.
    processes = psutil.Process().children(recursive=True)
    helpers = [one for one in processes if one.ppid() != os.getpid()]
    spent += sum(sum(one.cpu_times()[:2]) for one in helpers)
    there = sum(most_megabytes(one.pid) for one in helpers)
print(json.dumps([wall, spent, most_megabytes(os.getpid()), there]))
"""


def timed(path: Path, *, helped: bool) -> tuple[float, ...]:
    """Trace a file in a fresh process: wall seconds, CPU seconds, peak megabytes, the helper's."""
    program = _RUN.format(limit=LARGE, helped=helped)
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], check=True, capture_output=True, text=True
    )
    return tuple(json.loads(done.stdout))


def speed(clips: list[Clip]) -> dict[str, list[float]]:
    """Time long recordings, with a helper and without."""
    generator = np.random.default_rng(0)
    own = [clip for clip in clips if clip.speaker == clips[0].speaker]
    minute = np.concatenate([join(own, generator).waveform for _ in range(3)])
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for minutes in MINUTES:
            sound = np.resize(minute, minutes * 60 * SAMPLE_RATE)
            for kind, subtype in (("OGG", "OPUS"), ("WAV", "PCM_16")):
                path = Path(folder, f"{minutes}.{kind.lower()}")
                with soundfile.SoundFile(path, "w", SAMPLE_RATE, 1, subtype, format=kind) as file:
                    for part in np.array_split(sound, minutes):
                        file.write(part)
                alone = timed(path, helped=False)
                figures[f"{minutes} min {subtype}"] = [*timed(path, helped=True), *alone[:3]]
    return figures


def main(
    corpora: Annotated[list[str], typer.Argument(help="CORPUS=FOLDER.")],
    group: Annotated[str, typer.Option(help="Whose speech: chosen or reported.")] = "reported",
    rows: Annotated[int, typer.Option(help="Joined recordings of each speaker.")] = 2,
    cache: Annotated[Path | None, typer.Option(help="Where features are kept.")] = None,
    with_speed: Annotated[bool, typer.Option("--speed", help="Time it instead.")] = False,
) -> None:
    """Print a table, and the same as one line of JSON."""
    clips = find_all(corpora)
    table = Table()
    if with_speed:
        figures = speed(clips)
        for column in (
            *("recording", "s", "CPU s", "MB", "helper MB"),
            *("alone: s", "CPU s", "MB", "x real time"),
        ):
            table.add_column(column, justify="right")
        for name, numbers in figures.items():
            seconds = 60 * int(name.split()[0])
            shown = [f"{number:.1f}" for number in numbers]
            table.add_row(name, *shown, f"{seconds / numbers[0]:.0f}")
        Console().print(table)
        print(json.dumps({name: [round(one, 2) for one in row] for name, row in figures.items()}))
        return
    found = accuracy(clips, group, rows, cache)
    table.add_column("figure")
    table.add_column(f"{group} speakers", justify="right")
    for name, number in found.items():
        table.add_row(name.replace("_", " "), f"{number:.3f}")
    Console().print(table)
    print(json.dumps(found))


if __name__ == "__main__":
    typer.run(main)
