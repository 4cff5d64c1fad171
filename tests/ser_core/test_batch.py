"""Many recordings, one answer each, here or over the cores."""

import os
from pathlib import PurePath

import pytest
import soundfile

from ser_core import batch
from ser_core.audio import AudioLimits
from ser_core.batch import Answer, Question, Task, listen, listen_to_all
from ser_core.errors import AudioTooLongError, AudioUnreadableError, OutputError, WorkerError
from ser_core.inputs import Recording, find
from ser_core.timeline import trace
from ser_core.timeline_formats import TimelineFormat
from tests.voices import SAMPLE_RATE, silence, talk

LIMITS = AudioLimits(max_seconds=60.0)
QUESTION = Question(limits=LIMITS)
TRACED = Question(limits=LIMITS, wants_timeline=True, timeline_format=TimelineFormat.SRT)


@pytest.fixture
def tasks(tmp_path):
    """Recordings of different lengths, one of which is missing."""
    for number in range(6):
        soundfile.write(tmp_path / f"{number}.wav", talk(1.0 + 0.1 * number), SAMPLE_RATE)
    names = [str(tmp_path / f"{number}.wav") for number in (0, 1, 2, 9, 3, 4, 5)]
    return [Task(recording=recording) for recording in find(names, limits=LIMITS)]


def lengths(answers):
    return [
        round(answer.analysis.duration, 3) if isinstance(answer, Answer) else type(answer)
        for answer in answers
    ]


IN_ORDER = [1.0, 1.1, 1.2, AudioUnreadableError, 1.3, 1.4, 1.5]


def test_answers_come_in_order_and_an_error_stands_for_what_cannot_be_heard(tasks):
    assert lengths(listen_to_all(tasks, QUESTION)) == IN_ORDER


def test_other_processes_give_the_same_answers(tasks):
    alone, together = (list(listen_to_all(tasks, QUESTION, n_jobs=n)) for n in (1, 2))
    assert lengths(together) == IN_ORDER
    for one, other in zip(alone, together, strict=True):
        if isinstance(one, Answer):
            assert other.analysis.prediction.probabilities == pytest.approx(
                one.analysis.prediction.probabilities, abs=1e-5
            )


def test_processes_are_started_only_for_what_takes_longer_than_that(tasks, monkeypatch):
    begun = []
    in_parallel = batch._in_parallel
    monkeypatch.setattr(batch, "cpu_count", lambda: 2)
    monkeypatch.setattr(
        batch, "_in_parallel", lambda rest, *more: begun.append(rest) or in_parallel(rest, *more)
    )
    monkeypatch.setattr(batch, "STARTING_SECONDS", 1e6)
    assert lengths(listen_to_all(tasks, QUESTION)) == IN_ORDER
    assert begun == []
    monkeypatch.setattr(batch, "STARTING_SECONDS", 0.0)
    assert lengths(listen_to_all(tasks, QUESTION)) == IN_ORDER
    assert begun == [tasks[2:]]


@pytest.mark.filterwarnings("error")
def test_answers_need_not_all_be_taken(tasks):
    for n_jobs in (1, 2):
        answers = listen_to_all(tasks, QUESTION, n_jobs=n_jobs)
        assert next(answers).analysis.duration == 1.0
        answers.close()


def test_a_process_that_dies_is_said_in_a_sentence(tasks, monkeypatch):
    monkeypatch.setattr(batch, "listen", _die)
    with pytest.raises(WorkerError, match="--jobs 1"):
        list(listen_to_all(tasks, QUESTION, n_jobs=2))


def _die(task, question):
    os._exit(1)


def test_the_timeline_is_the_one_of_the_timeline(tasks):
    answer = listen(tasks[0], TRACED)
    traced = trace(tasks[0].recording.content)
    assert [(one.start, one.end, one.label) for one in answer.timeline.segments] == [
        (one.start, one.end, one.label) for one in traced.segments
    ]
    whole = listen(tasks[0], QUESTION).analysis
    assert (answer.analysis.duration, answer.analysis.speech_share) == (
        whole.duration,
        whole.speech_share,
    )
    assert answer.analysis.prediction.probabilities == pytest.approx(
        whole.prediction.probabilities, abs=1e-5
    )


def test_a_recording_too_long_to_be_heard_as_a_whole_is_the_mean_of_its_windows(
    tmp_path, monkeypatch
):
    soundfile.write(tmp_path / "long.wav", talk(8.0), SAMPLE_RATE)
    (recording,) = find([str(tmp_path / "long.wav")], limits=LIMITS)
    task = Task(recording=recording)
    whole = listen(task, TRACED)
    monkeypatch.setattr(batch, "LONGEST_WHOLE", 4 * SAMPLE_RATE)
    mean = listen(task, TRACED)
    assert mean.timeline == whole.timeline
    assert mean.analysis.duration == whole.analysis.duration
    assert sum(mean.analysis.prediction.probabilities.values()) == pytest.approx(1.0)
    assert mean.analysis.prediction.threshold == whole.analysis.prediction.threshold


def test_what_is_too_long_to_be_heard_as_a_whole_is_shown_the_way_out(tmp_path):
    soundfile.write(tmp_path / "long.wav", talk(3.0), SAMPLE_RATE)
    limits = AudioLimits(max_bytes=10**6, max_seconds=2.0)
    (recording,) = find([str(tmp_path / "long.wav")], limits=limits)
    error = listen(Task(recording=recording), Question(limits=limits))
    assert isinstance(error, AudioTooLongError)
    assert "at most 2 seconds" in str(error)
    assert "--timeline" in str(error)


def test_labels_and_pictures_are_written_into_folders_that_are_made(tasks, tmp_path):
    labels, picture = tmp_path / "new/er/0.srt", tmp_path / "pictures/0.png"
    task = Task(recording=tasks[0].recording, labels=labels, picture=picture)
    assert isinstance(listen(task, TRACED), Answer)
    assert labels.read_bytes().startswith(b"1\n00:00:00,000 --> ")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_what_cannot_be_written_is_an_error_of_that_recording(tasks, tmp_path):
    (tmp_path / "file").touch()
    for places in ({"labels": tmp_path / "file/0.srt"}, {"picture": tmp_path / "file/0.png"}):
        answer = listen(Task(recording=tasks[0].recording, **places), TRACED)
        assert isinstance(answer, OutputError)
        assert "choose another place" in str(answer)


def test_bytes_are_heard_as_files_are_and_within_the_same_limits(tasks, tmp_path):
    data = (tmp_path / "0.wav").read_bytes()
    piped = Recording("-", data, PurePath("x"))
    heard, named = listen(Task(recording=piped), QUESTION), listen(tasks[0], QUESTION)
    assert heard.analysis.prediction.ranked == named.analysis.prediction.ranked
    short = Question(limits=AudioLimits(max_seconds=0.5))
    assert isinstance(listen(Task(recording=piped), short), AudioTooLongError)


def test_silence_is_no_speech_all_the_way(tmp_path):
    soundfile.write(tmp_path / "silence.wav", silence(3.0), SAMPLE_RATE)
    (found,) = find([str(tmp_path / "silence.wav")], limits=LIMITS)
    answer = listen(Task(recording=found, picture=tmp_path / "silence.svg"), TRACED)
    assert answer.analysis.prediction is None
    assert answer.timeline.shares == {"no speech": 1.0}
    assert b"<svg" in (tmp_path / "silence.svg").read_bytes()
