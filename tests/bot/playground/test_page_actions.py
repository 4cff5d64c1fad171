"""What a person does at the page besides writing, as their browser asks for it."""

import asyncio
import json
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands

from bot.playground import Playground, Upload
from tests.bot.playground.conftest import Bot, PageEvents
from tests.bot.playground.test_rest_interactions import Tree

Json = dict[str, Any]


class Browser:
    """One person's browser."""

    def __init__(self, playground: Playground, http: aiohttp.ClientSession, person: int) -> None:
        self.url = f"{playground.page_url}/playground"
        self.http = http
        self.person = {"person": str(person)}

    async def post(self, path: str, body: Any = None, **options: Any) -> tuple[int, Json]:
        options = options or {"json": body or {}}
        async with self.http.post(self.url + path, params=self.person, **options) as response:
            return response.status, await response.json()

    async def get(self, path: str) -> Json:
        async with self.http.get(self.url + path, params=self.person) as response:
            told: Json = await response.json()
            return told

    async def delete(self, path: str) -> tuple[int, Json]:
        async with self.http.delete(self.url + path, params=self.person) as response:
            return response.status, await response.json()


@pytest.fixture
def you(playground: Playground, http: aiohttp.ClientSession) -> Browser:
    return Browser(playground, http, playground.world.you.id)


@pytest.fixture
def friend(playground: Playground, http: aiohttp.ClientSession) -> Browser:
    return Browser(playground, http, playground.world.friend.id)


@pytest.fixture
def moderator(playground: Playground, http: aiohttp.ClientSession) -> Browser:
    return Browser(playground, http, playground.world.moderator.id)


@pytest.fixture
async def tree(bot: Bot) -> Tree:
    """Give a tree with one command of each kind."""
    tree = Tree(bot)

    class Form(discord.ui.Modal, title="Why?"):
        why: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Why?", custom_id="why")

        async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
            await interaction.response.send_message(f"Because {self.why}.", ephemeral=True)

    class Panel(discord.ui.View):
        @discord.ui.button(label="Why?", custom_id="why")
        async def why(self, interaction: discord.Interaction[Any], _: Any) -> None:
            await interaction.response.send_modal(Form())

    @tree.command(name="hear", description="Hears.")
    @app_commands.describe(note="A recording.")
    async def hear(interaction: discord.Interaction[Bot], note: discord.Attachment) -> None:
        size = len(await note.read())
        await interaction.response.send_message(f"{size} bytes", ephemeral=True, view=Panel())

    @tree.command(name="pick", description="Picks.")
    async def pick(interaction: discord.Interaction[Bot], name: str) -> None:
        await interaction.response.send_message(name)

    @pick.autocomplete("name")
    async def suggest(
        interaction: discord.Interaction[Bot], typed: str
    ) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=typed.upper(), value=typed)]

    @tree.command(name="settings", description="Settings.")
    @app_commands.default_permissions(manage_guild=True)
    async def settings(interaction: discord.Interaction[Bot]) -> None: ...

    @tree.context_menu(name="Hear it")
    async def hear_it(interaction: discord.Interaction[Bot], message: discord.Message) -> None:
        await interaction.response.send_message(f"heard {message.content}")

    class Translator(app_commands.Translator):
        async def translate(
            self, string: app_commands.locale_str, locale: discord.Locale, context: Any
        ) -> str | None:
            german = {"hear": "hören", "Hears.": "Hört zu."}
            return german.get(str(string)) if locale is discord.Locale.german else None

    await tree.set_translator(Translator())
    await tree.sync()
    return tree


