"""What the bot keeps between one start and the next, behind one door."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Self, Unpack

from pydantic import SecretStr

from bot.storage.address import DatabaseAddress
from bot.storage.answered import Answered
from bot.storage.commands import CommandDigests
from bot.storage.database import Database, make_file
from bot.storage.opt_outs import OptOuts, read_key
from bot.storage.preferences import (
    DEFAULTS,
    Changes,
    Preferences,
    PreferenceTable,
    ServerOverrides,
)
from bot.storage.schema import bring_up_to_date
from bot.storage.verdicts import Verdicts


class Storage:
    """Servers' preferences, opt-outs, verdicts, answered messages, the digest of the commands.

    Every method raises `StorageError` where the database fails, or does not answer within ten
    seconds; `bot.storage` says what a caller does then. All ids are Discord's.

    Parameters
    ----------
    database
        An open database with all tables; `Storage.open` makes it.
    key
        The key of the hash that stands for people.
    clock
        Tells the time in seconds since 1970.
    """

    def __init__(
        self, database: Database, key: bytes, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._preferences = PreferenceTable(database)
        self._opt_outs = OptOuts(database, key)
        self._verdicts = Verdicts(database)
        self._answered = Answered(database, clock)
        self._commands = CommandDigests(database)

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, url: SecretStr, *, clock: Callable[[], float] = time.time
    ) -> AsyncIterator[Self]:
        """Open the storage: make the file if there is none, bring the tables up to date.

        Parameters
        ----------
        url
            DATABASE_URL, see `DatabaseAddress.parse`.
        clock
            Tells the time in seconds since 1970.

        Raises
        ------
        StorageError
            The database cannot be reached, refuses the bot, is damaged, or was made by a newer bot.
        ValueError
            The address is none.
        """
        address = DatabaseAddress.parse(url)
        make_file(address)
        await bring_up_to_date(address)
        database = Database(address)
        try:
            yield cls(database, await read_key(database), clock)
        finally:
            await database.close()

    async def preferences(self, guild_id: int | None, channel_id: int) -> Preferences:
        """Give what holds in a channel: its own wishes, over the server's, over the defaults.

        It is asked for each message, and answered from memory; another bot's changes are seen after
        a minute. Where the database fails, what was last known goes on to hold.

        Parameters
        ----------
        guild_id
            The server; None for a direct message, in which the defaults hold.
        channel_id
            The channel; for a thread, the one that it belongs to.
        """
        if guild_id is None:
            return DEFAULTS
        return await self._preferences.resolve(guild_id, channel_id)

    async def overrides(self, guild_id: int) -> ServerOverrides:
        """Give what a server and its channels want otherwise than the next wider level."""
        return await self._preferences.overrides(guild_id)

    async def set_preferences(
        self, guild_id: int, channel_id: int | None, **changes: Unpack[Changes]
    ) -> None:
        """Change some preferences of a channel, or with None of the server; the others stay.

        Raises
        ------
        ValueError
            A value is none that its field can have.
        """
        await self._preferences.change(guild_id, channel_id, **changes)

    async def reset_preferences(self, guild_id: int, channel_id: int | None) -> None:
        """Let a channel inherit everything again, or with None the server (not its channels)."""
        await self._preferences.reset(guild_id, channel_id)

    async def opt_out(self, user_id: int) -> None:
        """Remember that a person is never to be analysed, whoever asks."""
        await self._opt_outs.add(user_id)

    async def opt_in(self, user_id: int) -> None:
        """Forget that a person opted out."""
        await self._opt_outs.remove(user_id)

    async def is_opted_out(self, user_id: int) -> bool:
        """Tell whether a person opted out. After a `StorageError`, act as if they had."""
        return await self._opt_outs.has(user_id)

    async def count_verdict(self, guild_id: int, *, heard: str, said: str) -> None:
        """Count that something was heard in a server, and what somebody said it was.

        Parameters
        ----------
        guild_id
            The server.
        heard
            The emotion in the bot's answer, or `NOT_SURE`.
        said
            The emotion that was picked; the same, where the bot was right.

        Raises
        ------
        ValueError
            One of them is no emotion.
        """
        await self._verdicts.count(guild_id, heard=heard, said=said)

    async def verdicts(self, guild_id: int) -> dict[tuple[str, str], int]:
        """Give a server's counts, by what was heard and what it was said to be."""
        return await self._verdicts.of(guild_id)

    async def claim(self, message_id: int) -> bool:
        """Take a message to answer: true for exactly one caller, of all bots on this database.

        A message of more than seven days ago is nobody's: whether it was answered is forgotten by
        then. So claim what is answered unasked, and not what somebody asks for.
        """
        return await self._answered.claim(message_id)

    async def commands_digest(self, application_id: int) -> str | None:
        """Give the digest of the commands that Discord has; None where none were sent yet."""
        return await self._commands.get(application_id)

    async def set_commands_digest(self, application_id: int, digest: str) -> None:
        """Keep the digest of the commands that Discord now has."""
        await self._commands.put(application_id, digest)

    async def forget_guild(self, guild_id: int) -> None:
        """Delete all that is known of a server, because the bot was removed from it."""
        await self._preferences.forget_guild(guild_id)
        await self._verdicts.forget_guild(guild_id)
