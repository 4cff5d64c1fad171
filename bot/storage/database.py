"""A connection to the database: transactions that end in time, on SQLite and on Postgres alike."""

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
from bot.storage.failures import told_in_sentences

CONNECT_SECONDS = 10.0
LOCK_SECONDS = 5.0  # until a lock that somebody else holds is given up
TRANSACTION_SECONDS = 10.0  # more than a lock's: what is locked should be told so
FOLDER_MODE = 0o700  # for nobody but the one who runs the bot
FILE_MODE = 0o600

NEEDS_PACKAGE = (
    "DATABASE_URL names a Postgres database, and what speaks to those is missing: install it with "
    ".venv/bin/pip install -c constraints.txt -e '.[postgres]'."
)
Turn = contextlib.AbstractAsyncContextManager[None]

WRITES = "writes"  # the execution option of connections that are going to write


class Database:
    """An open database.

    Parameters
    ----------
    address
        Where it is.
    lock_seconds
        How long SQLite waits for a lock that somebody else holds; on Postgres nothing that the bot
        does at its work takes one for longer than a moment.

    Raises
    ------
    StorageError
        What speaks to such a database is not installed.
    """

    def __init__(self, address: DatabaseAddress, *, lock_seconds: float | None = None) -> None:
        self.address = address
        # SQLite lets in one writer at a time, and any of those that wait: here they queue.
        self._turn: Turn = asyncio.Lock() if address.file is not None else contextlib.nullcontext()
        try:
            self._engine = _engine(address, LOCK_SECONDS if lock_seconds is None else lock_seconds)
        except ModuleNotFoundError as cause:
            raise StorageError(NEEDS_PACKAGE) from cause

    def read(self) -> contextlib.AbstractAsyncContextManager[AsyncConnection]:
        """Open a connection to ask one question through; see `transaction`."""
        return self.transaction(TRANSACTION_SECONDS, writes=False)

    def write(self) -> contextlib.AbstractAsyncContextManager[AsyncConnection]:
        """Open a connection to write through: all of it is kept, or, after an error, nothing."""
        return self.transaction(TRANSACTION_SECONDS, writes=True)

    @contextlib.asynccontextmanager
    async def transaction(self, seconds: float, *, writes: bool) -> AsyncIterator[AsyncConnection]:
        """Open a connection for one transaction that ends within some seconds.

        Raises
        ------
        StorageError
            The database fails, or does not answer in time.
        """
        turn: Turn = self._turn if writes else contextlib.nullcontext()
        with told_in_sentences(self.address):
            async with (
                asyncio.timeout(seconds),
                turn,
                self._engine.connect() as connection,
            ):
                if not writes:
                    yield connection
                    return
                await connection.execution_options(**{WRITES: True})
                async with connection.begin():
                    yield connection

    async def close(self) -> None:
        """Close the connections; those that take their time about it are left to the system."""
        with contextlib.suppress(StorageError), told_in_sentences(self.address):
            async with asyncio.timeout(DATABASE_SECONDS):
                await self._engine.dispose()


def insert(connection: AsyncConnection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """Begin an insertion that can say what happens where the row is there already."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def make_file(address: DatabaseAddress) -> None:
    """Make an SQLite file and its folder where there are none, for nobody else to read.

    Raises
    ------
    StorageError
        That is not permitted, or the disc is full.
    """
    if address.file is None:
        return
    with told_in_sentences(address):
        address.file.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if not address.file.exists():
            os.close(os.open(address.file, os.O_CREAT | os.O_RDWR, FILE_MODE))


def _engine(address: DatabaseAddress, lock_seconds: float) -> AsyncEngine:
    """Make what gives out connections; it makes none before the first is asked for."""
    if address.file is not None:
        # The path is made absolute, so that no later change of folder leads elsewhere.
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
        connection.isolation_level = None  # transactions begin where SQLAlchemy says, not sqlite3
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that begins by reading and then writes may fail at once where another one
        # writes meanwhile; one that says so at its beginning waits for its turn. What only reads
        # asks a single question, which is a transaction of its own: to begin and end one besides
        # would wake SQLite's thread three times more, for each voice note.
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
        # A pooler in between may give each transaction another connection to the server, which
        # knows nothing of statements that were prepared, by name, on the one before.
        connect_args={
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": lambda: "",
        },
        hide_parameters=True,
        pool_pre_ping=True,  # a connection that the server has closed meanwhile is made anew
    )
