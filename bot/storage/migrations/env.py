"""What Alembic runs to migrate: over the bot's connection, or at the address in ``DATABASE_URL``.

Alembic's command line, with which new migrations are written, has no connection. It takes the
address from the environment alone, not from the bot's settings.
"""

import asyncio
import os

from alembic import context
from pydantic import SecretStr
from sqlalchemy import Connection

from bot.storage.address import DEFAULT_DATABASE_URL, DatabaseAddress
from bot.storage.database import Database, make_file
from bot.storage.tables import METADATA

COMMAND_LINE_SECONDS = 300.0


def run_migrations(connection: Connection) -> None:
    """Run the migrations that Alembic was asked for over a connection."""
    # SQLite cannot change a column: Alembic copies the table instead.
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def run_migrations_at(address: DatabaseAddress) -> None:
    """Run the migrations that Alembic was asked for on a database of its own connection."""
    make_file(address)
    database = Database(address)
    try:
        async with database.transaction(COMMAND_LINE_SECONDS, writes=True) as connection:
            await connection.run_sync(run_migrations)
    finally:
        await database.close()


given = context.config.attributes.get("connection")
if given is None:
    url = SecretStr(os.environ.get("DATABASE_URL", DEFAULT_DATABASE_URL))
    asyncio.run(run_migrations_at(DatabaseAddress.parse(url)))
else:
    run_migrations(given)
