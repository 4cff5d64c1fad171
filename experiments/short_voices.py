"""How often spoken digits and single words are refused, and sounds without a voice called speech.

Run ``python experiments/short_voices.py CORPORA``, with the folders ``fsdd``, ``nemo/samples``,
``crema-d/AudioWAV`` and ``esc-50`` in the folder CORPORA. One half of the speakers, and of the
folds of ESC-50, is what the thresholds were chosen on, the other what they are reported on.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soxr
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ser_core.audio import SAMPLE_RATE, decode, to_waveform
from ser_core.voice import activity, prepare, silero

CHOSEN_ON = {"george", "jackson", "lucas", "EB0", "KS0"}  # CREMA-D: speakers of even numbers
HUMAN = {"crying_baby", "sneezing", "breathing", "coughing", "laughing", "snoring"}
WORD_SECONDS = (0.3, 0.45, 0.6)
CHUNKS = 3  # of voice, one after another, with which a word begins
CLIPS = 400  # of nEMO and of CREMA-D each

Array = NDArray[np.float32]


def first_word(clip: Array, seconds: float) -> Array | None:
    """Return the first seconds of voice in a clip, by what the network finds in the whole clip."""
    slowed = soxr.resample(clip, SAMPLE_RATE, activity.SLOWED_RATE, quality="QQ")
    slowed *= np.float32(activity.RMS_LEVELS[0] / np.sqrt(np.mean(np.square(clip))))
    network = silero.load()
    encoded = network.encode(silero.split(np.clip(slowed, -1.0, 1.0)))
    probabilities, _ = network.decode(encoded, silero.initial_state())
    is_voice = probabilities > activity.VOICE_THRESHOLD
    starts = np.flatnonzero(np.convolve(is_voice, np.ones(CHUNKS), "valid") == CHUNKS)
    if not starts.size:
        return None
    start = round(starts[0] * activity.CHUNK_SECONDS * SAMPLE_RATE)
    margin = round(0.05 * SAMPLE_RATE)
    return clip[max(0, start - margin) : start + round(seconds * SAMPLE_RATE)]


def sounds(folder: Path) -> Iterator[tuple[str, bool, Array]]:
    """Return each sound with the name of its row, and whether the thresholds were chosen on it."""
    for path in sorted((folder / "fsdd").glob("*.ogg")):
        yield "spoken digits", path.stem.split("_")[1] in CHOSEN_ON, to_waveform(decode(path))
    for name in ("nemo/samples", "crema-d/AudioWAV"):
        paths = sorted((folder / name).rglob("*.ogg"))
        generator = np.random.default_rng(0)
        for index in np.sort(generator.choice(len(paths), CLIPS, replace=False)):
            speaker = paths[index].stem.split("_")[0]
            chosen_on = speaker in CHOSEN_ON or (speaker.isdigit() and int(speaker) % 2 == 0)
            clip = to_waveform(decode(paths[index]))
            yield f"{name}: whole clips", chosen_on, clip
            word = first_word(clip, WORD_SECONDS[index % 3]) if clip.any() else None
            if word is not None:
                yield f"{name}: single words", chosen_on, word
    with (folder / "esc-50" / "esc50.csv").open() as file:
        for row in csv.DictReader(file):
            path = (folder / "esc-50" / "audio" / row["filename"]).with_suffix(".ogg")
            sound, is_human = to_waveform(decode(path)), row["category"] in HUMAN
            kind = row["category"].replace("_", " ") if is_human else "without a voice"
            yield f"ESC-50: {kind}", row["fold"] == "1", sound
            if not is_human:
                yield "ESC-50: without a voice, first second", row["fold"] == "1", sound[:16_000]


def main(folder: Path) -> None:
    """Count what is refused, or called speech where there is none."""
    answers: dict[str, dict[bool, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for name, chosen_on, sound in sounds(folder):
        answers[name][chosen_on].append(prepare(sound).is_present)
    table = Table(title="Called speech, per cent (number)")
    for column in ("sounds", "chosen on", "reported on"):
        table.add_column(column)
    for name, halves in answers.items():
        cells = (f"{100 * np.mean(halves[on]):.1f} ({len(halves[on])})" for on in (True, False))
        table.add_row(name, *cells)
    Console(width=100).print(table)


if __name__ == "__main__":
    typer.run(main)
