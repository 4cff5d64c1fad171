"""Errors of the database as sentences that its owner can act on."""

import contextlib
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import StorageError
from bot.storage.address import DatabaseAddress

UNREACHABLE = (
    "The database at {place} cannot be reached: check that it runs, and the host, port and "
    "sslmode in DATABASE_URL."
)
SILENT = (
    "The database at {place} does not answer in time: check that it runs and is not overloaded."
)
REFUSED = "The database at {place} does not accept the user name or the password in DATABASE_URL."
NO_DATABASE = (
    "The server at {place} has no database of the name in DATABASE_URL: make it, or correct that."
)
TOO_MANY = "The database at {place} takes no more connections: close others, or allow it more."
MAY_NOT = (
    "The database at {place} does not let its user in DATABASE_URL make and change tables: allow "
    "it to, or use another one."
)
FILE_CLOSED = (
    "The database {place} cannot be opened for writing: check the permissions of the file and of "
    "its folder."
)
FULL = "The disc of the database {place} is full: make room there."
LOCKED = (
    "The database {place} is locked by another program: end that, or wait until it has finished."
)
DAMAGED = (
    "The file {place} is damaged, or no database: put a copy of an earlier one in its place, or "
    "move it away to begin with an empty one."
)
FAILED = "The database {place} reports an error ({kind})."

SQLITE_CODE = 0xFF  # the bits of an SQLite error's primary code
SQLITE_SENTENCES = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_CANTOPEN: FILE_CLOSED,
    sqlite3.SQLITE_READONLY: FILE_CLOSED,
    sqlite3.SQLITE_PERM: FILE_CLOSED,
    sqlite3.SQLITE_AUTH: FILE_CLOSED,
}
POSTGRES_SENTENCES = {
    "08": UNREACHABLE,  # the connection failed
    "28": REFUSED,  # not authorised
    "3D": NO_DATABASE,
    "25006": MAY_NOT,  # a read-only transaction
    "42501": MAY_NOT,
    "53100": FULL,
    "53300": TOO_MANY,
    "55P03": LOCKED,
    "57P": UNREACHABLE,  # it is being shut down, or has just been started
}
"""The sentences by the SQLSTATE code, or a prefix of it: the longest match counts."""


@contextlib.contextmanager
def raising_storage_errors(address: DatabaseAddress) -> Iterator[None]:
    """Convert errors of the database and its drivers to `StorageError`."""
    try:
        yield
    except (SQLAlchemyError, OSError, TimeoutError, sqlite3.Error) as cause:
        raise StorageError(_sentence(address, cause)) from cause
    except Exception as cause:
        if _sqlstate(cause) is None and not type(cause).__module__.startswith("asyncpg"):
            raise
        raise StorageError(_sentence(address, cause)) from cause


def _sentence(address: DatabaseAddress, error: BaseException) -> str:
    """Return the sentence for an error; the error's own text is left out, for it may hold data."""
    driver = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    template = _sqlite_sentence(driver) or _postgres_sentence(driver)
    if template is None and isinstance(driver, TimeoutError):
        template = SILENT
    if template is None and isinstance(driver, OSError):
        template = UNREACHABLE if address.file is None else FILE_CLOSED
    if template is None and isinstance(error, DBAPIError) and error.connection_invalidated:
        template = UNREACHABLE
    return (template or FAILED).format(place=address.place, kind=type(driver).__name__)


def _sqlite_sentence(error: BaseException) -> str | None:
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else SQLITE_SENTENCES.get(code & SQLITE_CODE)


def _postgres_sentence(error: BaseException) -> str | None:
    code = _sqlstate(error) or ""
    starts = (code[:length] for length in range(len(code), 1, -1))
    return next((POSTGRES_SENTENCES[one] for one in starts if one in POSTGRES_SENTENCES), None)


def _sqlstate(error: BaseException) -> str | None:
    """Return the SQLSTATE code of an error, also where SQLAlchemy has wrapped it."""
    code = getattr(error, "sqlstate", None)
    if code is None and error.__cause__ is not None:
        code = getattr(error.__cause__, "sqlstate", None)
    return code
