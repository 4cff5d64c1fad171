"""The page's side of the server: what it is served and told, and what a person sends with it."""

import asyncio
import io
import json
import re
from typing import Any

import aiohttp
import discord
import pytest
from aiohttp import ClientSession
from discord import app_commands

from bot.playground.request_bodies import MAX_FIELDS, MAX_TEXT_BYTES
from bot.playground.send_queue import MAX_PENDING
from bot.playground.world import MAX_FILE_BYTES, MAX_FILES, Person
from bot.playground.world.channels import DIRECT_ID, FRIENDS_DIRECT_ID, GENERAL_ID, VOICE_NOTES_ID
from bot.playground.world.people import BOT, FRIEND, MODERATOR, YOU
from tests.bot.playground.conftest import Bot, PageEvents, Tree
from tests.bot.playground.recordings import wav
from tests.playground import Playground

Json = dict[str, Any]

HERE = f"/channels/{VOICE_NOTES_ID}"
WAV = {"Content-Type": "audio/wav"}


class Browser:
    """One person's browser, as far as the server can tell."""

    def __init__(self, url: str, http: ClientSession, person_id: int = YOU.id) -> None:
        self.url = url
        self.http = http
        self.person = {"person": str(person_id)}

    def of(self, person: Person) -> "Browser":
        return Browser(self.url, self.http, person.id)

    async def request(self, method: str, path: str, **options: Any) -> tuple[int, Json]:
        url = self.url + path
        async with self.http.request(method, url, params=self.person, **options) as response:
            return response.status, await response.json()

    async def post(self, path: str, body: Any = None, **options: Any) -> tuple[int, Json]:
        return await self.request("POST", path, **options or {"json": body or {}})

    async def use_command(self, name: str, **files: bytes) -> tuple[int, Json]:
        data = aiohttp.FormData({"command": json.dumps({"name": name})})
        for field, file in files.items():
            data.add_field(field, file, filename="note.ogg", content_type="audio/ogg")
        return await self.post(f"{HERE}/commands", data=data)


@pytest.fixture
def you(playground: Playground, http: ClientSession) -> Browser:
    return Browser(f"{playground.page_url}/playground", http)


@pytest.fixture
async def synced(tree: Tree) -> Tree:
    """Return a tree whose commands are registered."""

    class Panel(discord.ui.View):
        @discord.ui.button(label="Why?", custom_id="why")
        async def why(self, interaction: discord.Interaction[Any], _: Any) -> None:
            await interaction.response.send_message("Because.", ephemeral=True)

    @tree.command(name="hear", description="Hears.")
    async def hear(interaction: discord.Interaction[Bot], note: discord.Attachment) -> None:
        size = len(await note.read())
        await interaction.response.send_message(f"{size} bytes", ephemeral=True, view=Panel())

    @tree.command(name="settings", description="Settings.")
    @app_commands.default_permissions(manage_guild=True)
    async def settings(interaction: discord.Interaction[Bot]) -> None: ...

    await tree.sync()
    return tree


def form(content: str = "", *more: tuple[str, str], **files: bytes) -> aiohttp.FormData:
    data = aiohttp.FormData([("content", content), *more], default_to_multipart=True)
    for name, body in files.items():
        data.add_field("files", io.BytesIO(body), filename=f"{name}.ogg", content_type="audio/ogg")
    return data


# What the page is served


async def test_the_page_and_its_files_are_served(playground: Playground, http: ClientSession):
    async with http.get(playground.page_url) as response:
        assert (response.status, response.content_type) == (200, "text/html")
        policy = response.headers["Content-Security-Policy"]
    assert "'unsafe" not in policy
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["connect-src"] == f"'self' {playground.gateway_url.removesuffix('/gateway')}"
    for path in ("missing.js", "../server.py", "%2e%2e/server.py"):
        async with http.get(f"{playground.page_url}/static/{path}") as response:
            assert response.status in (403, 404)


async def test_another_name_of_the_page_leads_to_it(playground: Playground, http: ClientSession):
    url = f"{playground.page_url}/?person=17"
    headers = {"Host": f"localhost:{playground.page_url.rpartition(':')[2]}"}
    async with http.get(url, headers=headers, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, url)


async def test_a_new_page_is_told_everything(playground: Playground, bot: Bot, http: ClientSession):
    sent = await playground.say(VOICE_NOTES_ID, "earlier")
    async with http.ws_connect(f"{playground.page_url}/playground/events") as socket:
        state = await PageEvents(socket).next("state")

    assert (state["me"], state["bot_online"]) == (str(YOU.id), True)
    channels = [(channel["name"], channel["kind"]) for channel in state["channels"]]
    assert channels == [("voice-notes", "text"), ("general", "text"), ("Undertone", "dm")]
    assert [one["name"] for one in state["people"]] == ["You", "Undertone", "Robin", "Morgan"]
    assert [one["bot"] for one in state["people"]] == [False, True, False, False]
    assert [one["name"] for one in state["roles"]] == ["@everyone", "Undertone", "Moderators"]
    assert [message["id"] for message in state["messages"]] == [str(sent.id)]


