"""The queries to the database, and the changes."""

import contextlib
import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Self

from pydantic import SecretStr
from sqlalchemy import and_, delete, select

from bot.bounded_dict import BoundedDict
from bot.errors import StorageError
from bot.storage.address import DatabaseAddress
from bot.storage.database import Database, insert, make_file
from bot.storage.preferences import DEFAULTS, Preferences
from bot.storage.schema import migrate
from bot.storage.tables import (
    ANSWERED,
    COMMAND_DIGESTS,
    OPT_OUTS,
    PREFERENCES,
    SECRET_KEYS,
    VERDICTS,
    WHOLE_SERVER,
)
from ser_core.emotions import EMOTION_NAMES, NOT_SURE

log = logging.getLogger(__name__)

FRESH_SECONDS = 60.0  # after which preferences in memory are read again
MAX_SERVERS = 10_000  # whose preferences are in memory

KEY_NAME = "opt_outs"
KEY_BYTES = 32

DISCORD_EPOCH_SECONDS = 1_420_070_400  # the beginning of 2015
MILLISECOND_SHIFT = 22  # the bits of an id below its time, in milliseconds
ANSWERED_SECONDS = 7 * 24 * 3600  # that the id of an answered message is kept
PRUNE_SECONDS = 3600.0  # between deletions of older ids

PreferenceLevels = Mapping[int | None, Preferences]
"""The preferences that are set, by channel; None is the server itself."""


