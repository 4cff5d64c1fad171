"""Which definitions of its commands Discord has, so that they are sent only when they changed."""

from sqlalchemy import select

from bot.storage.database import Database, insert
from bot.storage.tables import COMMAND_DIGESTS


class CommandDigests:
    """The digests of what was last sent, one for each application.

    Parameters
    ----------
    database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, application_id: int) -> str | None:
        """Give the digest of what was last sent, or None where nothing was."""
        query = select(COMMAND_DIGESTS.c.digest).where(
            COMMAND_DIGESTS.c.application_id == application_id
        )
        async with self._database.read() as connection:
            digest = (await connection.execute(query)).scalar_one_or_none()
        return None if digest is None else str(digest)

    async def put(self, application_id: int, digest: str) -> None:
        """Keep the digest of what was sent."""
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, COMMAND_DIGESTS)
                .values(application_id=application_id, digest=digest)
                .on_conflict_do_update(index_elements=["application_id"], set_={"digest": digest})
            )
