"""The sentences about errors of the database, and that they have no secrets."""

import logging
import socket
import traceback

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.errors import StorageError, redacted_traceback
from bot.storage import Storage
from bot.storage import database as database_module
from bot.storage.storage import Database
from tests.bot.storage.conftest import Place
from tests.bot.storage.postgres import PASSWORD, Server

PERSON = 1_300_000_000_000_000_001


async def refused(url: str) -> str:
    """Return the sentence of the error from opening a database; it has no password."""
    with pytest.raises(StorageError) as caught:
        async with Storage.open(SecretStr(url)):
            pass
    for told in (str(caught.value), redacted_traceback(caught.value), repr(caught.value)):
        assert "s3cret" not in told
        assert PASSWORD not in told
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))
    assert str(caught.value).endswith(".")
    return str(caught.value)


@pytest.fixture(autouse=True)
def _no_password_in_the_log(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    yield
    assert "s3cret" not in caplog.text
    assert PASSWORD not in caplog.text


async def test_a_wrong_password_and_a_wrong_database_are_told(postgres: Server):
    url = postgres.url("postgres", password="s3cret")  # noqa: S106
    assert "does not accept the user name or the password" in await refused(url)
    assert "has no database of the name" in await refused(postgres.url("nowhere"))


async def test_a_server_that_is_not_there_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    told = await refused(f"postgres://me:s3cret@127.0.0.1:{port}/undertone")
    assert told.startswith(f"The database at 127.0.0.1:{port} cannot be reached")


async def test_a_server_that_says_nothing_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database_module, "CONNECT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        told = await refused(f"postgres://me:s3cret@127.0.0.1:{port}/undertone")
    assert "does not answer in time" in told


async def test_a_user_who_may_not_make_tables_is_told(postgres_place: Place):
    server = postgres_place.server
    assert server is not None
    await server.run(f"CREATE ROLE guest_{postgres_place.name} LOGIN PASSWORD 's3cret'")
    await server.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC", postgres_place.name)
    guest = Server(server.port, user=f"guest_{postgres_place.name}")
    told = await refused(guest.url(postgres_place.name, password="s3cret"))  # noqa: S106
    assert "does not let its user in DATABASE_URL make and change tables" in told


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("53100", "is full"),
        ("53300", "takes no more connections"),
        ("57P03", "cannot be reached"),
        ("55P03", "is locked"),
        ("25006", "make and change tables"),
        ("XX000", "reports an error"),
    ],
)
async def test_what_postgres_reports_is_told_by_code(postgres_place: Place, code: str, words: str):
    database = Database(postgres_place.address)
    raising = f"DO $$ BEGIN RAISE EXCEPTION 's3cret' USING ERRCODE = '{code}'; END $$"
    with pytest.raises(StorageError) as caught:
        async with database.write() as connection:
            await connection.execute(text(raising))
    await database.close()
    assert words in str(caught.value)
    assert "s3cret" not in str(caught.value)


async def test_a_server_that_restarts_is_found_again(postgres_place: Place):
    server = postgres_place.server
    assert server is not None
    async with Storage.open(postgres_place.url) as storage:
        await storage.opt_out(PERSON)
        await server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database()",
            postgres_place.name,
        )
        assert not await storage.is_opted_out(PERSON + 1)


async def test_a_full_disc_is_told_and_nothing_is_lost(sqlite_place: Place):
    async with Storage.open(sqlite_place.url) as storage:
        await storage.opt_out(PERSON)
        async with storage._database.write() as connection:
            await connection.exec_driver_sql("PRAGMA max_page_count = 1")

        async def fill() -> None:
            for person in range(1000):
                await storage.opt_out(person)

        with pytest.raises(StorageError, match=r"The disc of the database .* is full"):
            await fill()
        assert await storage.is_opted_out(PERSON)


async def test_no_id_of_a_person_is_in_the_file(sqlite_place: Place):
    people = [PERSON + number * 7919 for number in range(50)]
    async with Storage.open(sqlite_place.url) as storage:
        for person in people:
            await storage.opt_out(person)
            await storage.is_opted_out(person)
            await storage.count_verdict(1, heard="sad", said="happy")
        written = files(sqlite_place)
    written += files(sqlite_place)
    for person in people:
        assert str(person).encode() not in written
        assert person.to_bytes(8, "big") not in written
        assert person.to_bytes(8, "little") not in written


def files(place: Place) -> bytes:
    """Return the contents of all files of a database."""
    return b"".join(path.read_bytes() for path in place.file.parent.iterdir())


async def test_who_opted_in_again_leaves_no_trace_in_the_file(sqlite_place: Place):
    async with Storage.open(sqlite_place.url) as storage:
        await storage.opt_out(PERSON)
        mark = storage._hash(PERSON)
        await storage.opt_in(PERSON)
    assert mark not in files(sqlite_place)
