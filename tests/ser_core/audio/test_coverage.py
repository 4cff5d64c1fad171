"""Sentences about the part of a recording that could not be read."""

import pytest

from ser_core.audio import Coverage


@pytest.mark.parametrize(
    ("coverage", "said"),
    [
        (Coverage(seconds=12.0), None),
        (Coverage(seconds=12.0, promised=12.2), None),
        (Coverage(seconds=600.0, promised=608.0), None),
        (
            Coverage(seconds=12.0, promised=30.0),
            "The end of this recording is missing: only the first 12 seconds of about 30 seconds "
            "could be read.",
        ),
        (
            Coverage(seconds=150.0, is_cut_off=True),
            "The end of this recording is missing: only its first 2 minutes could be read.",
        ),
        (
            Coverage(seconds=12.0, promised=12.1, is_cut_off=True),
            "The end of this recording is missing: only its first 12 seconds could be read.",
        ),
        (Coverage(seconds=12.0, damaged_seconds=0.04), None),
        (
            Coverage(seconds=12.0, damaged_seconds=1.5),
            "About 1.5 seconds of this recording are damaged and were left out.",
        ),
    ],
)
def test_what_is_missing_is_told_and_what_codecs_lose_is_not(coverage, said):
    assert (None if coverage.remark is None else str(coverage.remark)) == said
