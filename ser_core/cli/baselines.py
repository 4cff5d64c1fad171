"""Baselines that a command line names: a folder of recordings, or a file of means."""

from pathlib import Path

from ser_core.audio import DEFAULT_LIMITS
from ser_core.cli import inputs
from ser_core.cli.terminal import warn
from ser_core.errors import BaselineError
from ser_core.inference import measure_baseline, read_recording
from ser_core.models import Baseline, EmotionModel, load_baseline

SENTENCE = "The kettle is on the table, and somebody is at the door."
N_TAKES = 3  # of the sentence; one more changes little


def read_baseline(path: Path, *, model: EmotionModel) -> Baseline:
    """Return the ordinary voice in a folder of recordings, or in a file that was kept.

    Raises
    ------
    AudioError
        If a recording cannot be read.
    BaselineError
        If there is no speech, or the file is no baseline.
    """
    if not path.is_dir():
        return load_baseline(path)
    waveforms = []
    for recording in inputs.find([str(path)], limits=DEFAULT_LIMITS):
        if not isinstance(recording.content, Path):
            raise BaselineError(f"There are no recordings in {path} to know a voice by.")
        waveforms.append(read_recording(recording.content))
    return measure_baseline(waveforms, model=model)


def note_baseline(path: Path, baseline: Baseline, *, hidden: bool) -> None:
    """Print that answers are compared with a known voice."""
    clips = f"{baseline.n_clips} recording{'s' if baseline.n_clips > 1 else ''}"
    if not hidden:
        warn(f"Compared with the ordinary voice in {path} ({clips}).")
