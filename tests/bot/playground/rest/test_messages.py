"""What the bot does in channels over REST, and how Discord refuses what it may not."""

import io
from typing import Any

import aiohttp
import discord
import pytest

from bot.playground.request_bodies import MEBIBYTE
from bot.playground.world.attachments import MAX_FILE_BYTES
from bot.playground.world.channels import DIRECT_ID, VOICE_NOTES_ID
from tests.bot.playground.conftest import Bot, PageEvents
from tests.bot.playground.recordings import png
from tests.playground import Playground, Upload

MESSAGES = f"/channels/{VOICE_NOTES_ID}/messages"

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def no_waiting(playground: Playground) -> None:
    """Limit no requests in these tests."""
    playground.lift_rate_limits()


def picture(name: str = "bars.png") -> discord.File:
    return discord.File(io.BytesIO(png()), filename=name)


# Sending, editing, deleting


async def test_what_the_bot_sends_comes_back_as_it_was_sent(
    playground: Playground, bot: Bot, channel: discord.TextChannel
) -> None:
    sent = await channel.send("  Grüße 🎙  ", file=picture(), nonce="n1", silent=True)
    fetched = await channel.fetch_message(sent.id)

    assert fetched.content == "Grüße 🎙"
    assert fetched.author == bot.user
    assert fetched.flags.suppress_notifications
    assert sent.nonce == "n1"
    assert await fetched.attachments[0].read() == png()


async def test_an_edit_reaches_the_page_with_new_words_and_pictures(
    playground: Playground, channel: discord.TextChannel, page_events: PageEvents
) -> None:
    sent = await channel.send("Listening…", file=picture("old.png"))
    embed = discord.Embed(title="Sad").set_image(url="attachment://new.png")
    edited = await sent.edit(content=None, embed=embed, attachments=[picture("new.png")])

    shown = (await page_events.next("message_update"))["message"]
    assert shown["content"] == ""
    assert shown["embeds"][0]["image"]["url"].endswith("/new.png")
    assert shown["attachments"] == []
    assert shown["edited_timestamp"] is not None
    assert edited.edited_at is not None
    old = sent.attachments[0]
    with pytest.raises(discord.NotFound):
        await old.read()
    assert playground.world.attachments.size == len(png())


async def test_an_edit_leaves_alone_what_it_does_not_name(channel: discord.TextChannel) -> None:
    embed = discord.Embed(title="Sad").set_image(url="attachment://bars.png")
    sent = await channel.send("one", embed=embed, files=[picture(), picture("kept.png")])
    edited = await sent.edit(content="two")

    assert edited.content == "two"
    assert edited.embeds == sent.embeds
    assert [attachment.filename for attachment in edited.attachments] == ["kept.png"]
    again = await edited.edit(embeds=edited.embeds)
    assert [attachment.filename for attachment in again.attachments] == ["kept.png"]
    added = await again.add_files(picture("more.png"))
    assert [attachment.filename for attachment in added.attachments] == ["kept.png", "more.png"]


async def test_a_deleted_message_is_gone_for_everybody(
    playground: Playground, bot: Bot, channel: discord.TextChannel, page_events: PageEvents
) -> None:
    sent = await channel.send("oops", file=picture())
    await sent.delete()

    gone = await page_events.next("message_delete")
    assert gone == {"type": "message_delete", "channel_id": str(channel.id), "id": str(sent.id)}
    assert playground.world.attachments.size == 0
    with pytest.raises(discord.NotFound) as refused:
        await channel.fetch_message(sent.id)
    assert refused.value.code == 10008
    with pytest.raises(discord.NotFound):
        await sent.edit(content="too late")


async def test_old_messages_make_room_for_new_ones_and_take_their_files_with_them(
    playground: Playground,
) -> None:
    playground.world.max_messages = 3
    await playground.say(VOICE_NOTES_ID, files=[Upload(filename="a.wav", data=b"12345")])
    for number in range(3):
        await playground.say(VOICE_NOTES_ID, str(number))
    contents = [message.content for message in playground.world.messages(VOICE_NOTES_ID)]
    assert contents == ["0", "1", "2"]
    assert playground.world.attachments.size == 0


