"""The state of the tables: migrated at start to what this version of the bot works with.

It is done in a thread with an event loop of its own, so that a slow or locked database keeps nobody
waiting. Bots that start at once take turns: on Postgres by an advisory lock, on SQLite by the lock
that every writing transaction holds. All steps are one transaction, so a database is either brought
up to date or left as it was.
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
from bot.storage.failures import DAMAGED, told_in_sentences

TURN_SECONDS = 30.0  # to wait for another bot that migrates
MIGRATION_SECONDS = 300.0  # for all steps together
ADVISORY_LOCK = 0x756E646572746F6E  # "underton", a number that no other program takes

NEWER = (
    "The database {place} was made by a newer Undertone than this: install that one again, or set "
    "DATABASE_URL to another database."
)

_one_at_a_time = threading.Lock()  # alembic keeps what it is at in global variables


async def bring_up_to_date(address: DatabaseAddress) -> None:
    """Make or change the tables as this version of the bot needs them.

    Raises
    ------
    StorageError
        The database cannot be used, is damaged, or was made by a newer version.
    """
    await asyncio.to_thread(_bring_up_to_date, address)


def _bring_up_to_date(address: DatabaseAddress) -> None:
    with _one_at_a_time:
        if address.file is not None:
            _prepare_file(address, address.file)
        asyncio.run(_migrate(address))


def _prepare_file(address: DatabaseAddress, file: Path) -> None:
    """Refuse a damaged SQLite file before it is touched; let readers and a writer work at once."""
    with (
        told_in_sentences(address),
        contextlib.closing(sqlite3.connect(file, timeout=TURN_SECONDS)) as connection,
    ):
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise StorageError(DAMAGED.format(place=address.place))
        # Where the file system cannot do it (some network drives), the mode stays as it is.
        connection.execute("PRAGMA journal_mode = WAL")


async def _migrate(address: DatabaseAddress) -> None:
    database = Database(address, lock_seconds=TURN_SECONDS)
    try:
        async with database.transaction(MIGRATION_SECONDS, writes=True) as connection:
            if connection.dialect.name == "postgresql":
                milliseconds = round(TURN_SECONDS * 1000)
                await connection.execute(text(f"SET LOCAL lock_timeout = {milliseconds}"))
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            await connection.run_sync(_to_head, address)
    finally:
        await database.close()


def _to_head(connection: Connection, address: DatabaseAddress) -> None:
    """Upgrade the database to the newest step that this version knows."""
    from alembic import command
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = migrations.config(connection)
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if set(MigrationContext.configure(connection).get_current_heads()) - known:
        raise StorageError(NEWER.format(place=address.place))
    command.upgrade(config, "head")
