"""A harness for the bot's own client: a playground, a real database, and a fake analysis."""

import asyncio
from dataclasses import dataclass
from typing import Any

import discord

from bot.analysis.pool import Analyser
from bot.analysis.queue import OnPosition, Requester
from bot.analysis.result import AnalysisOptions, AnalysisResult, DrawTimeline
from bot.analysis.verdict_table import VerdictTable
from bot.answers.downloads import Downloads
from bot.answers.pipeline import Pipeline
from bot.answers.service import AnswerService
from bot.client import Client
from bot.errors import AnalyserError, StorageError
from bot.playground.world.channels import GUILD_ID, VOICE_NOTES_ID
from bot.playground.world.people import Person
from bot.settings import Settings
from bot.storage import Storage
from bot.views.reply import AttachmentResult
from bot.views.trouble import Trouble
from tests.bot.results import long_result, short_result
from tests.bot_process import PATIENCE, until
from tests.playground import Playground, Upload

NOTE = Upload(filename="note.ogg", data=b"OggS123", content_type="audio/ogg")
PNG = b"\x89PNG a picture"
MENU = "Hear the emotion"
SETTINGS = Settings(_env_file=None)

Json = dict[str, Any]


async def fail(*_: object, **__: object) -> None:
    """Raise what a method of `Storage` raises when its database is gone."""
    raise StorageError("The database at db.example is gone.")


class FakePipeline(Pipeline):
    """A pipeline that records what it is asked for, and returns made-up results."""

    def __init__(self) -> None:
        super().__init__(SETTINGS, Analyser(SETTINGS), Downloads(0, 1.0, frozenset()))
        self.analyser.draw = self.draw  # type: ignore[method-assign]
        self.outcome: AnalysisResult | Trouble = short_result()
        self.analysed: list[str] = []
        self.analysed_again: list[str] = []
        self.options: list[AnalysisOptions] = []
        self.tables: list[VerdictTable] = []
        self.error: Exception | None = None
        self.positions: list[int] = []
        self.may_answer = asyncio.Event()

    async def _analyse_one(
        self,
        attachment: discord.Attachment,
        options: AnalysisOptions,
        requester: Requester,
        on_position: OnPosition | None,
    ) -> AttachmentResult:
        for position in self.positions:
            assert on_position is not None
            on_position(position)
            await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        self.options.append(options)
        if options.draw_timeline is DrawTimeline.ALWAYS:
            self.analysed_again.append(attachment.filename)
            return AttachmentResult(attachment.filename, long_result(timeline_image=PNG))
        self.analysed.append(attachment.filename)
        return AttachmentResult(attachment.filename, self.outcome)

    async def draw(self, table: VerdictTable) -> bytes:
        if isinstance(self.error, AnalyserError):
            raise self.error
        self.tables.append(table)
        return PNG


class QuietAnswers(AnswerService):
    """Answers only messages that mention the bot, unless a test says otherwise."""

    def __init__(self, pipeline: Pipeline, storage: Storage) -> None:
        super().__init__(pipeline, storage)
        self.is_quiet = True
        self.seen: list[int] = []

    async def answer_message(self, message: discord.Message, *, bot_id: int) -> None:
        if not self.is_quiet or bot_id in message.raw_mentions:
            await super().answer_message(message, bot_id=bot_id)
        self.seen.append(message.id)


class TestClient(Client):
    """The bot's client, which registers the commands before it is online."""

    __test__ = False

    def __init__(self, service: AnswerService) -> None:
        self.is_online = asyncio.Event()

        async def register(client: Client) -> None:
            await client.registration.register()

        super().__init__(service, on_login=register, on_online=lambda _: self.is_online.set())
        self._connection.guild_ready_timeout = 0.1  # there is one server

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Skip the pause that discord.py makes between two logins."""


@dataclass
class Harness:
    """A playground with a bot in it."""

    playground: Playground
    storage: Storage
    pipeline: FakePipeline
    service: QuietAnswers
    bot: TestClient
    guild_id: int = GUILD_ID
    channel_id: int = VOICE_NOTES_ID

    @property
    def world(self) -> Any:
        return self.playground.world

    @property
    def mention(self) -> str:
        """A mention of the bot."""
        return f"<@{self.world.bot.id}>"

    def replies_to(self, message_id: int) -> list[Json]:
        """Return the bot's replies to a message so far."""
        return [
            one
            for one in self.playground.bot_messages()
            if one["message_reference"]["message_id"] == str(message_id)
        ]

    async def say(
        self, content: str = "", *, channel: int | None = None, **rest: Any
    ) -> list[Json]:
        """Send a message, and return the bot's replies when it has handled the message."""
        message = await self.playground.say(channel or self.channel_id, content, **rest)
        await until(lambda: message.id in self.service.seen)
        return self.replies_to(message.id)

    async def note(self, *files: Upload, person: Person | None = None) -> int:
        """Send a voice note as the friend, or as another person, and return its id."""
        await self.say(files=files or [NOTE], author=person or self.world.friend)
        return self.service.seen[-1]

    async def answer(self, outcome: AnalysisResult | Trouble | None = None) -> Json:
        """Send a voice note with a mention, and return the answer with a made-up outcome."""
        self.pipeline.outcome = outcome or short_result()
        [answer] = await self.say(self.mention, files=[NOTE])
        return answer

    async def slash(self, command: str, **rest: Any) -> Any:
        return await (await self.playground.slash(command, **rest)).answer(PATIENCE)

    async def menu(self, target: int, *, person: Person | None = None) -> Any:
        return await (await self.playground.use_menu(MENU, target, person=person)).answer(PATIENCE)

    async def press(self, message: Json, action: str, person: Person | None = None) -> Any:
        """Press the button of an action, and wait for the response."""
        pressed = await self.playground.press(message["id"], _id_of(message, action), person=person)
        return await pressed.answer(PATIENCE)

    async def choose(self, message: Json, value: str) -> Any:
        """Choose the right emotion in the menu."""
        chosen = await self.playground.choose(message["id"], _id_of(message, "said"), [value])
        return await chosen.answer(PATIENCE)


def components(message: Json) -> list[Json]:
    return [one for row in message["components"] for one in row["components"]]


def ids(message: Json) -> list[str]:
    return [one["custom_id"] for one in components(message)]


def _id_of(message: Json, action: str) -> str:
    return next(one for one in ids(message) if one.split(":")[1] == action)