# Writing


async def test_a_person_writes_attaches_and_replies(
    playground: Playground, you: Browser, page_events: PageEvents, bot: Bot
):
    question = await playground.say(VOICE_NOTES_ID, "Who?", author=FRIEND)
    reply_to = ("reply_to", str(question.id))
    data = form(" @undertone one\r\ntwo\n", reply_to, one=b"1", two=b"22")
    status, message = await you.post(f"{HERE}/messages", data=data)

    heard = await bot.hear(2)
    assert status == 201
    await page_events.next("message_create")
    assert (await page_events.next("message_create"))["message"] == message
    assert message["content"] == f"<@{BOT.id}> one\ntwo" == heard.content
    files = [(file["filename"], file["size"]) for file in message["attachments"]]
    assert files == [("one.ogg", 1), ("two.ogg", 2)]
    assert [attachment.content_type for attachment in heard.attachments] == ["audio/ogg"] * 2
    assert await heard.attachments[1].read() == b"22"
    assert {member.id for member in heard.mentions} == {BOT.id, FRIEND.id}
    assert heard.reference.message_id == question.id


async def test_nobody_writes_to_what_they_do_not_see(
    playground: Playground, you: Browser, page_events: PageEvents, synced: Tree
):
    for path, options in (
        ("messages", {"data": form("Hello?")}),
        ("voice", {"data": wav(1.0), "headers": WAV}),
    ):
        answer = await you.post(f"/channels/{FRIENDS_DIRECT_ID}/{path}", **options)
        assert answer == (400, {"error": "That conversation is between others."})
    answer = await you.post(f"{HERE}/messages", data=form("Me.", ("reply_to", "17")))
    assert answer == (404, {"error": "Unknown Message: reload the page."})
    await you.use_command("hear", note=b"OggS")
    whisper = (await page_events.next("message_create"))["message"]["id"]
    assert (await you.post(f"{HERE}/messages", data=form("what?", ("reply_to", whisper))))[0] == 400
    forward = f"{HERE}/messages/{whisper}/forward"
    assert (await you.of(FRIEND).post(forward, {"channel_id": str(GENERAL_ID)}))[0] == 400
    assert playground.world.messages(VOICE_NOTES_ID) == []


async def test_a_person_records(you: Browser, page_events: PageEvents, bot: Bot):
    status, message = await you.post(f"{HERE}/voice", data=wav(2.0), headers=WAV)
    heard = await bot.hear()
    assert (status, message["flags"], heard.flags.voice) == (201, 8192, True)
    assert heard.attachments[0].duration == pytest.approx(2.0, abs=0.05)
    assert (await page_events.next("message_create"))["message"] == message


@pytest.mark.parametrize(
    ("path", "data", "status", "sentence"),
    [
        ("messages", form("   "), 400, "nothing to send"),
        ("messages", form("x" * 2001), 400, "at most 2000 characters"),
        ("messages", form("x" * (MAX_TEXT_BYTES + 1)), 413, "text is too long"),
        ("messages", form("", *[("more", "")] * MAX_FIELDS), 413, "too many fields"),
        ("messages", form(big=bytes(MAX_FILE_BYTES + 1)), 413, "file is too large.*10 MiB"),
        ("messages", form(**{str(i): b"x" for i in range(MAX_FILES + 1)}), 400, "at most 10 files"),
        ("messages", b"content=hello", 400, "multipart form"),
        ("voice", b"", 400, "not a WAV file"),
        ("voice", b"RIFF\x04\x00\x00\x00WAVE", 400, "broken"),
        ("voice", io.BytesIO(wav(601, rate=8_000)), 413, "at most 10 minutes"),
    ],
)
async def test_what_cannot_be_sent_is_said_in_a_sentence_and_nothing_is_sent(
    you: Browser, playground: Playground, path: str, data: Any, status: int, sentence: str
):
    headers = WAV if path == "voice" else {}
    answered, body = await you.post(f"{HERE}/{path}", data=data, headers=headers)
    assert answered == status
    assert re.search(f"{sentence}.*[.]$", body["error"])
    assert playground.world.messages(VOICE_NOTES_ID) == []