class Storage:
    """Servers' preferences, opt-outs, verdicts, answered messages, the digest of the commands.

    Every method raises `StorageError` where the database fails, or does not answer within ten
    seconds (`open` has five minutes for the migrations); `bot.storage` has what a caller does then.
    All ids are Discord's.

    Parameters
    ----------
    database
        An open database with all tables; `Storage.open` makes it.
    key
        The key with which people's ids are hashed (HMAC-SHA256). Each database has a random key of
        its own, so that a copy of the table of opt-outs alone identifies nobody.
    clock
        Function that returns the time in seconds since 1970.
    """

    def __init__(
        self, database: Database, key: bytes, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._key = key
        self._clock = clock
        self._levels: BoundedDict[int, tuple[float, PreferenceLevels]] = BoundedDict(MAX_SERVERS)
        self._changes = 0  # of preferences; what was read before one is not kept
        self._pruned = float("-inf")

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, url: SecretStr, *, clock: Callable[[], float] = time.time
    ) -> AsyncIterator[Self]:
        """Open the storage; create the file if there is none, and migrate the tables.

        Parameters
        ----------
        url
            DATABASE_URL, see `DatabaseAddress.parse`.
        clock
            Function that returns the time in seconds since 1970.

        Raises
        ------
        StorageError
            The database cannot be reached, refuses the bot, is damaged, or was made by a newer bot.
        ValueError
            The URL is not one of a database.
        """
        address = DatabaseAddress.parse(url)
        make_file(address)
        await migrate(address)
        database = Database(address)
        try:
            yield cls(database, await _read_key(database), clock)
        finally:
            await database.close()

    async def preferences(self, guild_id: int | None, channel_id: int) -> Preferences:
        """Return the preferences for a channel: its own over the server's over the defaults.

        They are kept in memory for a minute, after which changes by another bot are seen. Where the
        database fails, the last known ones are returned.

        Parameters
        ----------
        guild_id
            Id of the server; None for a direct message, which has the defaults.
        channel_id
            Id of the channel; for a thread, of the channel that it belongs to.
        """
        if guild_id is None:
            return DEFAULTS
        when, levels = self._levels.get(guild_id, (0.0, None))
        if levels is None or not 0 <= self._clock() - when < FRESH_SECONDS:
            try:
                levels = await self.preference_levels(guild_id)
            except StorageError as error:
                if levels is None:
                    raise
                log.warning("A server's settings are taken from memory. %s", error)
                self._levels[guild_id] = (self._clock(), levels)  # read again after a while
        server = levels.get(None, DEFAULTS).over(DEFAULTS)
        return levels.get(channel_id, DEFAULTS).over(server)

    async def preference_levels(self, guild_id: int) -> PreferenceLevels:
        """Return the preferences that a server and its channels have set."""
        changes = self._changes
        query = select(PREFERENCES).where(PREFERENCES.c.guild_id == guild_id)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        levels = {
            row["channel_id"] or None: Preferences(
                **{name: row[name] for name in Preferences.model_fields if row[name] is not None}
            )
            for row in rows
        }
        if changes == self._changes:
            self._levels[guild_id] = (self._clock(), levels)
        return levels

    async def set_preferences(self, guild_id: int, channel_id: int | None, **changes: Any) -> None:
        """Change some preferences of a channel, or with None of the server; the others stay.

        Parameters
        ----------
        guild_id, channel_id
            Ids of the server and of its channel; None for the server itself.
        changes
            New values of fields of `Preferences`; a field that is None is inherited again.

        Raises
        ------
        ValueError
            A value is not valid for its field.
        """
        Preferences(**{name: value for name, value in changes.items() if value is not None})
        if not changes:
            return
        place = {"guild_id": guild_id, "channel_id": channel_id or WHOLE_SERVER}
        nothing_set = and_(*(PREFERENCES.c[name].is_(None) for name in Preferences.model_fields))
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, PREFERENCES)
                .values(**place, **changes)
                .on_conflict_do_update(index_elements=list(place), set_=changes)
            )
            await connection.execute(
                delete(PREFERENCES).where(PREFERENCES.c.guild_id == guild_id, nothing_set)
            )
        self._forget_preferences(guild_id)

    async def reset_preferences(self, guild_id: int, channel_id: int | None) -> None:
        """Delete the preferences of a channel, or with None of the server without its channels."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(PREFERENCES).where(
                    PREFERENCES.c.guild_id == guild_id,
                    PREFERENCES.c.channel_id == (channel_id or WHOLE_SERVER),
                )
            )
        self._forget_preferences(guild_id)

    def _forget_preferences(self, guild_id: int) -> None:
        self._changes += 1
        self._levels.pop(guild_id, None)

    async def opt_out(self, user_id: int) -> None:
        """Record that a person is not to be analysed, whoever asks."""
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, OPT_OUTS)
                .values(person=self._hash(user_id))
                .on_conflict_do_nothing()
            )

    async def opt_in(self, user_id: int) -> None:
        """Delete the record that a person opted out."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(OPT_OUTS).where(OPT_OUTS.c.person == self._hash(user_id))
            )

    async def is_opted_out(self, user_id: int) -> bool:
        """Return whether a person opted out; after a `StorageError`, act as if they had.

        This is not cached, since they may just have opted out through another bot.
        """
        query = select(OPT_OUTS.c.person).where(OPT_OUTS.c.person == self._hash(user_id))
        async with self._database.read() as connection:
            return (await connection.execute(query)).first() is not None

    def _hash(self, user_id: int) -> bytes:
        return hmac.digest(self._key, str(user_id).encode(), hashlib.sha256)

    async def count_verdict(self, guild_id: int, *, heard: str, said: str) -> None:
        """Count one verdict in a server.

        Parameters
        ----------
        guild_id
            Id of the server.
        heard
            The label that the bot answered: an emotion, or `NOT_SURE`.
        said
            The emotion that a person chose; the same where the bot was right.

        Raises
        ------
        ValueError
            A label is none of those.
        """
        if heard not in (*EMOTION_NAMES, NOT_SURE) or said not in EMOTION_NAMES:
            raise ValueError("A verdict is about emotions.")
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, VERDICTS)
                .values(guild_id=guild_id, heard=heard, said=said, count=1)
                .on_conflict_do_update(
                    index_elements=["guild_id", "heard", "said"],
                    set_={"count": VERDICTS.c.count + 1},
                )
            )

    async def verdicts(self, guild_id: int) -> dict[tuple[str, str], int]:
        """Return a server's counts, by the label that the bot answered and the one people chose."""
        query = select(VERDICTS).where(VERDICTS.c.guild_id == guild_id)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return {(heard, said): count for _, heard, said, count in rows}

    async def claim(self, message_id: int) -> bool:
        """Claim a message to answer it; return True for one caller of all bots on this database.

        Claims are kept for seven days, so a message that is older cannot be claimed.
        """
        now = self._clock()
        oldest = _first_id_at(now - ANSWERED_SECONDS)
        if message_id < oldest:
            return False
        async with self._database.write() as connection:
            claimed = await connection.execute(
                insert(connection, ANSWERED)
                .values(message_id=message_id)
                .on_conflict_do_nothing()
                .returning(ANSWERED.c.message_id)
            )
            is_first = claimed.first() is not None
            if not 0 <= now - self._pruned < PRUNE_SECONDS:
                await connection.execute(delete(ANSWERED).where(ANSWERED.c.message_id < oldest))
                self._pruned = now
        return is_first

    async def commands_digest(self, application_id: int) -> str | None:
        """Return the digest of the commands that were last sent to Discord; None for none yet."""
        query = select(COMMAND_DIGESTS.c.digest).where(
            COMMAND_DIGESTS.c.application_id == application_id
        )
        async with self._database.read() as connection:
            digest: str | None = (await connection.execute(query)).scalar_one_or_none()
        return digest

    async def set_commands_digest(self, application_id: int, digest: str) -> None:
        """Store the digest of the commands that were sent to Discord."""
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, COMMAND_DIGESTS)
                .values(application_id=application_id, digest=digest)
                .on_conflict_do_update(index_elements=["application_id"], set_={"digest": digest})
            )

    async def forget_guild(self, guild_id: int) -> None:
        """Delete all data of a server."""
        async with self._database.write() as connection:
            for table in (PREFERENCES, VERDICTS):
                await connection.execute(delete(table).where(table.c.guild_id == guild_id))
        self._forget_preferences(guild_id)


async def _read_key(database: Database) -> bytes:
    """Return the key of the hash; the first bot on a database makes it."""
    new = secrets.token_bytes(KEY_BYTES)
    async with database.write() as connection:
        await connection.execute(
            insert(connection, SECRET_KEYS).values(name=KEY_NAME, key=new).on_conflict_do_nothing()
        )
        query = select(SECRET_KEYS.c.key).where(SECRET_KEYS.c.name == KEY_NAME)
        return bytes((await connection.execute(query)).scalar_one())


def _first_id_at(seconds: float) -> int:
    """Return the lowest id that Discord gives at a time in seconds since 1970."""
    return int((seconds - DISCORD_EPOCH_SECONDS) * 1000) << MILLISECOND_SHIFT
