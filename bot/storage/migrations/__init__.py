"""Alembic's environment and the migrations of the database."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).resolve().parent


def config(connection: Connection) -> "Config":
    """Return Alembic's configuration for migrating over a connection."""
    from alembic.config import Config  # slow to import, and needed at the start alone

    configuration = Config()
    configuration.set_main_option("script_location", str(HERE).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    return configuration
