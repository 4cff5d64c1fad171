"""Steps from one version of the database's tables to the next, run by Alembic."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).resolve().parent


def config(connection: Connection) -> "Config":
    """Return what Alembic needs to run the steps over a connection."""
    from alembic.config import Config  # takes a while, and only the start of the bot needs it

    configuration = Config()
    configuration.set_main_option("script_location", str(HERE).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    return configuration
