"""Many recordings, one answer each, in this process or in others."""

import os
import signal
from pathlib import PurePath

import pytest
import soundfile

from ser_core.audio import AudioLimits
from ser_core.cli import batch
from ser_core.cli.batch import Question, Task, analyse_all, analyse_one
from ser_core.cli.inputs import Recording, find
from ser_core.cli.timeline_formats import TimelineFormat
from ser_core.errors import AudioTooLongError, AudioUnreadableError, OutputError, WorkerError
from ser_core.inference.analysis import Analysis
from tests.voices import SAMPLE_RATE, talk

LIMITS = AudioLimits(max_seconds=60.0)
QUESTION = Question(limits=LIMITS, timeline_format=TimelineFormat.SRT)
DEADLY = "3.wav"
analyse_here = batch.analyse_one


@pytest.fixture
def tasks(tmp_path):
    """Return recordings of different lengths, one of which is missing."""
    for number in range(6):
        soundfile.write(tmp_path / f"{number}.wav", talk(1.0 + 0.1 * number), SAMPLE_RATE)
    names = [str(tmp_path / f"{number}.wav") for number in (0, 1, 2, "none*", 3, 4, 5)]
    return [Task(recording=recording) for recording in find(names, limits=LIMITS)]


def lengths(answers):
    return [round(one.duration, 3) if isinstance(one, Analysis) else type(one) for one in answers]


IN_ORDER = [1.0, 1.1, 1.2, AudioUnreadableError, 1.3, 1.4, 1.5]


@pytest.mark.slow
def test_answers_come_in_order_as_they_would_here_and_an_error_for_what_cannot_be_heard(tasks):
    there = list(analyse_all(tasks, QUESTION, n_jobs=2))
    assert lengths(there) == IN_ORDER
    here = [analyse_one(task, QUESTION) for task in tasks]
    assert [answer.timeline for answer in there if isinstance(answer, Analysis)] == [
        answer.timeline for answer in here if isinstance(answer, Analysis)
    ]


def test_one_recording_is_analysed_in_this_process(tasks, monkeypatch):
    monkeypatch.setattr(batch, "process_pool", None)
    assert lengths(analyse_all(tasks[:1], QUESTION)) == [1.0]


@pytest.mark.filterwarnings("error")
def test_answers_need_not_all_be_taken(tasks):
    answers = analyse_all(tasks, QUESTION)
    assert next(answers).duration == 1.0
    answers.close()


def _die_at_one(task, question):
    """Analyse, and die as a decoder does that reads memory that is not its own."""
    if task.recording.name.endswith(DEADLY):
        os.kill(os.getpid(), signal.SIGSEGV)
    return analyse_here(task, question)


@pytest.mark.slow
def test_a_file_on_which_a_process_dies_gets_a_sentence_and_the_others_their_answers(
    tasks, monkeypatch
):
    monkeypatch.setattr(batch, "analyse_one", _die_at_one)
    answers = list(analyse_all(tasks, QUESTION, n_jobs=2))
    expected = [*IN_ORDER]
    expected[4] = WorkerError
    assert lengths(answers) == expected
    assert "stopped the process that read it" in str(answers[4])


def test_labels_and_pictures_are_written_into_folders_that_are_made(tasks, tmp_path):
    labels, picture = tmp_path / "new/er/0.srt", tmp_path / "pictures/0.png"
    task = Task(recording=tasks[0].recording, labels=labels, picture=picture)
    assert isinstance(analyse_one(task, QUESTION), Analysis)
    assert labels.read_bytes().startswith(b"1\n00:00:00,000 --> ")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_what_cannot_be_written_is_an_error_of_that_recording(tasks, tmp_path):
    (tmp_path / "file").touch()
    for places in ({"labels": tmp_path / "file/0.srt"}, {"picture": tmp_path / "file/0.png"}):
        answer = analyse_one(Task(recording=tasks[0].recording, **places), QUESTION)
        assert isinstance(answer, OutputError)
        assert "choose another place" in str(answer)


def test_bytes_are_heard_as_files_are_and_within_the_same_limits(tasks, tmp_path):
    piped = Task(recording=Recording("-", (tmp_path / "0.wav").read_bytes(), PurePath("x")))
    assert analyse_one(piped, QUESTION) == analyse_one(tasks[0], QUESTION)
    short = Question(limits=AudioLimits(max_seconds=0.5))
    assert isinstance(analyse_one(piped, short), AudioTooLongError)


def test_how_far_a_recording_is_is_told(tasks):
    told = []
    analyse_one(tasks[0], QUESTION, progress=lambda *so_far: told.append(so_far))
    assert told == [(tasks[0].recording.name, 1.0)]
