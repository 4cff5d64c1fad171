"""How well voices are told from other sounds, beside the plain rule of loudness and liveliness.

Run ``python experiments/speech_presence.py ravdess=FOLDER nemo=FOLDER --sounds FOLDER``. Every kind
of made sound, every folder of real ones, and every alteration of every corpus is a row.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import scipy.signal
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from experiments.sounds import KINDS, make
from ser_core.audio import OPUS, SAMPLE_RATE, decode, round_trip, to_waveform
from ser_core.dataset import add_noise
from ser_core.errors import AudioError
from ser_core.voice import (
    MIN_LEVEL_SD_DB,
    VOICE_FRAME_LENGTH,
    find_active,
    levels,
    prepare,
)

EXCERPT = 4 * SAMPLE_RATE  # samples, of a long real sound
EXCERPTS = 3  # of each file at most, evenly spread
PLAIN_SILENCE_DBFS = -60.0  # what the plain rule took for silence
PLAIN_SPEECH_SECONDS = 0.5  # of loud frames that it asked for
AUDIO_SUFFIXES = {".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav"}

Array = NDArray[np.float32]


def _filtered(edges: float | list[float], kind: str) -> Callable[[Array], Array]:
    sections = scipy.signal.butter(6, edges, kind, fs=SAMPLE_RATE, output="sos")
    return lambda sound: scipy.signal.sosfilt(sections, sound).astype(np.float32)


ALTERATIONS: dict[str, Callable[[Array], Array]] = {
    "as it is": lambda sound: sound,
    "white noise, 20 dB": lambda sound: add_noise(sound, ratio=20.0, seed=0),
    "white noise, 10 dB": lambda sound: add_noise(sound, ratio=10.0, seed=0),
    "telephone, 300-3400 Hz": _filtered([300.0, 3400.0], "bandpass"),
    "low-pass 4 kHz": _filtered(4000.0, "lowpass"),
    "gain -20 dB": lambda sound: sound * np.float32(0.1),
    "Opus 32 kbit/s": lambda sound: round_trip(sound, OPUS, bit_rate=32_000),
}


def plain_rule(waveform: Array) -> bool:
    """Whether it was called speech before: loud, long and lively enough."""
    level = levels(waveform)
    if level.size == 0 or np.percentile(level, 98.0) < PLAIN_SILENCE_DBFS:
        return False
    active = find_active(level)
    if active.sum() * VOICE_FRAME_LENGTH < PLAIN_SPEECH_SECONDS * SAMPLE_RATE:
        return False
    return bool(level[active].std() >= MIN_LEVEL_SD_DB)


def files(folder: Path) -> list[Path]:
    """Find the recordings under a folder."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in AUDIO_SUFFIXES)


def excerpts(path: Path) -> Iterator[Array]:
    """Return up to `EXCERPTS` pieces of a file, or nothing where it cannot be decoded."""
    try:
        sound = to_waveform(decode(path))
    except AudioError as error:
        print(f"{path.name}: {error}", file=sys.stderr)
        return
    last = max(sound.size - EXCERPT, 0)
    for start in sorted({round(last * part) for part in np.linspace(0, 1, EXCERPTS + 2)[1:-1]}):
        yield sound[start : start + EXCERPT]


def rows(
    corpora: dict[str, Path], folders: list[Path], each: int, every: int
) -> Iterator[tuple[str, bool, Iterator[Array]]]:
    """Return each row's name, whether it is voices, and its sounds."""
    for kind in KINDS:
        name = kind.__name__.replace("_", " ")
        yield name, False, (make(kind, seed) for seed in range(1000, 1000 + each))
    for folder in folders:
        yield folder.name, False, (sound for path in files(folder) for sound in excerpts(path))
    for corpus, folder in corpora.items():
        clips = [to_waveform(decode(path)) for path in files(folder)[::every]]
        for name, alter in ALTERATIONS.items():
            yield f"{corpus}: {name}", True, map(alter, clips)


def main(
    corpora: Annotated[list[str] | None, typer.Argument(help="CORPUS=FOLDER of voices.")] = None,
    sounds: Annotated[list[Path] | None, typer.Option(help="Folder of sounds, no voices.")] = None,
    each: Annotated[int, typer.Option(help="Made sounds of each kind.")] = 50,
    every: Annotated[int, typer.Option(help="Take every N-th clip of a corpus.")] = 1,
) -> None:
    """Count what is wrongly heard, and wrongly refused."""
    voices = {
        name: Path(folder) for name, _, folder in (one.partition("=") for one in corpora or [])
    }
    table = Table(title="Is there a voice at all? Errors in per cent")
    for column in ("sounds", "number", "plain rule", "voice activity"):
        table.add_column(column, justify="left" if column == "sounds" else "right")
    totals: dict[bool, list[tuple[bool, bool]]] = {False: [], True: []}
    for name, is_voice, these in rows(voices, sounds or [], each, every):
        wrong = [
            (plain_rule(sound) != is_voice, prepare(sound).is_present != is_voice)
            for sound in these
        ]
        totals[is_voice] += wrong
        _add(table, name, wrong)
    table.add_section()
    _add(table, "all other sounds, heard as a voice", totals[False])
    _add(table, "all voices, refused", totals[True])
    Console(width=100).print(table)


def _add(table: Table, name: str, wrong: list[tuple[bool, bool]]) -> None:
    if wrong:
        plain, found = 100 * np.mean(wrong, axis=0)
        table.add_row(name, str(len(wrong)), f"{plain:.1f}", f"{found:.2f}")


if __name__ == "__main__":
    typer.run(main)
