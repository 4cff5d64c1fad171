"""Databases of both kinds: every test here that asks for one runs on a file and on a Postgres."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.storage import database
from bot.storage.address import DatabaseAddress
from tests.bot.storage.postgres import NO_BINARIES, Server, find_binaries, running

PATIENCE = 60.0  # seconds


@dataclass(frozen=True)
class Place:
    """An empty database."""

    text: str
    server: Server | None = None
    name: str = ""

    @property
    def url(self) -> SecretStr:
        return SecretStr(self.text)

    @property
    def address(self) -> DatabaseAddress:
        return DatabaseAddress.parse(self.url)

    @property
    def file(self) -> Path:
        assert self.address.file is not None
        return self.address.file


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each transaction the time that it takes on a machine that is busy."""
    monkeypatch.setattr(database, "TRANSACTION_SECONDS", PATIENCE)
    monkeypatch.setattr(database, "LOCK_SECONDS", PATIENCE)
    monkeypatch.setattr(database, "CONNECT_SECONDS", PATIENCE)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Give a Postgres for all tests, or skip those that need one."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(NO_BINARIES)
    with running(binaries) as server:
        yield server


@pytest.fixture
def sqlite_place(tmp_path: Path) -> Place:
    return Place(f"sqlite:///{tmp_path / 'data' / 'undertone.db'}")


@pytest_asyncio.fixture
async def postgres_place(postgres: Server) -> Place:
    name = await postgres.create()
    return Place(postgres.url(name), postgres, name)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> Place:
    """Give an empty database; each test runs on both kinds."""
    found: Place = request.getfixturevalue(f"{request.param}_place")
    return found


@pytest.fixture
def unprivileged() -> Iterator[dict[str, Any]]:
    """Give a folder that everybody may enter, to run a process in that has no rights to more."""
    folder = Path(tempfile.mkdtemp(prefix="undertone-"))
    folder.chmod(0o755)
    yield {"cwd": folder}
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)
