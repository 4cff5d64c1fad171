"""The address of the database: DATABASE_URL, in the forms that hosting services give it."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

DEFAULT_DATABASE_URL = "sqlite+aiosqlite:///data/undertone.db"

POSTGRES_SCHEMES = frozenset({"postgres", "postgresql"})
POSTGRES_PORT = 5432

HOSTS = re.compile(r"[A-Za-z0-9_.:,%-]+")
"""Names and addresses. After an "@" in a password, the rest of it would be taken for a host."""

POSTGRES_OPTIONS = frozenset(
    {
        "host",
        "port",
        "user",
        "password",
        "passfile",
        "sslmode",
        "sslcert",
        "sslkey",
        "sslpassword",
        "sslrootcert",
        "sslcrl",
        "target_session_attrs",
        "application_name",
        "options",
    }
)
"""The options after "?" that are kept. Others (``channel_binding``, ``pgbouncer``) are for other
drivers; asyncpg would pass them to the server, which refuses unknown ones."""


@dataclass(frozen=True)
class DatabaseAddress:
    """The address of a database.

    Parameters
    ----------
    place
        The address without secrets: a file's path, or a host with its port.
    file
        The SQLite file; None for Postgres.
    dsn
        The connection string of Postgres, with the password; empty for SQLite.
    """

    place: str
    file: Path | None = None
    dsn: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: SecretStr) -> "DatabaseAddress":
        """Parse a URL.

        Parameters
        ----------
        url
            ``sqlite:///path`` or ``postgresql://user:password@host:port/database``; also
            ``postgres://``, and with any driver after a "+".

        Raises
        ------
        ValueError
            It is not such a URL; the error does not quote it, for it may hold a password.
        """
        try:
            parsed = make_url(url.get_secret_value().strip())
        except (ArgumentError, ValueError):
            parsed = None
        scheme = "" if parsed is None else parsed.drivername.partition("+")[0].lower()
        if parsed is not None and scheme == "sqlite":
            return _sqlite(parsed)
        if parsed is not None and scheme in POSTGRES_SCHEMES:
            return _postgres(parsed)
        raise ValueError("not the address of a database")


def _sqlite(url: URL) -> DatabaseAddress:
    """Return the address of an SQLite file; a database in memory would lose the opt-outs."""
    path = url.database or ""
    if not path or path.startswith((":", "file:")) or url.host or url.query:
        raise ValueError("not the address of a file")
    return DatabaseAddress(place=path, file=Path(path))


def _postgres(url: URL) -> DatabaseAddress:
    """Return the address of a Postgres database, with a connection string for asyncpg."""
    if url.host is not None and not HOSTS.fullmatch(url.host):
        raise ValueError("not a host")
    query = {name: value for name, value in url.query.items() if name in POSTGRES_OPTIONS}
    dsn = url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)
    place = f"{url.host}:{url.port or POSTGRES_PORT}" if url.host else "this computer"
    return DatabaseAddress(place=place, dsn=dsn)
