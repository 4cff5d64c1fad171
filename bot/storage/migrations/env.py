"""What Alembic runs to take steps: over a connection that is given, or on ``DATABASE_URL``.

The bot gives its connection. Alembic's command line, with which new steps are written, has none.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection

from bot.settings import Settings
from bot.storage.address import DatabaseAddress
from bot.storage.database import Database, make_file
from bot.storage.tables import METADATA

COMMAND_LINE_SECONDS = 300.0


def take_steps(connection: Connection) -> None:
    """Do what Alembic was asked for, over a connection."""
    # SQLite cannot change a column: Alembic copies the table instead.
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def take_steps_on_database_url() -> None:
    """Do what Alembic was asked for, on the database of the settings."""
    address = DatabaseAddress.parse(Settings.load().database_url)
    make_file(address)
    database = Database(address)
    try:
        async with database.transaction(COMMAND_LINE_SECONDS, writes=True) as connection:
            await connection.run_sync(take_steps)
    finally:
        await database.close()


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(take_steps_on_database_url())
else:
    take_steps(given)
