"""How a server wants the bot to be, and how its channels differ from that."""

import logging
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Literal, TypedDict, Unpack

from sqlalchemy import and_, delete, select

from bot.errors import StorageError
from bot.storage.database import Database, insert
from bot.storage.memory import Memory
from bot.storage.tables import PREFERENCES, WHOLE_SERVER

log = logging.getLogger(__name__)

FRESH_SECONDS = 60.0  # after which another bot's changes are seen
MOST_SERVERS = 10_000  # kept in memory

Detail = Literal["compact", "full"]
DETAILS: tuple[Detail, ...] = ("compact", "full")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")  # as Discord's locales are written


@dataclass(frozen=True)
class Preferences:
    """How the bot is to be in one channel.

    Parameters
    ----------
    automatic
        Whether it answers voice messages without being asked.
    audio_files
        Whether that holds for audio files too, and not for voice messages only.
    detail
        How much an answer says.
    min_confidence
        The confidence below which an answer is "not sure", 0 to 1; the model's own threshold holds
        besides.
    private
        Whether what somebody asks for is shown to nobody else.
    language
        The language of answers, as Discord writes locales; None for that of whoever asks, or of the
        server.
    """

    automatic: bool = True
    audio_files: bool = True
    detail: Detail = "full"
    min_confidence: float = 0.0
    private: bool = False
    language: str | None = None


DEFAULTS = Preferences()
"""Where nobody has said otherwise, and in direct messages."""

UNKNOWN = Preferences(automatic=False, private=True)
"""Where a server may have said something that cannot be read just now."""


@dataclass(frozen=True)
class Overrides:
    """What a server, or a channel, wants otherwise; None is inherited from the next wider level.

    The fields are those of `Preferences`.

    Raises
    ------
    ValueError
        A value is none that its field can have.
    """

    automatic: bool | None = None
    audio_files: bool | None = None
    detail: Detail | None = None
    min_confidence: float | None = None
    private: bool | None = None
    language: str | None = None

    def __post_init__(self) -> None:
        if self.detail is not None and self.detail not in DETAILS:
            raise ValueError(f"The detail must be one of {', '.join(DETAILS)}.")
        if self.min_confidence is not None and not 0.0 <= self.min_confidence <= 1.0:
            raise ValueError("The lowest confidence must be a number from 0 to 1.")
        if self.language is not None and not LANGUAGE.fullmatch(self.language):
            raise ValueError("The language must be written like 'de' or 'pt-BR'.")

    def over(self, wider: Preferences) -> Preferences:
        """Give the preferences that result of these on top of wider ones."""
        own = {name: value for name, value in asdict(self).items() if value is not None}
        return Preferences(**(asdict(wider) | own))


class Changes(TypedDict, total=False):
    """New values by the name of their field; None is inherited again."""

    automatic: bool | None
    audio_files: bool | None
    detail: Detail | None
    min_confidence: float | None
    private: bool | None
    language: str | None


NAMES = tuple(field.name for field in fields(Overrides))
NO_OVERRIDES = Overrides()

ServerOverrides = Mapping[int | None, Overrides]
"""By channel; None is the server itself. What overrides nothing is not there."""


class PreferenceTable:
    """The preferences of all servers.

    Parameters
    ----------
    database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._memory: Memory[int, ServerOverrides] = Memory(
            seconds=FRESH_SECONDS, most=MOST_SERVERS
        )

    async def resolve(self, guild_id: int, channel_id: int) -> Preferences:
        """Give what holds in a channel; see `Storage.preferences`."""
        levels = self._memory.fresh(guild_id)
        if levels is None:
            levels = await self._read_or_recall(guild_id)
        server = levels.get(None, NO_OVERRIDES).over(DEFAULTS)
        return levels.get(channel_id, NO_OVERRIDES).over(server)

    async def _read_or_recall(self, guild_id: int) -> ServerOverrides:
        """Read what a server wants; where that fails, what is known from before goes on to hold."""
        try:
            return await self.overrides(guild_id)
        except StorageError as error:
            known = self._memory.last(guild_id)
            if known is None:
                raise
            log.warning("A server's settings are taken from memory. %s", error)
            self._memory.keep(guild_id, known)  # the database is asked again after a while
            return known

    async def overrides(self, guild_id: int) -> ServerOverrides:
        """Read all that a server wants."""
        changes = self._memory.changes
        rows = select(PREFERENCES).where(PREFERENCES.c.guild_id == guild_id)
        async with self._database.read() as connection:
            found = (await connection.execute(rows)).mappings().all()
        levels = {
            None if row["channel_id"] == WHOLE_SERVER else int(row["channel_id"]): Overrides(
                **{name: row[name] for name in NAMES}
            )
            for row in found
        }
        self._memory.keep(guild_id, levels, changes=changes)
        return levels

    async def change(
        self, guild_id: int, channel_id: int | None, **changes: Unpack[Changes]
    ) -> None:
        """Change some, and leave the others as they are."""
        Overrides(**changes)
        if not changes:
            return
        place = {"guild_id": guild_id, "channel_id": channel_id or WHOLE_SERVER}
        overrides_nothing = and_(*(PREFERENCES.c[name].is_(None) for name in NAMES))
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, PREFERENCES)
                .values(**place, **changes)
                .on_conflict_do_update(
                    index_elements=["guild_id", "channel_id"], set_=dict(changes)
                )
            )
            await connection.execute(
                delete(PREFERENCES).where(PREFERENCES.c.guild_id == guild_id, overrides_nothing)
            )
        self._memory.forget(guild_id)

    async def reset(self, guild_id: int, channel_id: int | None) -> None:
        """Let a channel, or the server itself, inherit everything again."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(PREFERENCES).where(
                    PREFERENCES.c.guild_id == guild_id,
                    PREFERENCES.c.channel_id == (channel_id or WHOLE_SERVER),
                )
            )
        self._memory.forget(guild_id)

    async def forget_guild(self, guild_id: int) -> None:
        """Delete all that a server and its channels wanted."""
        async with self._database.write() as connection:
            await connection.execute(delete(PREFERENCES).where(PREFERENCES.c.guild_id == guild_id))
        self._memory.forget(guild_id)
