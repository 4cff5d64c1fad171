"""How often people said that the bot was right, or what it should have heard: counts, nobody's."""

from sqlalchemy import delete, select

from bot.storage.database import Database, insert
from bot.storage.tables import VERDICTS
from ser_core.emotions import EMOTION_NAMES, NOT_SURE

HEARD = frozenset({*EMOTION_NAMES, NOT_SURE})
SAID = frozenset(EMOTION_NAMES)


class Verdicts:
    """The verdicts of all servers.

    Parameters
    ----------
    database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, guild_id: int, *, heard: str, said: str) -> None:
        """Count one; see `Storage.count_verdict`."""
        if heard not in HEARD or said not in SAID:
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

    async def of(self, guild_id: int) -> dict[tuple[str, str], int]:
        """Give a server's counts, by what was heard and what it was said to be."""
        query = select(VERDICTS.c.heard, VERDICTS.c.said, VERDICTS.c.count).where(
            VERDICTS.c.guild_id == guild_id
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return {(heard, said): count for heard, said, count in rows}

    async def forget_guild(self, guild_id: int) -> None:
        """Delete a server's counts."""
        async with self._database.write() as connection:
            await connection.execute(delete(VERDICTS).where(VERDICTS.c.guild_id == guild_id))
