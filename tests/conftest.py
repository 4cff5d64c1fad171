"""Fixtures that several test modules share, and which tests are slow."""

from pathlib import Path

import pytest

from tests.virtual_microphones import VirtualMicrophones

PROJECT = Path(__file__).resolve().parent.parent
CORPORA = PROJECT.parent / "shared" / "corpora"

SLOW_FIXTURES = {
    *("browser", "microphones", "start_bot", "undertone"),
    *("postgres_server", "sound_server", "trained"),
}
"""What starts a browser, a sound server, a database or the whole bot, or trains a model."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow whatever waits for something slow to start."""
    for item in items:
        if SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


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
