"""Make the picture of `docs/long-recordings.md`: clips joined to one recording, heard and drawn.

``python docs/make_recording_picture.py CLIP...`` writes `docs/pictures/long-recording.png`. The
page's is of these clips of RAVDESS's speech, in this order: Actor_01/03-01-05-02-01-01-01,
Actor_02/03-01-03-02-02-01-02, Actor_01/03-01-04-02-01-01-01, Actor_04/03-01-08-01-01-01-04,
Actor_02/03-01-06-02-02-01-02, Actor_03/03-01-02-01-01-01-03, Actor_04/03-01-07-02-01-01-04,
Actor_06/03-01-05-02-01-01-06, Actor_01/03-01-01-01-01-01-01, Actor_05/03-01-03-02-01-01-05.

The clips themselves are kept nowhere.
"""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import numpy as np
import soundfile
import typer
from PIL import Image

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from ser_core.audio import SAMPLE_RATE, decode, to_waveform  # noqa: E402
from ser_core.cli import batch, inputs  # noqa: E402 — the project's own, wherever it is run from
from ser_core.cli.predict import LIMITS  # noqa: E402
from ser_core.errors import UndertoneError  # noqa: E402

PICTURE = PROJECT / "docs" / "pictures" / "long-recording.png"
LOUDNESS = 0.7  # of full scale, of every clip's peak
COLOURS = 64  # in the picture: of so few, a PNG is small


def main(
    clips: Annotated[list[Path], typer.Argument(help="Recordings of speech.", exists=True)],
    out: Annotated[Path, typer.Option(help="Where the picture goes.")] = PICTURE,
    name: Annotated[str, typer.Option(help="What the recording is called.")] = "conversation.wav",
) -> None:
    """Make the picture of a long recording."""
    parts = [to_waveform(decode(clip)) for clip in clips]
    sound = np.concatenate([LOUDNESS * part / np.abs(part).max() for part in parts])
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        joined = Path(folder, name)
        soundfile.write(joined, sound, SAMPLE_RATE)
        (recording,) = inputs.find([str(joined)], limits=LIMITS)
        question = batch.Question(limits=LIMITS)
        answer = batch.analyse_one(batch.Task(recording=recording, picture=out), question)
    if isinstance(answer, UndertoneError):
        raise answer
    with Image.open(out) as drawn:
        few = drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(out, optimize=True)
    typer.echo(f"{out}: {out.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    typer.run(main)
