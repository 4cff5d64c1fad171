"""Who does not want to be heard.

A person is kept as a keyed hash of their id (HMAC-SHA256), with a random key that each database has
of its own. So a copy of the table alone names nobody; one of the whole database can still be asked
about an id that one knows.
"""

import hashlib
import hmac
import secrets

from sqlalchemy import delete, select

from bot.storage.database import Database, insert
from bot.storage.memory import Memory
from bot.storage.tables import OPT_OUTS, SECRET_KEYS

KEY_NAME = "opt_outs"
KEY_BYTES = 32
FRESH_SECONDS = 60.0  # until somebody who came back through another bot is heard by this one too
MOST_PEOPLE = 10_000  # kept in memory


class OptOuts:
    """The people who opted out.

    Parameters
    ----------
    database
        Where they are kept.
    key
        The key of the hash; `read_key` gives it.
    """

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key
        self._memory: Memory[bytes, bool] = Memory(seconds=FRESH_SECONDS, most=MOST_PEOPLE)

    async def add(self, user_id: int) -> None:
        """Take a person in."""
        person = self._hash(user_id)
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, OPT_OUTS).values(person=person).on_conflict_do_nothing()
            )
        self._memory.keep(person, True)

    async def remove(self, user_id: int) -> None:
        """Forget a person."""
        person = self._hash(user_id)
        async with self._database.write() as connection:
            await connection.execute(delete(OPT_OUTS).where(OPT_OUTS.c.person == person))
        self._memory.forget(person)

    async def has(self, user_id: int) -> bool:
        """Tell whether a person is among them.

        Who is, is remembered; who is not, is asked for each time, because they may just have opted
        out through another bot on the same database.
        """
        person = self._hash(user_id)
        if self._memory.fresh(person):
            return True
        changes = self._memory.changes
        async with self._database.read() as connection:
            query = select(OPT_OUTS.c.person).where(OPT_OUTS.c.person == person)
            found = (await connection.execute(query)).first() is not None
        if found:
            self._memory.keep(person, True, changes=changes)
        return found

    def _hash(self, user_id: int) -> bytes:
        return hmac.digest(self._key, str(user_id).encode(), hashlib.sha256)


async def read_key(database: Database) -> bytes:
    """Give the key of the hash, which the first bot that asks makes.

    Raises
    ------
    StorageError
        The database fails.
    """
    new = secrets.token_bytes(KEY_BYTES)
    async with database.write() as connection:
        await connection.execute(
            insert(connection, SECRET_KEYS).values(name=KEY_NAME, key=new).on_conflict_do_nothing()
        )
        query = select(SECRET_KEYS.c.key).where(SECRET_KEYS.c.name == KEY_NAME)
        return bytes((await connection.execute(query)).scalar_one())
