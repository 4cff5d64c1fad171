"""The migrations, and databases that are damaged or of other versions."""

import asyncio
import contextlib
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import Connection, text

from bot.errors import StorageError
from bot.storage import Storage, migrations, schema
from bot.storage.address import DatabaseAddress
from bot.storage.database import Database, make_file
from bot.storage.schema import migrate
from bot.storage.tables import METADATA
from tests.bot.storage.conftest import Place
from tests.bot_process import PATIENCE

NOBODY = 65534
REVISIONS = [step.revision for step in ScriptDirectory(migrations.HERE).walk_revisions()][::-1]


async def run(address: DatabaseAddress, work: Any) -> Any:
    """Run a function with a connection."""
    make_file(address)
    database = Database(address)
    try:
        async with database.transaction(PATIENCE, writes=True) as connection:
            return await connection.run_sync(work)
    finally:
        await database.close()


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, METADATA))


def tables(connection: Connection) -> list[str]:
    return list(connection.dialect.get_table_names(connection))


async def migrate_to(place: Place, revision: str) -> None:
    """Migrate a database to a revision, in a thread as the bot does."""

    def work(connection: Connection) -> None:
        config = migrations.config(connection)
        if MigrationContext.configure(connection).get_current_revision() is None:
            command.upgrade(config, revision)
        else:
            command.downgrade(config, revision)

    await asyncio.to_thread(asyncio.run, run(place.address, work))


def test_the_revisions_are_numbered_in_order():
    assert [f"{number:04}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS


@pytest.mark.parametrize("revision", REVISIONS)
async def test_from_every_revision_the_tables_become_those_of_the_bot(place: Place, revision: str):
    await migrate_to(place, revision)
    await migrate(place.address)
    assert await run(place.address, differences) == []


async def test_all_migrations_can_be_undone(place: Place):
    await opened(place)
    await migrate_to(place, "base")
    assert await run(place.address, tables) == ["alembic_version"]


async def opened(place: Place) -> None:
    async with Storage.open(place.url):
        pass


async def test_a_database_of_a_newer_bot_is_refused_and_left_alone(place: Place):
    await opened(place)

    def make_newer(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("DROP TABLE answered"))

    await run(place.address, make_newer)
    with pytest.raises(StorageError, match=r"^The database .* newer Undertone .*\.$"):
        await opened(place)

    def look(connection: Connection) -> tuple[Any, bool]:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return version, "answered" in tables(connection)

    assert await run(place.address, look) == ("9999", False)


async def test_a_migration_that_fails_leaves_the_database_as_it_was(place: Place):
    def in_the_way(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE secret_keys (mine INTEGER)"))

    await run(place.address, in_the_way)
    with pytest.raises(StorageError):
        await opened(place)

    assert await run(place.address, tables) == ["secret_keys"]


async def test_bots_in_one_process_may_start_at_once(place: Place):
    await asyncio.gather(*(opened(place) for _ in range(4)))
    assert await run(place.address, differences) == []


@pytest.mark.slow
async def test_processes_may_start_at_once_and_one_of_them_claims(place: Place):
    message = 2**62  # some years from now
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as processes:
        loop = asyncio.get_running_loop()
        claims = [loop.run_in_executor(processes, claim, place.url, message) for _ in range(3)]
        assert sorted(await asyncio.gather(*claims)) == [False, False, True]


def claim(url: SecretStr, message: int) -> bool:
    async def open_and_claim() -> bool:
        async with Storage.open(url) as storage:
            return await storage.claim(message)

    return asyncio.run(open_and_claim())


@contextlib.contextmanager
def locked(place: Place) -> Iterator[sqlite3.Connection]:
    """Hold the write lock of an SQLite file, as another program may."""
    with contextlib.closing(sqlite3.connect(place.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


@contextlib.contextmanager
def without_rights() -> Iterator[None]:
    """Become the user nobody where the tests run as root, who has all permissions."""
    own = os.geteuid()
    os.seteuid(own or NOBODY)
    try:
        yield
    finally:
        os.seteuid(own)


async def test_while_tables_are_changed_the_bot_does_other_things(sqlite_place: Place):
    await opened(sqlite_place)
    with locked(sqlite_place):
        starting = asyncio.create_task(opened(sqlite_place))
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert not starting.done()
    async with asyncio.timeout(PATIENCE):
        await starting


async def refused(place: Place) -> str:
    with pytest.raises(StorageError) as caught:
        await opened(place)
    return str(caught.value)


async def test_a_file_that_is_no_database_is_left_alone(sqlite_place: Place):
    sqlite_place.file.parent.mkdir()
    sqlite_place.file.write_bytes(b"my notes " * 1000)
    assert "is damaged, or no database" in await refused(sqlite_place)
    assert sqlite_place.file.read_bytes() == b"my notes " * 1000
    assert len(list(sqlite_place.file.parent.iterdir())) == 1


@pytest.mark.parametrize("what", ["page", "end"])
async def test_a_damaged_database_is_left_alone(sqlite_place: Place, what: str):
    await opened(sqlite_place)
    whole = sqlite_place.file.read_bytes()
    damaged = {
        "page": whole[:4096] + b"\xa5" * 4096 + whole[8192:],
        "end": whole[: len(whole) // 2],
    }[what]
    sqlite_place.file.write_bytes(damaged)
    assert "is damaged, or no database" in await refused(sqlite_place)
    assert sqlite_place.file.read_bytes() == damaged


async def test_a_locked_file_is_told(sqlite_place: Place, monkeypatch: pytest.MonkeyPatch):
    await opened(sqlite_place)
    monkeypatch.setattr(schema, "MIGRATION_LOCK_SECONDS", 0.1)
    with locked(sqlite_place):
        assert "is locked by another program" in await refused(sqlite_place)


@pytest.mark.parametrize("in_the_way", ["file", "folder"])
async def test_what_is_in_the_way_of_the_file_is_told(sqlite_place: Place, in_the_way: str):
    if in_the_way == "folder":
        sqlite_place.file.mkdir(parents=True)
    else:
        sqlite_place.file.parent.write_text("in the way")
    assert "cannot be opened for writing" in await refused(sqlite_place)


@pytest.mark.skipif(sys.platform == "win32", reason="folders have other permissions there")
@pytest.mark.parametrize("has_file", [False, True])
async def test_a_folder_that_may_not_be_written_to_is_told(has_file: bool):
    # Not among pytest's folders, which only the user of the tests may enter.
    with tempfile.TemporaryDirectory() as name:
        place = Place(f"sqlite:///{name}/undertone.db")
        before = None
        if has_file:
            await opened(place)
            place.file.chmod(0o444)
            before = place.file.read_bytes()
        place.file.parent.chmod(0o555)
        with without_rights():
            told = await refused(place)
        place.file.parent.chmod(0o755)
        assert told == (
            f"The database {place.file} cannot be opened for writing: check the permissions of "
            "the file and of its folder."
        )
        assert (place.file.read_bytes() if place.file.exists() else None) == before
