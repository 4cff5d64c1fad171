"""Fixtures that several test modules share, and which tests are slow or run alone."""

from pathlib import Path

import pytest

from ser_core.features.whisper import WHISPER_BASE
from tests.virtual_microphones import VirtualMicrophones

PROJECT = Path(__file__).resolve().parent.parent
CORPORA = PROJECT.parent / "shared" / "corpora"

SLOW_FIXTURES = {
    *("browser", "chat", "microphones", "start_bot", "undertone"),
    *("postgres", "sound_server", "trained"),
}
"""Fixtures that start a browser, a sound server, a database or the whole bot, or train a model."""

ALONE_FIXTURES = {"sound_server"}
"""Fixtures that need sound to arrive in time."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests as slow or alone by the fixtures that they use."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if SLOW_FIXTURES & fixtures:
            item.add_marker(pytest.mark.slow)
        if ALONE_FIXTURES & fixtures:
            item.add_marker(pytest.mark.alone)


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Return the folder of real speech corpora beside the project, or skip the test."""
    if not CORPORA.is_dir():
        pytest.skip("the speech corpora are not beside the project (../shared/corpora)")
    return CORPORA


@pytest.fixture(scope="session")
def whisper_base() -> Path:
    """Return the file of the encoder of the default model, or skip the test."""
    if not WHISPER_BASE.path.exists():
        pytest.skip(
            f"the weights are not on this machine (`undertone download {WHISPER_BASE.name}`)"
        )
    return WHISPER_BASE.path


@pytest.fixture
def microphones(tmp_path: Path) -> VirtualMicrophones:
    """Return an ALSA configuration without microphones."""
    return VirtualMicrophones(tmp_path)
