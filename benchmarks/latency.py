"""How long a voice note takes from its bytes to a prediction, beside the tutorial recipe.

Run ``python benchmarks/latency.py``. All ways are timed in turn in one run, on one core, warm, so
that the ratios hold on a noisy machine. The last line is JSON.

The tutorial recipe is the one that most introductions to speech emotion recognition pass on: pydub
converts the file to 16 kHz mono WAV by ffmpeg (which has to be installed for this), librosa loads
it, the means over time of 40 MFCCs, chroma and mel (five families: and of contrast, and tonnetz of
the harmonic part) go into an MLP of 300 units.
"""

import os
import shutil

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"

import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import librosa
import numpy as np
import psutil
import soundfile
import typer
from pydub import AudioSegment
from rich import box
from rich.console import Console
from rich.table import Table
from sklearn.neural_network import MLPClassifier

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ser_core.audio import decode, to_waveform
from ser_core.emotions import EMOTION_NAMES
from ser_core.features import extract_features
from ser_core.inference import analyse, analyse_waveform
from ser_core.models import load_default_model
from ser_core.voice import prepare
from tests.voices import SAMPLE_RATE, talk

SECONDS = 4.0
VOICE_MESSAGE_RATE = 48_000  # Hz, of a Discord voice message
FRESH_RUNS = 5
FIVE = ("mfcc", "mel", "chroma", "contrast", "tonnetz")  # what the longer tutorial recipe takes

Way = Callable[[], object]


def voice_message(path: Path | None) -> bytes:
    """Return the bytes of a 4 s Ogg/Opus note: of a recording, or of a made voice."""
    sound = talk(SECONDS, glide=0.1) if path is None else to_waveform(decode(path))
    sound = np.resize(sound, round(SECONDS * SAMPLE_RATE))
    fast = librosa.resample(
        sound, orig_sr=SAMPLE_RATE, target_sr=VOICE_MESSAGE_RATE, res_type="soxr_hq"
    )
    buffer = io.BytesIO()
    soundfile.write(buffer, fast, VOICE_MESSAGE_RATE, format="OGG", subtype="OPUS")
    return buffer.getvalue()


def tutorial_vector(note: Path, folder: Path, *, families: int) -> np.ndarray:
    """Extract the tutorial's features of a file."""
    wav = folder / "converted.wav"
    segment = AudioSegment.from_file(note, format="ogg", codec="libopus")
    segment.set_frame_rate(SAMPLE_RATE).set_channels(1).export(wav, format="wav")
    waveform, sample_rate = librosa.load(wav, sr=None)
    stft = np.abs(librosa.stft(waveform))
    parts = [
        librosa.feature.mfcc(y=waveform, sr=sample_rate, n_mfcc=40),
        librosa.feature.chroma_stft(S=stft, sr=sample_rate),
        librosa.feature.melspectrogram(y=waveform, sr=sample_rate),
    ]
    if families == 5:
        parts.append(librosa.feature.spectral_contrast(S=stft, sr=sample_rate))
        harmonic = librosa.effects.harmonic(waveform)
        parts.append(librosa.feature.tonnetz(y=harmonic, sr=sample_rate))
    return np.concatenate([part.mean(axis=1) for part in parts])


def tutorial_classifier(n_features: int) -> MLPClassifier:
    """Return the tutorial's MLP, fitted to anything: what it answers does not matter here."""
    generator = np.random.default_rng(0)
    with warnings.catch_warnings(action="ignore"):
        return MLPClassifier((300,), max_iter=2).fit(
            generator.standard_normal((160, n_features)), np.resize(EMOTION_NAMES, 160)
        )


def in_turn(ways: dict[str, Way], rounds: int) -> dict[str, list[float]]:
    """Time every way once a round, after a warm-up, in milliseconds."""
    for way in ways.values():
        way()
        way()
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            times[name].append(1000 * (time.perf_counter() - start))
    return times


def fresh_process(note: Path) -> list[float]:
    """Time a new process from its start to its first prediction, in seconds."""
    program = "import sys; from ser_core.inference.analysis import analyse; analyse(sys.argv[1])"
    times = []
    for _ in range(FRESH_RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", program, str(note)], check=True)
        times.append(time.perf_counter() - start)
    return times


def main(
    recording: Annotated[
        Path | None, typer.Argument(help="A recording; a made voice if none.")
    ] = None,
    rounds: Annotated[int, typer.Option(help="How often each way is timed.")] = 30,
) -> None:
    """Time a 4 s voice note's way from bytes to prediction."""
    if shutil.which("ffmpeg") is None:
        raise SystemExit(
            "The tutorial recipe needs ffmpeg: install it, as in 'apt install ffmpeg'."
        )
    data = voice_message(recording)
    model = load_default_model()
    waveform = to_waveform(decode(data))
    prepared = prepare(waveform).waveform
    vector = extract_features(prepared, families=model.families)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        note = folder / "note.ogg"
        note.write_bytes(data)
        three = tutorial_classifier(tutorial_vector(note, folder, families=3).size)
        five = tutorial_classifier(tutorial_vector(note, folder, families=5).size)
        ways: dict[str, Way] = {
            "decode alone": lambda: decode(data),
            "undertone, whole": lambda: analyse(data, model=model),
            "  from the waveform": lambda: analyse_waveform(waveform, model=model),
            "  all feature families alone": lambda: extract_features(prepared),
            "  features alone": lambda: extract_features(prepared, families=model.families),
            "  predict alone": lambda: model.predict(vector),
            "undertone, the five families": lambda: model.predict(
                vector
                + 0
                * extract_features(prepare(to_waveform(decode(data))).waveform, families=FIVE)[0]
            ),
            "tutorial, three families": lambda: three.predict(
                [tutorial_vector(note, folder, families=3)]
            ),
            "tutorial, five families": lambda: five.predict(
                [tutorial_vector(note, folder, families=5)]
            ),
        }
        times = in_turn(ways, rounds)
        fresh = fresh_process(note)
    report(times, fresh)


def report(times: dict[str, list[float]], fresh: list[float]) -> None:
    """Print a table, and the same as one line of JSON."""
    medians = {name: statistics.median(values) for name, values in times.items()}
    whole = medians["undertone, whole"]
    table = Table(box=box.SIMPLE_HEAD, title="A 4 s Ogg/Opus note, warm, one core")
    table.add_column("way")
    for column in ("median ms", "fastest ms", "slowest ms", "x undertone"):
        table.add_column(column, justify="right")
    for name, values in times.items():
        row = (medians[name], min(values), max(values), medians[name] / whole)
        table.add_row(name, *(f"{value:.2f}" for value in row))
    Console().print(table)
    first = statistics.median(fresh)
    memory = psutil.Process().memory_info().rss / 1e6
    print(f"First prediction of a fresh process: {first:.2f} s (median of {len(fresh)}).")
    result = {
        "median_ms": {name.strip(): round(value, 3) for name, value in medians.items()},
        "whole_over_decode": round(whole / medians["decode alone"], 2),
        "tutorial_three_over_whole": round(medians["tutorial, three families"] / whole, 2),
        "tutorial_five_over_whole": round(medians["tutorial, five families"] / whole, 2),
        "tutorial_five_over_same_families": round(
            medians["tutorial, five families"] / medians["undertone, the five families"], 2
        ),
        "fresh_process_s": round(first, 2),
        "memory_with_tutorial_mb": round(memory),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    typer.run(main)
