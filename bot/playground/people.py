"""Who is in the playground: people and the bot."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.playground.snowflakes import snowflake_at

# Ids made of this moment are the same at every start, so that what the bot keeps still fits.
OPENING = datetime(2025, 1, 1, tzinfo=UTC)
BOT_ID, YOU_ID, FRIEND_ID, MODERATOR_ID = (
    snowflake_at(OPENING, increment) for increment in range(1, 5)
)
DEFAULT_LOCALE = "en-US"
LOCALES = (DEFAULT_LOCALE, "de", "es-ES", "pl")  # that the page offers
COLOURS = ("#3b82f6", "#f59e0b", "#10b981", "#ec4899", "#8b5cf6", "#ef4444")
BOT_COLOUR = "#5b5bd6"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with an account: a person or a bot."""

    id: int
    name: str
    colour: str  # "#rrggbb"
    bot: bool = False
    moderator: bool = False  # has the role of the server's moderators

    def to_json(self) -> dict[str, Any]:
        """Describe the account as Discord does."""
        return {
            "id": str(self.id),
            "username": self.name.lower().replace(" ", "_"),
            "discriminator": "0",
            "global_name": None if self.bot else self.name,
            "avatar": None,
            "avatar_decoration_data": None,
            "banner": None,
            "accent_color": None,
            "bot": self.bot,
            "system": False,
            "public_flags": 0,
            "primary_guild": None,
        }


YOU = Person(id=YOU_ID, name="You", colour=COLOURS[0])
FRIEND = Person(id=FRIEND_ID, name="Robin", colour=COLOURS[1])
MODERATOR = Person(id=MODERATOR_ID, name="Morgan", colour=COLOURS[2], moderator=True)
BOT = Person(id=BOT_ID, name="Undertone", colour=BOT_COLOUR, bot=True)
