"""Fixtures that several test modules share."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
CORPORA = PROJECT.parent / "shared" / "corpora"


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Give the folder of real speech corpora beside the project, or skip the test."""
    if not CORPORA.is_dir():
        pytest.skip("the speech corpora are not beside the project (../shared/corpora)")
    return CORPORA
