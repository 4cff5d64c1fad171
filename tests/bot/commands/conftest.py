"""discord.py's own client with the bot's commands, in a playground, and a real database.

What is heard is made up: the tests are about who is heard, where, and what is told of it.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import discord
import pytest
from pydantic import SecretStr

from bot.client import Address
from bot.commands import Commands, Services, install
from bot.errors import AnalyserError
from bot.house_rules import HouseRules
from bot.manner import Manner
from bot.notices import Tell
from bot.playground.world.channels import VOICE_NOTES_ID
from bot.playground.world.people import Person
from bot.queueing import Asker
from bot.replies import Answer
from bot.requests import Requests
from bot.settings import DEFAULT_API_URL, DEFAULT_GATEWAY_URL
from bot.storage import Storage
from bot.verdict_table import VerdictTable
from tests.bot.conftest import PATIENCE, until
from tests.bot.hearings import hearing
from tests.playground import Playground, Upload

NOTE = Upload(filename="note.ogg", data=b"OggS123", content_type="audio/ogg")
PNG = b"\x89PNG a table"
MENU = "Hear the emotion"

Json = dict[str, Any]


@dataclass
class Ears:
    """Notes what is to be heard and drawn, and makes up the rest."""

    heard: list[str] = field(default_factory=list)
    manners: list[Manner] = field(default_factory=list)
    tables: list[VerdictTable] = field(default_factory=list)
    trouble: Exception | None = None
    askers: list[Asker] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(
        self,
        attachments: Sequence[discord.Attachment],
        *,
        manner: Manner,
        asker: Asker,
        tell: Tell | None = None,
    ) -> list[Answer]:
        self.askers.append(asker)
        for place in self.places:
            assert tell is not None
            tell(0, place)
            await self.told.wait()
        if self.trouble is not None:
            raise self.trouble
        self.heard.extend(attachment.filename for attachment in attachments)
        self.manners.append(manner)
        return [Answer(attachment.filename, hearing()) for attachment in attachments]

    async def draw(self, table: VerdictTable) -> bytes:
        if isinstance(self.trouble, AnalyserError):
            raise self.trouble
        self.tables.append(table)
        return PNG


class Commanded(discord.Client):
    """discord.py's own client, with the bot's commands."""

    def __init__(self, services: Services) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__(intents=intents, guild_ready_timeout=0.2)
        self.is_online = asyncio.Event()
        self.mentions: list[bool] = []
        self.commands: Commands = install(self, services)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do without the pause that discord.py makes between two logins."""

    async def setup_hook(self) -> None:
        await self.commands.register()

    async def on_ready(self) -> None:
        self.is_online.set()

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot:
            self.mentions.append(await self.commands.hear_mention(message))


@dataclass
class Scene:
    """A playground with a bot in it."""

    playground: Playground
    storage: Storage
    ears: Ears
    bot: Commanded
    requests: Requests

    @property
    def world(self) -> Any:
        return self.playground.world

    @property
    def channel_id(self) -> int:
        return VOICE_NOTES_ID

    @property
    def guild_id(self) -> int:
        return self.bot.guilds[0].id

    async def note(self, *files: Upload, person: Person | None = None) -> int:
        """Send a voice note as a friend, unless somebody else is named."""
        message = await self.playground.say(
            self.channel_id, files=files or [NOTE], author=person or self.world.friend
        )
        return int(message.id)

    async def slash(self, command: str, **rest: Any) -> Any:
        return await (await self.playground.slash(command, **rest)).answer(PATIENCE)

    async def menu(self, target: int, *, person: Person | None = None) -> Any:
        asked = await self.playground.use_menu(MENU, target, person=person)
        return await asked.answer(PATIENCE)


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async with Storage.open(SecretStr(f"sqlite:///{tmp_path / 'undertone.db'}")) as opened:
        yield opened


@pytest.fixture
async def scene(storage: Storage) -> AsyncIterator[Scene]:
    ears = Ears()
    async with Playground(port=0) as playground:
        Address(playground.api_url, playground.gateway_url).use()
        rules = HouseRules(storage)
        requests = Requests()
        bot = Commanded(
            Services(
                storage=storage, rules=rules, hear=ears.hear, draw=ears.draw, requests=requests
            )
        )
        running = asyncio.create_task(bot.start(playground.token))
        try:
            await until(lambda: bot.is_online.is_set() or running.done())
            if running.done():
                running.result()
            yield Scene(playground, storage, ears, bot, requests)
        finally:
            await bot.close()
            await asyncio.wait({running})
            Address(DEFAULT_API_URL, DEFAULT_GATEWAY_URL).use()
