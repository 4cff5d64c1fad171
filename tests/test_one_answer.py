"""Bot, command lines and library give the same answer for a recording, to the digit."""

import json

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

import mic
from bot.analysis.result import AnalysisOptions
from bot.analysis.worker import analyse_recording
from ser_core.cli.app import app
from ser_core.cli.predict import LIMITS
from ser_core.inference.analysis import analyse
from ser_core.inference.records import analysis_record, timeline_records
from ser_core.models import load_model
from tests.voices import SAMPLE_RATE, silence, talk

pytestmark = pytest.mark.slow

PARTS = [
    talk(7.0, pitch=110.0, glide=0.2),
    talk(9.0, pitch=260.0, syllables_per_second=6.0, seed=1),
    silence(2.0),
    talk(14.0, pitch=180.0, glide=-0.05, syllables_per_second=3.0, seed=2),
    talk(10.0, pitch=330.0, seed=3),
    silence(1.0),
]
"""43 seconds that sound like several emotions."""

SECONDS = {"one-piece.ogg": 2.0, "windows.ogg": 20.0, "helped.ogg": 63.0, "longest.flac": 540.0}


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """Return recordings of up to nine minutes, and the library's analysis of each."""
    folder = tmp_path_factory.mktemp("recordings")
    for name, seconds in SECONDS.items():
        waveform = np.resize(np.concatenate(PARTS), round(seconds * SAMPLE_RATE))
        subtype = "OPUS" if name.endswith(".ogg") else None
        soundfile.write(folder / name, waveform, SAMPLE_RATE, subtype=subtype)
    return {folder / name: analyse(folder / name) for name in SECONDS}


def printed_by(program, *arguments):
    done = CliRunner().invoke(program, list(map(str, arguments)))
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def assert_is_the_answer(record, expected):
    """Compare the fields of the recording as a whole, and the segments if there are any."""
    names = ("label", "emotion", "sure", "confidence", "probabilities")
    names += ("duration", "speech", "model")
    right = analysis_record(expected)
    assert {name: record[name] for name in names} == {name: right[name] for name in names}
    if "segments" in record:
        assert record["segments"] == timeline_records(expected.timeline)["segments"]


def test_the_command_line_that_is_asked_for_one_file_and_its_timeline(recordings):
    for path, expected in recordings.items():
        (record,) = printed_by(app, "predict", "--json", "--timeline", path)
        assert "segments" in record
        assert_is_the_answer(record, expected)


def test_the_other_processes_that_hear_many_files(recordings):
    records = printed_by(app, "predict", "--json", "--jobs", 2, *recordings)
    for record, expected in zip(records, recordings.values(), strict=True):
        assert_is_the_answer(record, expected)


def test_the_bots_worker(recordings):
    for path, expected in recordings.items():
        result = analyse_recording(
            path.read_bytes(), None, LIMITS.max_bytes, LIMITS.max_seconds, AnalysisOptions()
        )
        timeline = expected.timeline
        assert dict(result.ranked) == dict(timeline.prediction.probabilities)
        assert tuple(name for name, _ in result.ranked)[: len(timeline.leading)] == timeline.leading
        assert (result.is_sure, result.is_mixed) == (timeline.is_sure, timeline.label == "mixed")
        assert result.duration == timeline.duration
        assert result.model == expected.model == load_model().name
        if result.segments:
            assert [(one.start, one.end) for one in result.segments] == [
                (one.start, one.end) for one in timeline.segments
            ]


def test_the_microphone_script_that_plays_a_file(recordings):
    for path, expected in recordings.items():
        (record,) = printed_by(mic.app, path, "--fast", "--json", "--quiet", "--hop", 3)
        assert "segments" in record["summary"]
        assert_is_the_answer(record["summary"], expected)