async def test_what_is_not_there_is_said(you: Browser):
    answer = await you.post("/channels/17/messages", data=form("hello?"))
    assert answer == (404, {"error": "Unknown Channel: reload the page."})
    assert await you.post("/nothing") == (404, {"error": "Not Found: reload the page."})
    for nobody in (17, BOT.id):
        browser = Browser(you.url, you.http, nobody)
        assert (await browser.post("/person", {"locale": "de"}))[0] == 404


# Asking the bot


async def test_a_person_sees_the_commands_that_they_may_use(you: Browser, synced: Tree):
    for person, names in ((YOU, ["hear"]), (MODERATOR, ["hear", "settings"])):
        _, answer = await you.of(person).request("GET", f"{HERE}/commands")
        assert [one["name"] for one in answer["commands"]] == names


async def test_a_person_chooses_their_language(you: Browser, page_events: PageEvents):
    status, person = await you.post("/person", {"locale": "de"})
    assert (status, person["locale"]) == (200, "de")
    assert (await page_events.next("person"))["person"] == person
    status, body = await you.post("/person", {"locale": "xx"})
    assert status == 400
    assert "en-US" in body["error"]


async def test_a_command_with_a_file_a_button_and_an_answer_that_only_one_sees(
    playground: Playground, you: Browser, synced: Tree, page_events: PageEvents
):
    status, begun = await you.use_command("hear", note=b"OggS")
    assert (status, begun["answered"], begun["failed"]) == (201, False, False)

    message = (await page_events.next("message_create"))["message"]
    assert (message["content"], message["flags"]) == ("4 bytes", 64)
    told = (await page_events.next("interaction"))["interaction"]
    assert told == {"id": begun["id"], "answered": True, "failed": False}
    friend = you.of(FRIEND)
    component = f"{HERE}/messages/{message['id']}/component"
    assert (await friend.post(component, {"custom_id": "why"}))[0] == 400
    assert (await you.post(component, {"custom_id": "why"}))[0] == 201
    answer = (await page_events.next("message_create"))["message"]
    assert (answer["content"], answer["flags"]) == ("Because.", 64)
    assert len(playground.ephemeral_messages()) == 2
    assert (await friend.request("DELETE", f"{HERE}/messages/{answer['id']}"))[0] == 400
    assert (await you.request("DELETE", f"{HERE}/messages/{answer['id']}"))[0] == 200
    assert (await page_events.next("message_delete"))["id"] == answer["id"]


# People and the network


async def test_a_page_is_told_what_its_person_sees(
    playground: Playground, you: Browser, synced: Tree
):
    friend = you.of(FRIEND)
    async with friend.http.ws_connect(f"{friend.url}/events", params=friend.person) as socket:
        theirs = PageEvents(socket)
        state = await theirs.next("state")
        assert state["me"] == str(FRIEND.id)
        assert [one["id"] for one in state["channels"]][2] == str(FRIENDS_DIRECT_ID)
        await you.use_command("hear", note=b"OggS")
        await playground.say(DIRECT_ID, "secret")
        await playground.say(VOICE_NOTES_ID, "for all")
        assert (await theirs.next("message_create"))["message"]["content"] == "for all"


async def test_who_may_forward_and_delete_a_message(playground: Playground, you: Browser):
    friend = you.of(FRIEND)
    sent = await playground.say(VOICE_NOTES_ID, "hello")
    message = f"{HERE}/messages/{sent.id}"
    status, forwarded = await friend.post(f"{message}/forward", {"channel_id": str(GENERAL_ID)})
    assert (status, forwarded["channel_id"], forwarded["content"]) == (201, str(GENERAL_ID), "")
    snapshot = forwarded["message_snapshots"][0]["message"]
    assert snapshot["content"] == "hello"
    assert not {"id", "author", "channel_id", "interaction_metadata"} & set(snapshot)
    assert (await friend.post(f"{message}/forward", {"channel_id": str(DIRECT_ID)}))[0] == 400
    for person, status in ((FRIEND, 403), (MODERATOR, 200), (YOU, 404)):
        assert (await you.of(person).request("DELETE", message))[0] == status


# The page's web socket


async def test_a_page_that_misbehaves_is_cut_off(playground: Playground, http: ClientSession):
    url = f"{playground.page_url}/playground/events"
    async with http.ws_connect(url) as socket:
        await socket.send_str("x" * 5_000)
        async for _ in socket:
            pass
        assert socket.close_code == 1009
    async with http.ws_connect(url) as socket:
        await PageEvents(socket).next("state")
        for _ in range(MAX_PENDING + 1):
            playground.world.start_typing(VOICE_NOTES_ID, YOU.id)
        async for _ in socket:
            pass
        assert socket.close_code != 1000
    async with asyncio.timeout(30):
        while playground.page._queues:  # noqa: ASYNC110 nobody is told of it
            await asyncio.sleep(0.001)
