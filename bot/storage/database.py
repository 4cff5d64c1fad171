"""Transactions with a time-out, on SQLite and on Postgres."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import URL, Connection, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StorageError
from bot.lifecycle import DATABASE_SECONDS
from bot.storage.address import DatabaseAddress
from bot.storage.failures import raising_storage_errors

CONNECT_SECONDS = 10.0
LOCK_SECONDS = 5.0  # to wait for a lock that another program holds
TRANSACTION_SECONDS = 10.0  # longer, so that the error of a locked database is about the lock
FOLDER_MODE = 0o700  # for the user who runs the bot alone
FILE_MODE = 0o600

NEEDS_PACKAGE = (
    "DATABASE_URL names a Postgres database, and what speaks to those is missing: install it with "
    ".venv/bin/pip install -c constraints.txt -e '.[postgres]'."
)
Lock = contextlib.AbstractAsyncContextManager[None]

WRITES = "writes"  # the execution option of connections that will write


class Database:
    """An open database.

    Parameters
    ----------
    address
        The address of the database.
    lock_seconds
        How long SQLite waits for a lock that another program holds. On Postgres the bot's queries
        hold locks for a moment only.

    Raises
    ------
    StorageError
        The driver is not installed.
    """

    def __init__(self, address: DatabaseAddress, *, lock_seconds: float | None = None) -> None:
        self.address = address
        # SQLite lets one writer in, and chooses any of those that wait: the lock keeps their order.
        self._write_lock: Lock = (
            asyncio.Lock() if address.file is not None else contextlib.nullcontext()
        )
        try:
            self._engine = _engine(address, LOCK_SECONDS if lock_seconds is None else lock_seconds)
        except ModuleNotFoundError as cause:
            raise StorageError(NEEDS_PACKAGE) from cause

    def read(self) -> contextlib.AbstractAsyncContextManager[AsyncConnection]:
        """Open a connection for one query; see `transaction`."""
        return self.transaction(TRANSACTION_SECONDS, writes=False)

    def write(self) -> contextlib.AbstractAsyncContextManager[AsyncConnection]:
        """Open a connection for one transaction that writes; an error rolls it back."""
        return self.transaction(TRANSACTION_SECONDS, writes=True)

    @contextlib.asynccontextmanager
    async def transaction(self, seconds: float, *, writes: bool) -> AsyncIterator[AsyncConnection]:
        """Open a connection for one transaction that ends within some seconds.

        Raises
        ------
        StorageError
            The database fails, or does not answer in time.
        """
        lock: Lock = self._write_lock if writes else contextlib.nullcontext()
        with raising_storage_errors(self.address):
            async with (
                asyncio.timeout(seconds),
                lock,
                self._engine.connect() as connection,
            ):
                if not writes:
                    yield connection
                    return
                await connection.execution_options(**{WRITES: True})
                async with connection.begin():
                    yield connection

    async def close(self) -> None:
        """Close the connections; those that do not close in time are left to the system."""
        with contextlib.suppress(StorageError), raising_storage_errors(self.address):
            async with asyncio.timeout(DATABASE_SECONDS):
                await self._engine.dispose()


def insert(connection: AsyncConnection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """Return the dialect's insert statement, which has ``ON CONFLICT``."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def make_file(address: DatabaseAddress) -> None:
    """Create an SQLite file and its folder if they are missing, readable by their owner alone.

    Raises
    ------
    StorageError
        That is not permitted, or the disc is full.
    """
    if address.file is None:
        return
    with raising_storage_errors(address):
        address.file.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if not address.file.exists():
            os.close(os.open(address.file, os.O_CREAT | os.O_RDWR, FILE_MODE))


def _engine(address: DatabaseAddress, lock_seconds: float) -> AsyncEngine:
    """Return the engine for an address; it does not connect yet."""
    if address.file is not None:
        # The path is absolute, so that a change of the working directory does not matter.
        return _sqlite_engine(str(address.file.absolute()), lock_seconds)
    return _postgres_engine(address.dsn)


def _sqlite_engine(path: str, lock_seconds: float) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=path),
        connect_args={"timeout": lock_seconds},
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions are begun by SQLAlchemy, not by sqlite3
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and then writes may fail at once while another one writes;
        # one that begins as a writer waits for the lock. A read is a single query, which needs no
        # BEGIN: beginning and ending it would wake SQLite's thread three times more for each note.
        if connection.get_execution_options().get(WRITES, False):
            driver: Any = connection.connection.dbapi_connection
            driver.run_async(lambda sqlite: sqlite.execute("BEGIN IMMEDIATE"))

    return engine


def _postgres_engine(dsn: str) -> AsyncEngine:
    import asyncpg  # an extra

    async def connect(**_: object) -> object:
        return await asyncpg.connect(
            dsn,
            timeout=CONNECT_SECONDS,
            statement_cache_size=0,
        )

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        # Behind a pooler each transaction may have another connection to the server, without the
        # named statements that were prepared on the one before.
        connect_args={
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": lambda: "",
        },
        hide_parameters=True,
        pool_pre_ping=True,  # replaces a connection that the server has closed meanwhile
    )
