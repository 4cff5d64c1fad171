"""Many recordings, one answer each, in their order: here, or over the cores of the machine.

The first are heard in this process; only if the rest would take longer than other processes take to
start are those started. A recording that cannot be heard gives its error in place of an answer.
"""

import contextlib
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np
from joblib import Parallel, cpu_count, delayed, parallel_config
from joblib.externals.loky.process_executor import TerminatedWorkerError
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ser_core.analysis import Analysis, analyse_waveform
from ser_core.audio import SAMPLE_RATE, AudioLimits, decode, decode_through, to_waveform
from ser_core.emotions import NO_SPEECH
from ser_core.errors import AudioError, AudioTooLongError, OutputError, UndertoneError, WorkerError
from ser_core.helper import Helper
from ser_core.inputs import Recording
from ser_core.listener import Heard, Listener
from ser_core.model import EmotionModel, load_default_model, load_model
from ser_core.prediction import Prediction
from ser_core.segments import AudioSegment, to_waveforms
from ser_core.sketch import Sketch
from ser_core.stretches import Timeline
from ser_core.timeline import FILE_OPTIONS
from ser_core.timeline_formats import TimelineFormat, write

STARTING_SECONDS = 4.0
"""What starting processes costs, about: each imports the libraries and reads the model."""

LONGEST_WHOLE = 600 * SAMPLE_RATE
"""Samples up to which a recording with a timeline is heard as a whole too, as one without.

Of a longer one the whole is the mean of its windows, so that its sound need not be kept.
"""


Told = Callable[[str, float], None]
"""Is told of which recording, by its name, how many seconds were heard so far."""


