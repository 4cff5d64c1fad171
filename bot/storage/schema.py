"""The migration of the database at start to the tables of this version.

It runs in a thread with an event loop of its own, so that a slow or locked database does not block
the bot's. Bots that start at the same time migrate one after the other: Postgres has an advisory
lock for it, SQLite the lock of every writing transaction. All migrations are one transaction.
"""

import asyncio
import contextlib
import sqlite3
import threading
from pathlib import Path

from sqlalchemy import Connection, text

from bot.errors import StorageError
from bot.storage import migrations
from bot.storage.address import DatabaseAddress
from bot.storage.database import Database
from bot.storage.failures import DAMAGED, raising_storage_errors

MIGRATION_LOCK_SECONDS = 30.0  # to wait for another bot that migrates
MIGRATION_SECONDS = 300.0  # for all migrations together
ADVISORY_LOCK = 0x756E646572746F6E  # "underton", a number that no other program uses

NEWER = (
    "The database {place} was made by a newer Undertone than this: install that one again, or set "
    "DATABASE_URL to another database."
)

_alembic_lock = threading.Lock()  # alembic has its state in global variables


async def migrate(address: DatabaseAddress) -> None:
    """Create or migrate the tables that this version of the bot needs.

    Raises
    ------
    StorageError
        The database cannot be used, is damaged, or was made by a newer version.
    """
    await asyncio.to_thread(_migrate_in_thread, address)


def _migrate_in_thread(address: DatabaseAddress) -> None:
    with _alembic_lock:
        if address.file is not None:
            _prepare_file(address, address.file)
        asyncio.run(_migrate(address))


def _prepare_file(address: DatabaseAddress, file: Path) -> None:
    """Refuse a damaged SQLite file before it is changed, and switch it to write-ahead logging."""
    with (
        raising_storage_errors(address),
        contextlib.closing(sqlite3.connect(file, timeout=MIGRATION_LOCK_SECONDS)) as connection,
    ):
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise StorageError(DAMAGED.format(place=address.place))
        # Readers and a writer can then work at once. Some network drives do not support it.
        connection.execute("PRAGMA journal_mode = WAL")


async def _migrate(address: DatabaseAddress) -> None:
    database = Database(address, lock_seconds=MIGRATION_LOCK_SECONDS)
    try:
        async with database.transaction(MIGRATION_SECONDS, writes=True) as connection:
            if connection.dialect.name == "postgresql":
                milliseconds = round(MIGRATION_LOCK_SECONDS * 1000)
                await connection.execute(text(f"SET LOCAL lock_timeout = {milliseconds}"))
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            await connection.run_sync(_to_head, address)
    finally:
        await database.close()


def _to_head(connection: Connection, address: DatabaseAddress) -> None:
    """Upgrade the database to the newest revision."""
    from alembic import command
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = migrations.config(connection)
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if set(MigrationContext.configure(connection).get_current_heads()) - known:
        raise StorageError(NEWER.format(place=address.place))
    command.upgrade(config, "head")
