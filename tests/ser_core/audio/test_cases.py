"""Recordings of other programs: each is analysed whole, or the error says what is wrong."""

import json
from pathlib import Path

import pytest

from ser_core.cli.output import as_record
from ser_core.errors import AudioError
from ser_core.inference.analysis import analyse

CASES = Path(__file__).parents[4] / "shared" / "cases"
EXPECTED = CASES / "expected.json"

HEARD_TOO = {"control-windows-media.wma": {"duration": 2.607, "tolerance": 0.05, "like": None}}
"""Recordings that may be refused, and are analysed."""

if not EXPECTED.exists():
    pytest.skip("the recordings are not beside the project", allow_module_level=True)

expected = json.loads(EXPECTED.read_text(encoding="utf-8")) | HEARD_TOO


def record_of(name):
    try:
        answer = analyse(CASES / name)
    except AudioError as error:
        answer = error
    return as_record(name, answer, with_timeline=False)


@pytest.mark.parametrize("name", sorted(expected))
def test_a_recording_of_another_program_is_treated_rightly(name):
    right, record = expected[name], record_of(name)
    if right.get("refused"):
        assert all(word.lower() in str(record["error"]).lower() for word in right["says"])
        return
    assert record["duration"] == pytest.approx(right["duration"], abs=right["tolerance"])
    assert record["emotion"] == record_of(right["like"] or name)["emotion"]
    note = str(record["read"]["note"] or "")
    if "tells" in right:
        assert any(word in note.lower() for word in right["tells"])
    else:
        assert not note
