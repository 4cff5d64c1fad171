"""Databases of both kinds: tests that use one run on SQLite and on Postgres."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.storage import database
from bot.storage.address import DatabaseAddress
from tests.bot.storage.postgres import NO_BINARIES, Server, find_binaries, running
from tests.bot_process import PATIENCE


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
    """Raise the time-outs for busy machines."""
    for name in ("TRANSACTION_SECONDS", "LOCK_SECONDS", "CONNECT_SECONDS"):
        monkeypatch.setattr(database, name, PATIENCE)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Return a Postgres for all tests, or skip those that need one."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(NO_BINARIES)
    with running(binaries) as server:
        yield server


@pytest.fixture
def sqlite_place(tmp_path: Path) -> Place:
    return Place(f"sqlite:///{tmp_path / 'data' / 'undertone.db'}")


@pytest.fixture
async def postgres_place(postgres: Server) -> Place:
    name = await postgres.create()
    return Place(postgres.url(name), postgres, name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest) -> Place:
    """Return an empty database; each test runs on both kinds."""
    return request.getfixturevalue(f"{request.param}_place")  # type: ignore[no-any-return]
