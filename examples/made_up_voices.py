"""Made-up voices, for the examples that are run without recordings of one's own.

They are a buzz through five resonances, cut into syllables: enough for a voice detector. What the
"emotions" are is made up too (a pitch and a pace for each), so figures on them say nothing about
how well a model does on people.

``python examples/made_up_voices.py`` writes ``out/note.ogg``. The ``note.ogg`` beside this file was
written by it; another run gives the same sound in other bytes, for each Ogg stream has a random
number of its own.
"""

import contextlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile
from numpy.typing import NDArray

from ser_core import UndertoneError

SAMPLE_RATE = 16_000  # Hz
FORMANTS = ((730, 90), (1090, 110), (2440, 160), (3500, 200), (4500, 250))  # Hz, bandwidth in Hz
STYLES = {"angry": (1.3, 5.5), "happy": (1.7, 4.0), "sad": (0.8, 2.5)}
"""By emotion: the pitch as a multiple of the speaker's own, and the syllables a second."""


def talk(seconds: float, *, pitch: float, pace: float, seed: int = 0) -> NDArray[np.float32]:
    """Return syllables of one vowel with the hiss of consonants between them, (n_samples,)."""
    random = np.random.default_rng(seed)
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    buzz = scipy.signal.sawtooth(2 * np.pi * pitch * time) + 0.02 * random.standard_normal(
        time.size
    )
    for formant, bandwidth in FORMANTS:
        pole = np.exp(np.pi * (2j * formant - bandwidth) / SAMPLE_RATE)
        buzz = scipy.signal.lfilter([1.0], np.poly([pole, pole.conjugate()]).real, buzz)
    swell = np.cos(2 * np.pi * pace * time)  # 1 between syllables, -1 within them
    hiss = 0.1 * random.standard_normal(time.size) * np.maximum(swell, 0.0) ** 4
    vowel = buzz / np.abs(buzz).max() * (0.55 - 0.45 * swell)
    return (0.3 * (vowel + hiss)).astype(np.float32)


def write_folders(folder: Path, *, n_speakers: int = 6, n_takes: int = 3) -> None:
    """Write clips as ``EMOTION/SPEAKER_TAKE.wav`` below a folder."""
    random = np.random.default_rng(0)
    for emotion, (height, pace) in STYLES.items():
        (folder / emotion).mkdir(parents=True, exist_ok=True)
        for speaker in range(n_speakers):
            for take in range(n_takes):
                pitch = (100 + 20 * speaker) * height * random.uniform(0.8, 1.25)
                clip = talk(1.5, pitch=pitch, pace=pace * random.uniform(0.7, 1.4), seed=take)
                soundfile.write(folder / emotion / f"{speaker:02}_{take}.wav", clip, SAMPLE_RATE)


@contextlib.contextmanager
def folder_or_made_up(arguments: Sequence[str]) -> Iterator[Path]:
    """Yield the folder that was named on the command line, or else one of made-up voices.

    An error that the library expects, such as too few speakers, ends the program with its sentence.
    """
    try:
        if arguments:
            yield Path(arguments[0])
            return
        with tempfile.TemporaryDirectory() as folder:
            write_folders(Path(folder))
            print("No folder was named: these voices are made up.")
            yield Path(folder)
    except UndertoneError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    slow, fast = talk(7, pitch=120, pace=2.5), talk(5, pitch=340, pace=6, seed=1)
    silence = np.zeros(2 * SAMPLE_RATE, dtype=np.float32)
    note = np.concatenate([slow, silence, fast])
    out = Path("out/note.ogg")
    out.parent.mkdir(exist_ok=True)
    soundfile.write(out, note, SAMPLE_RATE, subtype="OPUS")
    print(f"Wrote {out}.")