@dataclass(frozen=True)
class Answer:
    """What is heard in a recording.

    Parameters
    ----------
    analysis
        Of the recording as a whole.
    timeline
        None if it was not asked for.
    """

    analysis: Analysis
    timeline: Timeline | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of every recording.

    Parameters
    ----------
    model_path
        Of a model of one's own; None for the default model.
    limits
        On the size and the length of each.
    wants_timeline
        Whether to hear how the emotion goes too.
    timeline_format
        Of the files that `Task.labels` names.
    """

    model_path: Path | None = None
    limits: AudioLimits
    wants_timeline: bool = False
    timeline_format: TimelineFormat | None = None


@dataclass(frozen=True, kw_only=True)
class Task:
    """One recording, and where to write what.

    Parameters
    ----------
    recording
        What to listen to.
    labels
        A file for its timeline; None for none.
    picture
        A file for its picture; None for none.
    """

    recording: Recording
    labels: Path | None = None
    picture: Path | None = None


def listen_to_all(
    tasks: Sequence[Task],
    question: Question,
    *,
    n_jobs: int | None = None,
    told: Told | None = None,
    helper: Helper | None = None,
) -> Generator[Answer | UndertoneError, None, None]:
    """Listen to recordings; give what is heard in each as soon as it is its turn.

    Parameters
    ----------
    tasks
        The recordings.
    question
        What to hear in them.
    n_jobs
        How many processes; None for as many as there are cores, if it is worth starting them.
    told
        Told how far a timeline is, by this process and not by others.
    helper
        What does half of the work on a timeline in this process.

    Raises
    ------
    WorkerError
        If another process dies.
    ModelError
        If the model cannot be loaded.
    """
    n_processes = n_jobs or cpu_count()
    n_done = 0
    if n_processes == 1 or n_jobs is None:
        start = time.perf_counter()
        with threadpool_limits(1):
            for task in tasks:
                if n_done and n_processes > 1:
                    seconds_left = (len(tasks) - n_done) * (time.perf_counter() - start) / n_done
                    if seconds_left * (1 - 1 / n_processes) > STARTING_SECONDS and n_done > 1:
                        break
                yield listen(task, question, told=told, helper=helper)
                n_done += 1
    if n_done < len(tasks):
        yield from _in_parallel(tasks[n_done:], question, n_processes)


def listen(
    task: Task, question: Question, *, told: Told | None = None, helper: Helper | None = None
) -> Answer | UndertoneError:
    """Listen to one recording, and write what is to be written; errors are given, not raised.

    Parameters
    ----------
    task
        The recording.
    question
        What to hear in it.
    told
        Told how far its timeline is.
    helper
        What does half of the work on its timeline.

    Raises
    ------
    ModelError
        If the model cannot be loaded.
    """
    model = _model(question.model_path)
    try:
        return _listen(task, question, model, told, helper)
    except AudioTooLongError as error:
        if question.wants_timeline:
            return error.with_traceback(None)
        return AudioTooLongError(f"{error} Or hear it from when to when, with --timeline.")
    except (AudioError, OutputError) as error:
        return error.with_traceback(None)  # which would keep the sound in memory


def _listen(
    task: Task,
    question: Question,
    model: EmotionModel,
    told: Told | None,
    helper: Helper | None,
) -> Answer:
    content = task.recording.content
    if isinstance(content, AudioError):
        raise content
    if not question.wants_timeline:
        return Answer(
            analyse_waveform(to_waveform(decode(content, limits=question.limits)), model=model)
        )
    hearing = decode_through(
        content,
        lambda segments: _hear(
            segments,
            model,
            wants_picture=task.picture is not None,
            told=lambda seconds: told(task.recording.name, seconds) if told else None,
            helper=helper,
        ),
        limits=question.limits,
    )
    if task.labels is not None and question.timeline_format is not None:
        with _writing(task.labels):
            text = write(hearing.timeline, question.timeline_format)
            task.labels.write_text(text, encoding="utf-8", newline="\n")
    if task.picture is not None:
        from ser_core import recording_picture  # takes a while, and is not always wanted

        name = Path(task.recording.name).name
        picture = recording_picture.recording(
            hearing.sketch, hearing.timeline, hearing.heard, name=name
        )
        with _writing(task.picture):
            picture.save(task.picture)
    return Answer(hearing.analysis, hearing.timeline)


@dataclass(frozen=True, eq=False)
class _Hearing:
    """What is kept of a recording of any length; of the sound, only a sketch."""

    analysis: Analysis
    timeline: Timeline
    heard: Sequence[Heard]
    sketch: Sketch


def _hear(
    segments: Iterator[AudioSegment],
    model: EmotionModel,
    *,
    wants_picture: bool,
    told: Callable[[float], None],
    helper: Helper | None,
) -> _Hearing:
    """Hear a recording block by block, and as a whole if it is not too long for that."""
    listener, drawn = Listener(model, options=FILE_OPTIONS, helper=helper), Sketch()
    heard: list[Heard] = []
    whole: list[NDArray[np.float32]] = []
    n_samples = 0
    for waveform in to_waveforms(segments):
        heard += listener.feed(waveform)
        n_samples += waveform.size
        if wants_picture:
            drawn.feed(waveform)
        if n_samples <= LONGEST_WHOLE:
            whole.append(waveform)
        else:
            whole.clear()
        told(n_samples / SAMPLE_RATE)
    timeline = listener.finish()
    if n_samples <= LONGEST_WHOLE:
        sound = np.concatenate(whole) if whole else np.zeros(0, dtype=np.float32)
        analysis = analyse_waveform(sound, model=model)
    else:
        analysis = _in_the_mean(heard, timeline)
    return _Hearing(analysis, timeline, heard, drawn)


def _in_the_mean(heard: Sequence[Heard], timeline: Timeline) -> Analysis:
    """Say what is heard in a recording as a whole by the mean of its windows."""
    spoken = [one.prediction for one in heard if one.prediction is not None]
    prediction = None
    if spoken:
        likely = {
            name: float(np.mean([one.probabilities[name] for one in spoken]))
            for name in spoken[0].probabilities
        }
        prediction = Prediction(likely, threshold=spoken[0].threshold)
    share = 1.0 - timeline.shares.get(NO_SPEECH, 0.0)
    return Analysis(prediction=prediction, duration=timeline.duration, speech_share=share)


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Make a file's folder, and put into a sentence why the file cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as cause:
        raise OutputError(
            f"{path} cannot be written ({cause.strerror}): choose another place."
        ) from cause


def _in_parallel(
    tasks: Sequence[Task], question: Question, n_processes: int
) -> Iterator[Answer | UndertoneError]:
    with parallel_config(backend="loky", inner_max_num_threads=1):
        parallel = Parallel(n_jobs=n_processes, return_as="generator")
    answers = parallel(delayed(listen)(task, question) for task in tasks)
    try:
        for answer in answers:  # not `yield from`, which would close them past the warning's end
            yield cast(Answer | UndertoneError, answer)
    except TerminatedWorkerError as cause:
        raise WorkerError(
            "A process that listened has died, perhaps for want of memory: "
            "try again with --jobs 1, and see at which file it stops."
        ) from cause
    finally:
        with warnings.catch_warnings():  # that not all answers were taken is as it should be
            warnings.simplefilter("ignore", UserWarning)
            answers.close()


@lru_cache(maxsize=1)
def _model(path: Path | None) -> EmotionModel:
    """Load a model, once in a process."""
    return load_model(path) if path else load_default_model()
