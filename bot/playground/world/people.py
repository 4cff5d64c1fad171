"""The users of the playground: people and the bot."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from discord.utils import time_snowflake

# Ids from a fixed time are the same at every start, so that they match those in the bot's database.
CREATED_AT = datetime(2025, 1, 1, tzinfo=UTC)
FIRST_ID = time_snowflake(CREATED_AT)
BOT_ID, YOU_ID, FRIEND_ID, MODERATOR_ID = (FIRST_ID + number for number in range(1, 5))
DEFAULT_LOCALE = "en-US"
LOCALES = (DEFAULT_LOCALE, "de", "es-ES", "pl")  # languages that the page offers


@dataclass(frozen=True, kw_only=True)
class Person:
    """A user: a person or the bot."""

    id: int
    name: str
    colour: str  # "#rrggbb"
    bot: bool = False
    moderator: bool = False  # has the role of moderators in the server

    def to_json(self) -> dict[str, Any]:
        """Return Discord's user object."""
        return {
            "id": str(self.id),
            "username": self.name.lower(),
            "discriminator": "0",
            "global_name": None if self.bot else self.name,
            "avatar": None,
            "bot": self.bot,
        }


YOU = Person(id=YOU_ID, name="You", colour="#3b82f6")
FRIEND = Person(id=FRIEND_ID, name="Robin", colour="#f59e0b")
MODERATOR = Person(id=MODERATOR_ID, name="Morgan", colour="#10b981", moderator=True)
BOT = Person(id=BOT_ID, name="Undertone", colour="#5b5bd6", bot=True)
