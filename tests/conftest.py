"""Fixtures that several test modules share."""

from pathlib import Path

import pytest

from tests.virtual_microphones import VirtualMicrophones

PROJECT = Path(__file__).resolve().parent.parent
CORPORA = PROJECT.parent / "shared" / "corpora"


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Return the folder of real speech corpora beside the project, or skip the test."""
    if not CORPORA.is_dir():
        pytest.skip("the speech corpora are not beside the project (../shared/corpora)")
    return CORPORA


@pytest.fixture
def microphones(tmp_path: Path) -> VirtualMicrophones:
    """An ALSA configuration that has no microphones yet."""
    return VirtualMicrophones(tmp_path)