# Replies and pings


async def test_a_reply_to_a_message_that_is_gone_is_refused_or_sent_plainly(
    playground: Playground, bot: Bot, channel: discord.TextChannel
) -> None:
    await playground.say(channel.id, "now you see me")
    message = await bot.hear()
    playground.world.delete(playground.locate(message.id))

    with pytest.raises(discord.HTTPException, match="Unknown message") as refused:
        await message.reply("hm")
    assert (refused.value.status, refused.value.code) == (400, 50035)
    reference = message.to_reference(fail_if_not_exists=False)
    sent = await channel.send("hm", reference=reference)
    assert sent.reference is None


async def test_pings_are_only_those_that_the_bot_allows(
    playground: Playground, bot: Bot, channel: discord.TextChannel
) -> None:
    you = playground.world.you
    await playground.say(channel.id, "listen")
    message = await bot.hear()
    words = f"<@{you.id}> @everyone"
    silent = await message.reply(words, allowed_mentions=discord.AllowedMentions.none())
    unmentioned = await message.reply("so", mention_author=False)
    loud = await message.reply("so")
    named = await channel.send(words)

    assert (silent.mentions, silent.mention_everyone) == ([], False)
    assert unmentioned.mentions == []
    assert [person.id for person in loud.mentions] == [you.id]
    assert [person.id for person in named.mentions] == [you.id]
    assert not named.mention_everyone  # the bot may not


# What is refused


async def test_a_reply_needs_the_history(
    playground: Playground, channel: discord.TextChannel
) -> None:
    sent = await channel.send("x")
    playground.faults.deny(channel.id, "read_message_history")
    with pytest.raises(discord.Forbidden) as refused:
        await sent.reply("y")
    assert refused.value.code == 160002


async def test_other_peoples_messages_are_theirs(
    playground: Playground, bot: Bot, channel: discord.TextChannel
) -> None:
    await playground.say(channel.id, "mine")
    await playground.say(DIRECT_ID, "mine too")
    message, direct = await bot.hear(1), await bot.hear(2)
    for doing, code in (
        (message.edit(content="yours"), 50005),
        (message.delete(), 50013),
        (direct.delete(), 50003),
    ):
        with pytest.raises(discord.Forbidden) as refused:
            await doing
        assert refused.value.code == code


async def test_without_the_intent_other_peoples_content_is_hidden_here_too(
    playground: Playground, bot: Bot, channel: discord.TextChannel
) -> None:
    await playground.say(channel.id, "secret")
    message = await bot.hear()
    playground.world.privileged_intents = discord.Intents.none()
    assert (await channel.fetch_message(message.id)).content == ""


# What is checked


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"content": "x" * 2001}, ["content"], "BASE_TYPE_MAX_LENGTH"),
        ({"content": {}}, ["content"], "BASE_TYPE_REQUIRED"),
        ({"embeds": {}}, ["embeds"], "LIST_TYPE_CONVERT"),
        ({"embeds": ["x"]}, ["embeds", "0"], "MODEL_TYPE_CONVERT"),
        ({"embeds": [{}]}, ["embeds", "0"], "BASE_TYPE_REQUIRED"),
        ({"embeds": [{"title": "x"}] * 11}, ["embeds"], "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"title": "x" * 257}]}, ["embeds", "0", "title"], "BASE_TYPE_MAX_LENGTH"),
        (
            {"embeds": [{"title": "ok"}, {"description": "x" * 4097}]},
            ["embeds", "1", "description"],
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            {"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]},
            ["embeds", "0", "fields"],
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            {"embeds": [{"fields": [{"name": "n", "value": " "}]}]},
            ["embeds", "0", "fields", "0", "value"],
            "BASE_TYPE_REQUIRED",
        ),
        (
            {"embeds": [{"footer": {"text": "x" * 2049}}]},
            ["embeds", "0", "footer", "text"],
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            {"embeds": [{"description": "x" * 3001}] * 2},
            ["embeds"],
            "MAX_EMBED_SIZE_EXCEEDED",
        ),
        (
            {"embeds": [{"title": "x", "color": 1 << 24}]},
            ["embeds", "0", "color"],
            "NUMBER_TYPE_MAX",
        ),
        (
            {"content": "x", "allowed_mentions": {"parse": ["cats"]}},
            ["allowed_mentions", "parse", "0"],
            "BASE_TYPE_CHOICES",
        ),
        (
            {"content": "x", "message_reference": {"message_id": "17"}},
            ["message_reference"],
            "MESSAGE_REFERENCE_UNKNOWN_MESSAGE",
        ),
        ([], [], "MODEL_TYPE_CONVERT"),
    ],
)
async def test_a_message_that_breaks_a_limit_is_refused_field_by_field(
    api: "Api", body: Any, path: list[str], code: str
) -> None:
    status, refused = await api.post(MESSAGES, json=body)
    branch = refused["errors"]
    for key in path:
        branch = branch[key]
    assert (status, refused["code"], refused["message"]) == (400, 50035, "Invalid Form Body")
    assert code in [error["code"] for error in branch["_errors"]]


