"""Analysis of many recordings, in their order: in this process, or in several.

One recording is analysed in this process. Several are analysed in others, so that one that makes a
decoder crash gets a sentence, and the rest their answers.
"""

import contextlib
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from joblib import cpu_count
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE, AudioLimits
from ser_core.cli.inputs import Recording
from ser_core.cli.timeline_formats import TimelineFormat, write
from ser_core.concurrency import DIED, HelperProcess, in_processes
from ser_core.errors import AudioError, OutputError, UndertoneError, WorkerError
from ser_core.inference import FILE_OPTIONS, Analysis, analyse
from ser_core.models import Baseline, EmotionModel, load_model

HELPER_WORTH_AFTER = round(60.0 / FILE_OPTIONS.hop)
"""Windows of a recording: of more than a minute, a process that takes half of them is worth it."""

Progress = Callable[[str, float], None]
"""Called with a recording's name and how many seconds of it were analysed so far."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """How every recording is analysed.

    Parameters
    ----------
    model_path
        Path of a model of one's own; None for the default model.
    limits
        Maximum size and duration of each recording.
    baseline
        The ordinary voice of who speaks; None if it is not known.
    timeline_format
        Format of the files that `Task.labels` names.
    """

    model_path: Path | None = None
    baseline: Baseline | None = None
    limits: AudioLimits
    timeline_format: TimelineFormat | None = None


@dataclass(frozen=True, kw_only=True)
class Task:
    """A recording, and the files to write.

    Parameters
    ----------
    recording
        The recording to analyse.
    labels
        File for the timeline; None for none.
    picture
        File for the picture; None for none.
    """

    recording: Recording
    labels: Path | None = None
    picture: Path | None = None


def analyse_all(
    tasks: Sequence[Task],
    question: Question,
    *,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> Generator[Analysis | UndertoneError, None, None]:
    """Analyse recordings; yield what is heard in each as soon as it is its turn.

    Parameters
    ----------
    tasks
        The recordings.
    question
        How every recording is analysed.
    n_jobs
        Number of processes; None for as many as there are cores.
    progress
        Called with the progress of the recording, if there is only one.

    Raises
    ------
    ModelError
        If the model cannot be loaded.
    """
    if len(tasks) == 1:
        yield _analyse_here(tasks[0], question, n_jobs, progress)
        return
    n_processes = min(n_jobs or cpu_count(), len(tasks))
    calls = [(task, question) for task in tasks]
    with in_processes(analyse_one, calls, n_processes=n_processes) as futures:
        for future in futures:
            try:
                yield future.result()
            except DIED as cause:
                error = WorkerError(
                    "This file stopped the process that read it, perhaps for want of memory: save "
                    "it in another form, as WAV or MP3."
                )
                error.__cause__ = cause
                yield error


def _analyse_here(
    task: Task, question: Question, n_jobs: int | None, progress: Progress | None
) -> Analysis | UndertoneError:
    with contextlib.ExitStack() as stack:
        helper = None
        if n_jobs != 1:
            helper = stack.enter_context(HelperProcess(start_after=HELPER_WORTH_AFTER))
        return analyse_one(task, question, helper=helper, progress=progress)


def analyse_one(
    task: Task,
    question: Question,
    *,
    helper: HelperProcess | None = None,
    progress: Progress | None = None,
) -> Analysis | UndertoneError:
    """Analyse one recording, and write what is to be written; errors are returned, not raised.

    Parameters
    ----------
    task
        The recording.
    question
        How it is analysed.
    helper
        The process that measures half of the windows of a long recording, if there is one.
    progress
        Called with the progress of the recording.

    Raises
    ------
    ModelError
        If the model cannot be loaded.
    """
    model = _model(question.model_path)
    if question.baseline is not None:
        model = model.with_baseline(question.baseline)
    try:
        return _analyse(task, question, model, helper, progress)
    except (AudioError, OutputError) as error:
        return error.with_traceback(None)  # which would keep the sound in memory


def _analyse(
    task: Task,
    question: Question,
    model: EmotionModel,
    helper: HelperProcess | None,
    progress: Progress | None,
) -> Analysis:
    recording = task.recording
    if isinstance(recording.content, AudioError):
        raise recording.content
    outline = None
    if task.picture is not None:
        from ser_core.plots import SoundOutline, draw_recording  # takes a while; not always wanted

        outline = SoundOutline()
    n_samples = 0

    def listen_in(waveform: NDArray[np.float32]) -> None:
        nonlocal n_samples
        n_samples += waveform.size
        if outline is not None:
            outline.feed(waveform)
        if progress is not None:
            progress(recording.shown_name, n_samples / SAMPLE_RATE)

    analysis = analyse(
        recording.content, model=model, limits=question.limits, helper=helper, listen_in=listen_in
    )
    if task.labels is not None and question.timeline_format is not None:
        with _writing(task.labels):
            text = write(analysis.timeline, question.timeline_format)
            task.labels.write_text(text, encoding="utf-8", newline="\n")
    if task.picture is not None and outline is not None:
        name = Path(recording.shown_name).name
        picture = draw_recording(outline, analysis.timeline, analysis.windows, name=name)
        with _writing(task.picture):
            picture.save(task.picture)
    return replace(analysis, windows=())


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Make a file's folder; turn what the system raises into an error for people."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as cause:
        raise OutputError(
            f"{path} cannot be written ({cause.strerror}): choose another place."
        ) from cause


@lru_cache(maxsize=1)
def _model(path: Path | None) -> EmotionModel:
    """Load a model, once in a process."""
    return load_model(path)