async def test_a_person_sees_the_commands_that_they_may_use_in_their_language(
    you: Browser, moderator: Browser, tree: Tree, channel_id: int, page_events: PageEvents
) -> None:
    path = f"/channels/{channel_id}/commands"
    assert {one["name"] for one in (await you.get(path))["commands"]} == {"hear", "pick", "Hear it"}
    assert "settings" in {one["name"] for one in (await moderator.get(path))["commands"]}
    status, person = await you.post("/person", {"locale": "de"})
    assert (status, person["locale"]) == (200, "de")
    assert (await page_events.next("person"))["person"] == person
    [hear] = [one for one in (await you.get(path))["commands"] if one["name"] == "hear"]
    assert (hear["shown_name"], hear["shown_description"]) == ("hören", "Hört zu.")
    assert hear["options"][0]["shown_description"] == "A recording."
    status, body = await you.post("/person", {"locale": "xx"})
    assert status == 400
    assert "en-US" in body["error"]


async def test_a_command_with_a_file_a_button_a_form_and_an_answer_that_only_one_sees(
    playground: Playground,
    you: Browser,
    friend: Browser,
    tree: Tree,
    channel_id: int,
    page_events: PageEvents,
) -> None:
    form = aiohttp.FormData()
    form.add_field("payload", json.dumps({"name": "hear"}))
    form.add_field("files.note", b"OggS", filename="note.ogg", content_type="audio/ogg")
    status, begun = await you.post(f"/channels/{channel_id}/commands", data=form)
    assert (status, begun["kind"], begun["answered"]) == (201, "command", None)

    message = (await page_events.next("message_create"))["message"]
    assert (message["content"], message["flags"]) == ("4 bytes", 64)
    told = (await page_events.next("interaction"))["interaction"]
    assert (told["id"], told["answered"], told["message_id"]) == (
        begun["id"],
        "message",
        message["id"],
    )
    component = f"/channels/{channel_id}/messages/{message['id']}/component"
    status, _ = await friend.post(component, {"custom_id": "why"})
    assert status == 400
    status, _ = await you.post(component, {"custom_id": "why"})
    assert status == 201
    while not (told := (await page_events.next("interaction"))["interaction"])["modal"]:
        pass
    status, _ = await you.post(f"/interactions/{told['id']}/form", {"values": {"why": "of joy"}})
    assert status == 201
    answer = (await page_events.next("message_create"))["message"]
    assert (answer["content"], answer["flags"]) == ("Because of joy.", 64)
    assert len(playground.ephemeral_messages()) == 2
    status, _ = await friend.delete(f"/channels/{channel_id}/messages/{answer['id']}")
    assert status == 400
    status, _ = await you.delete(f"/channels/{channel_id}/messages/{answer['id']}")
    assert status == 200
    assert (await page_events.next("message_delete"))["id"] == answer["id"]


async def test_each_page_is_told_only_what_its_person_sees(
    playground: Playground, you: Browser, friend: Browser, tree: Tree, channel_id: int
) -> None:
    url = f"{friend.url}/events?person={playground.world.friend.id}"
    answer = await (await playground.slash("pick", name="before")).answer()
    playground.interactions.answer_seconds = 0.01
    async with friend.http.ws_connect(url) as socket:
        theirs = PageEvents(socket)
        state = await theirs.next("state")
        assert state["me"] == str(playground.world.friend.id)
        assert state["ephemeral_messages"] == []
        assert [one["kind"] for one in state["channels"]] == ["text", "text", "dm"]
        assert state["channels"][2]["name"] == "Undertone"
        assert answer.message is not None
        await playground.say(playground.world.direct_channel(playground.world.you.id).id, "secret")
        await playground.say(channel_id, "for all")
        told = await theirs.next("message_create")
        assert told["message"]["content"] == "for all"


async def test_suggestions_come_with_the_answer(you: Browser, tree: Tree, channel_id: int) -> None:
    asked = {"name": "pick", "focused": "name", "options": {"name": "jo"}}
    told = await you.post(f"/channels/{channel_id}/suggestions", asked)
    assert told == (200, {"choices": [{"name": "JO", "value": "jo"}]})


