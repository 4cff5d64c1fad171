"""The buttons under answers, pressed in a playground where discord.py's own client answers them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import discord
import pytest

from bot.client import Address
from bot.components import DYNAMIC_ITEMS, buttons_for
from bot.desk import GONE, NOT_YOURS, THANKED_BEFORE, THANKS, Desk
from bot.hearing import Hearing
from bot.languages import language_for
from bot.manner import Manner
from bot.playground.world.channels import VOICE_NOTES_ID
from bot.playground.world.people import Person
from bot.queueing import Asker
from bot.replies import DEFAULT_MANNER, Answer, reply_to
from bot.requests import SWITCHED_OFF
from bot.settings import DEFAULT_API_URL, DEFAULT_GATEWAY_URL
from bot.troubles import UNFORESEEN, Trouble
from ser_core.emotions import EMOTION_NAMES, NOT_SURE
from tests.bot.conftest import PATIENCE, until
from tests.bot.hearings import SILENCE, UNSURE, hearing, long_hearing
from tests.playground import Playground, Upload

NOTE = Upload(filename="note.ogg", data=b"OggS123", content_type="audio/ogg")
PNG = b"\x89PNG drawn again"
MAX_CUSTOM_ID_LENGTH = 100  # Discord's limit

Json = dict[str, Any]


class Answering(discord.Client):
    """discord.py's own client with a desk, whose analyser and storage are lists in memory."""

    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__(intents=intents, guild_ready_timeout=0.2)
        self.heard_again: list[int] = []
        self.verdicts: list[tuple[int, str, str]] = []
        self.trouble: Exception | None = None
        self.desk = self.new_desk()
        self.is_online = asyncio.Event()
        self.add_dynamic_items(*DYNAMIC_ITEMS)

    def new_desk(self) -> Desk:
        """Make the desk of a bot that has just been started."""
        return Desk(hear_again=self.hear_again, record_verdict=self.record_verdict)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do without the pause that discord.py makes between two logins."""

    async def on_ready(self) -> None:
        self.is_online.set()

    async def hear_again(
        self, message: discord.Message, manner: Manner, asker: Asker
    ) -> Sequence[Answer]:
        if self.trouble is not None:
            raise self.trouble
        self.heard_again.append(message.id)
        heard = long_hearing(picture=PNG)
        return [Answer(attachment.filename, heard) for attachment in message.attachments]

    async def record_verdict(self, guild_id: int, heard: str, said: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.verdicts.append((guild_id, heard, said))


class Scene:
    """A playground in which a person has sent a voice note, and the bot has answered it."""

    def __init__(self, playground: Playground, bot: Answering) -> None:
        self.playground, self.bot, self.world = playground, bot, playground.world
        self.channel_id = VOICE_NOTES_ID
        self.note_id = 0

    async def answer(
        self,
        outcome: Hearing | Trouble | None = None,
        *,
        manner: Manner = DEFAULT_MANNER,
        remembered: bool = True,
    ) -> Json:
        """Send a voice note, let the bot answer with what it heard, and give the answer."""
        note = await self.playground.say(self.channel_id, files=[NOTE])
        self.note_id = note.id
        answers = [Answer("note.ogg", outcome or hearing())]
        reply = reply_to(answers, manner=manner)
        channel = self.bot.get_partial_messageable(self.channel_id)
        sent = await channel.get_partial_message(note.id).reply(
            reply.content,
            embeds=list(reply.embeds),
            files=reply.files(),
            view=buttons_for(answers, manner=manner),
        )
        if remembered:
            self.bot.desk.recent.keep(sent.id, answers, asker_id=self.world.you.id)
        (message,) = [m for m in self.playground.bot_messages() if m["id"] == str(sent.id)]
        return message

    async def press(self, message: Json, action: str, person: Person | None = None) -> Any:
        """Press the button whose id says what it is for, and wait for what the bot says."""
        custom_id = next(one for one in ids(message) if one.split(":")[1] == action)
        pressed = await self.playground.press(message["id"], custom_id, person=person)
        return await pressed.answer(PATIENCE)

    async def choose(self, message: Json, value: str, person: Person | None = None) -> Any:
        custom_id = next(one for one in ids(message) if one.split(":")[1] == "said")
        chosen = await self.playground.choose(message["id"], custom_id, [value], person=person)
        return await chosen.answer(PATIENCE)

    def exists(self, message: Json) -> bool:
        return message["id"] in {one["id"] for one in self.playground.bot_messages()}


def components(message: Json) -> list[Json]:
    return [one for row in message["components"] for one in row["components"]]


def ids(message: Json) -> list[str]:
    return [one["custom_id"] for one in components(message)]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with Playground(port=0) as playground:
        Address(playground.api_url, playground.gateway_url).use()
        bot = Answering()
        running = asyncio.create_task(bot.start(playground.token))
        try:
            async with asyncio.timeout(PATIENCE):
                await bot.is_online.wait()
            yield Scene(playground, bot)
        finally:
            await bot.close()
            await asyncio.wait({running})
            Address(DEFAULT_API_URL, DEFAULT_GATEWAY_URL).use()


async def test_an_answer_has_three_buttons_with_words_in_its_language(scene: Scene):
    message = await scene.answer(manner=Manner(language=language_for("de")))
    assert [one["label"] for one in components(message)] == [
        "Details",
        "Lag ich richtig?",
        "Löschen",
    ]


async def test_what_a_button_knows_is_nothing_about_anybody(scene: Scene):
    message = await scene.answer()
    assert ids(message) == ["undertone:details", "undertone:right:happy", "undertone:delete"]


async def test_buttons_are_there_only_where_they_have_something_to_do(scene: Scene):
    assert ids(await scene.answer(SILENCE)) == ["undertone:delete"]
    assert components(await scene.answer(Trouble("That is broken."))) == []
    two = [Answer("a.ogg", hearing()), Answer("b.ogg", hearing())]
    view = buttons_for(two, manner=DEFAULT_MANNER)
    assert view is not None
    assert [one.custom_id for one in view.children] == ["undertone:details", "undertone:delete"]  # type: ignore[attr-defined]


async def test_near_the_end_a_button_says_that_the_bot_is_being_switched_off(scene: Scene):
    message = await scene.answer(long_hearing())
    await scene.bot.desk.requests.finish(0.0)
    scene.world.set_locale(scene.world.friend.id, "pl")
    refused = await scene.press(message, "details", scene.world.friend)
    assert refused.ephemeral
    assert refused.message["content"] == language_for("pl").text(SWITCHED_OFF)


async def test_details_are_shown_at_once_to_the_one_who_asks(scene: Scene):
    message = await scene.answer(long_hearing())
    details = await scene.press(message, "details", scene.world.friend)
    assert details.ephemeral
    assert not details.deferred
    (embed,) = details.message["embeds"]
    assert embed["title"] == "😠 Angry, 55% sure"
    assert all(f" {name}: " in embed["description"] for name in EMOTION_NAMES)
    assert [field["name"] for field in embed["fields"]] == ["Length", "Speech", "Over time"]
    assert embed["image"]["description"].endswith("0:10–0:15 not sure: sad or neutral?")
    assert scene.bot.heard_again == []
    assert scene.playground.ephemeral_messages(scene.world.you) == []


async def test_details_are_in_the_language_of_the_one_who_asks(scene: Scene):
    scene.world.set_locale(scene.world.friend.id, "pl")
    message = await scene.answer(long_hearing())
    details = await scene.press(message, "details", scene.world.friend)
    assert details.message["embeds"][0]["title"] == "😠 Złość, 55% pewności"


async def test_details_are_no_surer_than_the_server_wants_answers_to_be(scene: Scene):
    async def cautious(interaction: discord.Interaction) -> Manner:
        return Manner(min_confidence=0.9)

    scene.bot.desk.manner_for = cautious
    message = await scene.answer(long_hearing(), manner=Manner(min_confidence=0.9))
    details = await scene.press(message, "details")
    titles = [one["embeds"][0]["title"] for one in (message, details.message)]
    assert titles == ["🤔 Not sure, closest: angry or neutral"] * 2


async def test_the_picture_of_a_short_note_is_drawn_when_somebody_asks_for_it(scene: Scene):
    message = await scene.answer(hearing())
    details = await scene.press(message, "details")
    assert details.message["embeds"][0]["title"] == "😊 Happy, 72% sure"
    await details.until(lambda asked: "image" in asked.message["embeds"][0], PATIENCE)
    assert scene.bot.heard_again == [scene.note_id]


async def test_after_a_restart_details_come_of_hearing_the_note_again(scene: Scene):
    message = await scene.answer()
    scene.bot.desk = scene.bot.new_desk()
    details = await scene.press(message, "details")
    assert details.deferred
    assert details.ephemeral
    assert details.message["embeds"][0]["title"] == "😠 Angry, 55% sure"
    assert "image" in details.message["embeds"][0]
    assert scene.bot.heard_again == [scene.note_id]
    await scene.press(message, "details")
    assert scene.bot.heard_again == [scene.note_id], "the second time they are known"


async def test_details_of_a_note_that_is_gone_are_a_sentence(scene: Scene):
    message = await scene.answer(remembered=False)
    scene.world.delete(scene.world.message(scene.channel_id, scene.note_id))
    details = await scene.press(message, "details")
    assert details.message["content"] == GONE
    assert details.ephemeral


async def test_what_goes_wrong_is_one_sentence_to_the_one_who_pressed(
    scene: Scene, caplog: pytest.LogCaptureFixture
):
    message = await scene.answer(remembered=False)
    scene.bot.trouble = ValueError("a secret")
    details = await scene.press(message, "details")
    said = [details.message, *details.follow_ups]
    assert [one["content"] for one in said if one and one["content"]] == [UNFORESEEN]
    assert details.ephemeral
    assert "a secret" not in caplog.text


async def test_the_author_of_the_note_may_delete_the_answer(scene: Scene):
    for remembered in (True, False):
        message = await scene.answer(remembered=remembered)
        pressed = await scene.press(message, "delete")
        await until(lambda gone=message: not scene.exists(gone))
        await until(lambda gone=message: scene.bot.desk.recent.get(int(gone["id"])) is None)
        assert pressed.follow_ups == [], "what is gone needs no words"


async def test_a_moderator_may_delete_the_answer(scene: Scene):
    message = await scene.answer()
    pressed = await scene.press(message, "delete", scene.world.moderator)
    await until(lambda: not scene.exists(message))
    assert pressed.follow_ups == []


async def test_others_are_told_who_may_delete_the_answer(scene: Scene):
    message = await scene.answer()
    refused = await scene.press(message, "delete", scene.world.friend)
    assert [one["content"] for one in refused.follow_ups] == [NOT_YOURS]
    assert scene.exists(message)
    assert scene.playground.ephemeral_messages(scene.world.friend) == refused.follow_ups


async def test_the_author_may_delete_the_answer_when_the_note_is_gone(scene: Scene):
    message = await scene.answer()
    scene.world.delete(scene.world.message(scene.channel_id, scene.note_id))
    pressed = await scene.press(message, "delete")
    await until(lambda: not scene.exists(message))
    assert pressed.follow_ups == []


async def test_who_says_that_the_bot_was_right_is_thanked_and_counted(scene: Scene):
    message = await scene.answer()
    asked = await scene.press(message, "right", scene.world.friend)
    assert asked.ephemeral
    assert asked.message["content"] == "I heard: happy. Was I right?"
    yes, menu = components(asked.message)
    assert yes["label"] == "Yes"
    assert [one["value"] for one in menu["options"]] == [
        name for name in EMOTION_NAMES if name != "happy"
    ]
    assert all(one["emoji"]["name"] and one["label"] for one in menu["options"])
    thanked = await scene.press(asked.message, "yes", scene.world.friend)
    assert thanked.message["content"] == THANKS
    assert components(thanked.message) == []
    (guild,) = scene.bot.guilds
    assert scene.bot.verdicts == [(guild.id, "happy", "happy")]


async def test_who_says_what_it_was_is_thanked_and_counted(scene: Scene):
    message = await scene.answer()
    asked = await scene.press(message, "right")
    thanked = await scene.choose(asked.message, "sad")
    assert thanked.message["content"] == THANKS
    assert [verdict[1:] for verdict in scene.bot.verdicts] == [("happy", "sad")]


async def test_of_what_the_bot_was_not_sure_everybody_may_say_what_it_was(scene: Scene):
    message = await scene.answer(UNSURE)
    asked = await scene.press(message, "right")
    assert asked.message["content"] == "I was not sure. What would you say it was?"
    (menu,) = components(asked.message)
    assert len(menu["options"]) == len(EMOTION_NAMES)
    await scene.choose(asked.message, "calm")
    assert [verdict[1:] for verdict in scene.bot.verdicts] == [(NOT_SURE, "calm")]


async def test_everybody_has_one_verdict_on_an_answer(scene: Scene):
    message = await scene.answer()
    first = await scene.press(message, "right")
    second = await scene.press(message, "right")
    await scene.press(first.message, "yes")
    again = await scene.choose(second.message, "sad")
    assert again.message["content"] == THANKED_BEFORE
    refused = await scene.press(message, "right")
    assert refused.message["content"] == THANKED_BEFORE
    other = await scene.press(message, "right", scene.world.friend)
    await scene.press(other.message, "yes", scene.world.friend)
    assert len(scene.bot.verdicts) == 2


async def test_a_verdict_that_could_not_be_counted_can_be_given_again(scene: Scene):
    message = await scene.answer()
    asked = await scene.press(message, "right")
    scene.bot.trouble = OSError("the disc is full")
    failed = await scene.press(asked.message, "yes")
    said = [one["content"] for one in scene.playground.ephemeral_messages()]
    assert failed.ephemeral or failed.follow_ups
    assert UNFORESEEN in said
    scene.bot.trouble = None
    await scene.press(asked.message, "yes")
    assert len(scene.bot.verdicts) == 1


async def test_questions_go_on_working_after_a_restart(scene: Scene):
    message = await scene.answer()
    asked = await scene.press(message, "right")
    scene.bot.desk = scene.bot.new_desk()
    await scene.press(asked.message, "yes")
    assert len(scene.bot.verdicts) == 1


def test_ids_fit_what_discord_allows():
    longest = f"undertone:said:{2**64}:{max((*EMOTION_NAMES, NOT_SURE), key=len)}"
    assert len(longest) <= MAX_CUSTOM_ID_LENGTH