@pytest.mark.parametrize(
    ("body", "code"),
    [(b'{"content": ', 50109), (b"[" * 100_000, 50109), (b"{}", 50006), (b"", 50006)],
)
async def test_a_body_that_is_nothing_is_refused(api: "Api", body: bytes, code: int) -> None:
    headers = {"Content-Type": "application/json"}
    status, refused = await api.post(MESSAGES, data=body, headers=headers)
    assert (status, refused["code"]) == (400, code)


async def test_a_body_without_end_is_refused(api: "Api") -> None:
    body = io.BytesIO(b'{"content": "hi", "junk": "%s"}' % (b"x" * MEBIBYTE))
    headers = {"Content-Type": "application/json"}
    status, refused = await api.post(MESSAGES, data=body, headers=headers)
    assert (status, refused["code"]) == (413, 40005)


async def test_a_file_over_the_limit_is_refused_and_one_at_the_limit_is_not(
    channel: discord.TextChannel,
) -> None:
    largest = discord.File(io.BytesIO(bytes(MAX_FILE_BYTES)), filename="x.wav")
    sent = await channel.send(file=largest)
    assert sent.attachments[0].size == MAX_FILE_BYTES
    with pytest.raises(discord.HTTPException) as refused:
        await channel.send(file=discord.File(io.BytesIO(bytes(MAX_FILE_BYTES + 1)), filename="x"))
    assert (refused.value.status, refused.value.code) == (413, 40005)


async def test_more_files_than_ten_are_refused(channel: discord.TextChannel, api: "Api") -> None:
    sent = await channel.send(files=[picture(f"{number}.png") for number in range(10)])
    assert len(sent.attachments) == 10
    with pytest.raises(discord.HTTPException) as refused:
        await sent.add_files(picture())
    assert (refused.value.status, refused.value.code) == (400, 30015)
    form = aiohttp.FormData(quote_fields=False)
    for number in range(11):
        form.add_field(f"files[{number}]", b"x", filename="x.txt")
    status, body = await api.post(f"/channels/{channel.id}/messages", data=form)
    assert (status, body["code"]) == (400, 30015)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x\r\n",
        b"--x--\r\n",
        b"nonsense",
        b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n",
    ],
)
async def test_a_broken_form_is_refused(api: "Api", body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    status, _ = await api.post(MESSAGES, data=body, headers=headers)
    assert status == 400


class Api:
    """A bare client of the REST API, for what discord.py would never send."""

    def __init__(self, playground: Playground, http: aiohttp.ClientSession) -> None:
        self._playground = playground
        self._http = http

    async def post(self, path: str, **options: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bot {self._playground.token}"} | options.pop("headers", {})
        url = self._playground.api_url + path
        async with self._http.post(url, headers=headers, **options) as response:
            return response.status, await response.json()


@pytest.fixture
def api(playground: Playground, http: aiohttp.ClientSession) -> Api:
    return Api(playground, http)