async def test_the_apps_menu_of_a_message(
    playground: Playground, you: Browser, tree: Tree, channel_id: int, page_events: PageEvents
) -> None:
    sent = await playground.say(channel_id, "me")
    asked = {"name": "Hear it", "type": 3, "target_id": str(sent.id)}
    status, _ = await you.post(f"/channels/{channel_id}/commands", asked)
    assert status == 201
    await page_events.next("message_create")
    answer = (await page_events.next("message_create"))["message"]
    assert answer["content"] == "heard me"
    about = answer["interaction_metadata"]
    assert (about["name"], about["command_type"]) == ("Hear it", 3)


async def test_what_the_bot_does_not_answer_is_told(
    playground: Playground, you: Browser, tree: Tree, channel_id: int, page_events: PageEvents
) -> None:
    playground.interactions.answer_seconds = 0.01
    playground.faults.fail("POST", "/callback", status=404, code=10062)
    await you.post(f"/channels/{channel_id}/commands", {"name": "pick", "options": {"name": "x"}})
    while not (told := (await page_events.next("interaction"))["interaction"])["failed"]:
        pass
    assert told["answered"] is None


async def test_a_message_is_forwarded_and_deleted_by_whom_it_may_be(
    playground: Playground, you: Browser, friend: Browser, moderator: Browser, channel_id: int
) -> None:
    sent = await playground.say(channel_id, "hello")
    message = f"/channels/{channel_id}/messages/{sent.id}"
    general = str(playground.world.channel_named("general").id)
    status, forwarded = await friend.post(f"{message}/forward", {"channel_id": general})
    assert (status, forwarded["channel_id"], forwarded["content"]) == (201, general, "")
    assert forwarded["message_snapshots"][0]["message"]["content"] == "hello"
    secret = str(playground.world.direct_channel(playground.world.you.id).id)
    status, _ = await friend.post(f"{message}/forward", {"channel_id": secret})
    assert status == 400
    status, _ = await friend.delete(message)
    assert status == 403
    status, _ = await moderator.delete(message)
    assert status == 200
    assert playground.world.messages(channel_id) == []
    status, _ = await you.delete(message)
    assert status == 404


async def test_people_may_talk_without_the_bot(
    playground: Playground, you: Browser, page_events: PageEvents
) -> None:
    friend, bot = playground.world.friend, playground.world.bot
    status, channel = await you.post("/conversations", {"person_id": str(friend.id)})
    assert (status, channel["kind"], channel["name"]) == (201, "private", "Robin")
    assert (await page_events.next("channel"))["channel"] == channel
    status, _ = await you.post("/conversations", {"person_id": str(bot.id)})
    assert status == 400


@pytest.mark.parametrize(("resumable", "event"), [(True, "RESUMED"), (False, "READY")])
async def test_the_connection_can_be_dropped(
    you: Browser, bot: Bot, resumable: bool, event: str
) -> None:
    count = bot.events.count(event)
    await you.post("/gateway/drop", {"resumable": resumable})
    await bot.until(lambda: bot.events.count(event) > count)
    assert bot.events.count(event) == count + 1, "it comes back once, and in the way it was told"


async def test_nobody_replies_to_what_only_another_sees(
    playground: Playground, you: Browser, friend: Browser, tree: Tree, channel_id: int
) -> None:
    note = Upload(filename="note.ogg", data=b"OggS", content_type="audio/ogg")
    answer = await (await playground.slash("hear", note=note)).answer()
    assert answer.message is not None
    for browser in (you, friend):
        data = aiohttp.FormData(default_to_multipart=True)
        data.add_field("content", "what?")
        data.add_field("reply_to", answer.message["id"])
        status, body = await browser.post(f"/channels/{channel_id}/messages", data=data)
        assert status in (400, 404), body
    assert playground.world.messages(channel_id) == []


async def test_nobody_can_be_another_than_there_is(
    playground: Playground, http: aiohttp.ClientSession, channel_id: int
) -> None:
    for nobody in (17, playground.world.bot.id):
        browser = Browser(playground, http, nobody)
        status, _ = await browser.post("/person", {"locale": "de"})
        assert status == 404
    await asyncio.sleep(0)
