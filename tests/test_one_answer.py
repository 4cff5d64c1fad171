"""Everybody who is asked about a recording gives the same answer, to the digit."""

import json
import subprocess
import sys

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from bot.hearing import Wishes
from bot.worker import listen
from ser_core.__main__ import app
from ser_core.analysis import analyse
from ser_core.batch import Question, Task, analyse_all
from ser_core.commands.predict import LIMITS
from ser_core.inputs import find
from ser_core.records import DIGITS, analysis_record, timeline_records
from tests.conftest import PROJECT
from tests.voices import SAMPLE_RATE, silence, talk

PARTS = [
    talk(7.0, pitch=110.0, glide=0.2),
    talk(9.0, pitch=260.0, syllables_per_second=6.0, seed=1),
    silence(2.0),
    talk(14.0, pitch=180.0, glide=-0.05, syllables_per_second=3.0, seed=2),
    talk(10.0, pitch=330.0, seed=3),
    silence(1.0),
]
"""43 seconds that sound like several emotions."""


@pytest.fixture(scope="module", params=[2.0, 20.0, 63.0, 540.0], ids=lambda seconds: f"{seconds}s")
def recording(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("recording") / "note.ogg"
    waveform = np.resize(np.concatenate(PARTS), round(request.param * SAMPLE_RATE))
    soundfile.write(path, waveform, SAMPLE_RATE, format="OGG", subtype="OPUS")
    return path


@pytest.fixture(scope="module")
def expected(recording):
    return analyse(recording)


def of_the_answer(record):
    """Keep what is said of the recording itself."""
    names = ("label", "emotion", "sure", "confidence", "probabilities", "duration", "speech")
    return {name: record[name] for name in names}


def test_the_command_line_with_and_without_its_timeline(recording, expected):
    for option in ([], ["--timeline"]):
        done = CliRunner().invoke(app, ["predict", "--json", *option, str(recording)])
        record = json.loads(done.stdout)
        assert of_the_answer(record) == of_the_answer(analysis_record(expected))
        if option:
            assert record["segments"] == timeline_records(expected.timeline)["segments"]


def test_other_processes_that_hear_many_files(recording, expected):
    tasks = [Task(recording=one) for one in 2 * find([str(recording)], limits=LIMITS)]
    for found in analyse_all(tasks, Question(limits=LIMITS), n_jobs=2):
        assert found.timeline == expected.timeline


def test_the_bots_worker(recording, expected):
    heard = listen(recording.read_bytes(), None, LIMITS.max_bytes, LIMITS.max_seconds, Wishes())
    timeline = expected.timeline
    assert dict(heard.ranked) == dict(timeline.prediction.probabilities)
    assert tuple(name for name, _ in heard.ranked)[: len(timeline.leading)] == timeline.leading
    assert (heard.is_sure, heard.is_mixed) == (timeline.is_sure, timeline.label == "mixed")
    assert heard.duration == timeline.duration
    if heard.turns:
        assert [(one.start, one.end) for one in heard.turns] == [
            (one.start, one.end) for one in timeline.segments
        ]


def test_the_microphone_script_that_plays_a_file(recording, expected):
    command = [sys.executable, "mic.py", str(recording), "--fast", "--json", "--quiet"]
    printed = subprocess.check_output(command, cwd=PROJECT, timeout=100)
    summary = json.loads(printed)["summary"]
    assert of_the_answer(summary) == of_the_answer(analysis_record(expected))
    assert summary["segments"] == timeline_records(expected.timeline)["segments"]
    assert DIGITS == 4
