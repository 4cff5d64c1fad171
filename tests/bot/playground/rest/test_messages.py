"""What the bot does in channels over REST, and how Discord refuses what it may not."""

import io
from typing import Any

import aiohttp
import discord
import pytest
from discord import TextChannel

from bot.playground.request_bodies import MEBIBYTE
from bot.playground.world.attachments import MAX_FILE_BYTES
from bot.playground.world.channels import DIRECT_ID, VOICE_NOTES_ID
from tests.bot.playground.conftest import Api, Bot, PageEvents, refused
from tests.bot.playground.recordings import png
from tests.playground import Playground, Upload

MESSAGES = f"/channels/{VOICE_NOTES_ID}/messages"
JSON, FORM = "application/json", "multipart/form-data; boundary=x"
TOO_LONG, EMPTY = "BASE_TYPE_MAX_LENGTH", "BASE_TYPE_REQUIRED"
UNKNOWN = "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"


def file(name: str = "bars.png", data: bytes | None = None) -> discord.File:
    return discord.File(io.BytesIO(png() if data is None else data), filename=name)


def names(message: discord.Message) -> list[str]:
    return [attachment.filename for attachment in message.attachments]


# Sending, editing, deleting


async def test_what_the_bot_sends_comes_back_as_it_was_sent(bot: Bot, channel: TextChannel):
    sent = await channel.send("  Grüße 🎙  ", file=file(), nonce="n1", silent=True)
    fetched = await channel.fetch_message(sent.id)
    assert (fetched.content, fetched.author, sent.nonce) == ("Grüße 🎙", bot.user, "n1")
    assert fetched.flags.suppress_notifications
    assert await fetched.attachments[0].read() == png()


async def test_an_edit_reaches_the_page_with_new_words_and_pictures(
    playground: Playground, channel: TextChannel, page_events: PageEvents
):
    sent = await channel.send("Listening…", file=file("old.png"))
    embed = discord.Embed(title="Sad").set_image(url="attachment://new.png")
    edited = await sent.edit(content=None, embed=embed, attachments=[file("new.png")])

    shown = (await page_events.next("message_update"))["message"]
    assert (shown["content"], shown["attachments"]) == ("", [])
    assert shown["embeds"][0]["image"]["url"].endswith("/new.png")
    assert shown["edited_timestamp"] == edited.edited_at.isoformat()
    with pytest.raises(discord.NotFound):
        await sent.attachments[0].read()
    assert playground.world.attachments.size == len(png())


async def test_an_edit_leaves_alone_what_it_does_not_name(channel: TextChannel):
    embed = discord.Embed(title="Sad").set_image(url="attachment://bars.png")
    sent = await channel.send("one", embed=embed, files=[file(), file("kept.png")])
    edited = await sent.edit(content="two")
    assert (edited.content, edited.embeds, names(edited)) == ("two", sent.embeds, ["kept.png"])
    again = await edited.edit(embeds=edited.embeds)
    assert names(again) == ["kept.png"]
    assert names(await again.add_files(file("more.png"))) == ["kept.png", "more.png"]


async def test_a_deleted_message_is_gone_for_everybody(
    playground: Playground, channel: TextChannel, page_events: PageEvents
):
    sent = await channel.send("oops", file=file())
    await sent.delete()
    gone = await page_events.next("message_delete")
    assert gone == {"type": "message_delete", "channel_id": str(channel.id), "id": str(sent.id)}
    assert playground.world.attachments.size == 0
    with refused(404, 10008):
        await channel.fetch_message(sent.id)
    with refused(404, 10008):
        await sent.edit(content="too late")


async def test_old_messages_and_their_files_make_room(playground: Playground):
    playground.world.max_messages = 3
    await playground.say(VOICE_NOTES_ID, files=[Upload(filename="a.wav", data=b"12345")])
    for number in range(3):
        await playground.say(VOICE_NOTES_ID, str(number))
    contents = [message.content for message in playground.world.messages(VOICE_NOTES_ID)]
    assert contents == ["0", "1", "2"]
    assert playground.world.attachments.size == 0


# Replies and pings


async def test_a_reply_to_a_message_that_is_gone_is_refused_or_sent_plainly(
    playground: Playground, bot: Bot, channel: TextChannel
):
    sent = await playground.say(channel.id, "now you see me")
    message = await bot.hear()
    playground.world.delete(sent)
    with refused(400, 50035):
        await message.reply("hm")
    reference = message.to_reference(fail_if_not_exists=False)
    assert (await channel.send("hm", reference=reference)).reference is None


async def test_only_what_is_allowed_pings(playground: Playground, bot: Bot, channel: TextChannel):
    await playground.say(channel.id, "listen")
    message = await bot.hear()
    words = f"<@{message.author.id}> @everyone"
    silent = await message.reply(words, allowed_mentions=discord.AllowedMentions.none())
    unmentioned = await message.reply("so", mention_author=False)
    loud = await message.reply("so")
    named = await channel.send(words)

    assert silent.mentions == unmentioned.mentions == []
    assert [person.id for person in loud.mentions + named.mentions] == [message.author.id] * 2
    assert not silent.mention_everyone
    assert not named.mention_everyone  # the bot may not


# What is refused


async def test_a_reply_needs_the_history(playground: Playground, channel: TextChannel):
    sent = await channel.send("x")
    playground.faults.deny(channel.id, "read_message_history")
    with refused(403, 160002):
        await sent.reply("y")


async def test_others_messages_are_theirs(playground: Playground, bot: Bot, channel: TextChannel):
    await playground.say(channel.id, "mine")
    await playground.say(DIRECT_ID, "mine too")
    message, direct = await bot.hear(1), await bot.hear(2)
    with refused(403, 50005):
        await message.edit(content="yours")
    with refused(403, 50013):
        await message.delete()
    with refused(403, 50003):
        await direct.delete()


async def test_without_the_intent_content_is_hidden(playground: Playground, channel: TextChannel):
    sent = await playground.say(channel.id, "secret")
    playground.world.privileged_intents = discord.Intents.none()
    assert (await channel.fetch_message(sent.id)).content == ""


# What is checked


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"content": "x" * 2001}, "content", TOO_LONG),
        ({"content": {}}, "content", EMPTY),
        ({"embeds": {}}, "embeds", "LIST_TYPE_CONVERT"),
        ({"embeds": ["x"]}, "embeds.0", "MODEL_TYPE_CONVERT"),
        ({"embeds": [{}]}, "embeds.0", EMPTY),
        ({"embeds": [{"title": "x"}] * 11}, "embeds", TOO_LONG),
        ({"embeds": [{"title": "x"}, {"title": "x" * 257}]}, "embeds.1.title", TOO_LONG),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description", TOO_LONG),
        ({"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]}, "embeds.0.fields", TOO_LONG),
        ({"embeds": [{"fields": [{"name": " ", "value": "v"}]}]}, "embeds.0.fields.0.name", EMPTY),
        ({"embeds": [{"footer": {"text": "x" * 2049}}]}, "embeds.0.footer.text", TOO_LONG),
        ({"embeds": [{"description": "x" * 3001}] * 2}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"title": "x", "color": 1 << 24}]}, "embeds.0.color", "NUMBER_TYPE_MAX"),
        ({"allowed_mentions": {"parse": ["x"]}}, "allowed_mentions.parse.0", "BASE_TYPE_CHOICES"),
        ({"allowed_mentions": {"users": [0] * 101}}, "allowed_mentions.users", TOO_LONG),
        ({"message_reference": {"message_id": "17"}}, "message_reference", UNKNOWN),
        ([], "", "MODEL_TYPE_CONVERT"),
    ],
)
async def test_limits_are_checked_field_by_field(api: Api, body: Any, path: str, code: str):
    status, answer = await api.request("POST", MESSAGES, json=body)
    assert (status, answer["code"], answer["message"]) == (400, 50035, "Invalid Form Body")
    branch = answer["errors"]
    for key in filter(None, path.split(".")):
        branch = branch[key]
    assert code in [error["code"] for error in branch["_errors"]]


@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [
        (JSON, b'{"content": ', 400, 50109),
        (JSON, b"[" * 100_000, 400, 50109),
        (JSON, b"{}", 400, 50006),
        (JSON, b"", 400, 50006),
        (JSON, b'{"content": "hi", "junk": "%s"}' % (b"x" * MEBIBYTE), 413, 40005),
        (FORM, b"", 400, 50109),
        (FORM, b"--x\r\n", 400, 50109),
        (FORM, b"--x--\r\n", 400, 50006),
        (FORM, b"nonsense", 400, 50109),
        (FORM, b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n", 400, 50109),
    ],
)
async def test_a_broken_body_is_refused(
    api: Api, content_type: str, body: bytes, status: int, code: int
):
    headers = {"Content-Type": content_type}
    answered, answer = await api.request("POST", MESSAGES, data=io.BytesIO(body), headers=headers)
    assert (answered, answer["code"]) == (status, code)


async def test_a_file_over_the_limit_is_refused_and_one_at_it_is_not(channel: TextChannel):
    sent = await channel.send(file=file(data=bytes(MAX_FILE_BYTES)))
    assert sent.attachments[0].size == MAX_FILE_BYTES
    with refused(413, 40005):
        await channel.send(file=file(data=bytes(MAX_FILE_BYTES + 1)))


async def test_more_files_than_ten_are_refused(channel: TextChannel, api: Api):
    sent = await channel.send(files=[file(f"{number}.png") for number in range(10)])
    assert len(sent.attachments) == 10
    with refused(400, 30015):
        await sent.add_files(file())
    form = aiohttp.FormData(quote_fields=False)
    for number in range(11):
        form.add_field(f"files[{number}]", b"x", filename="x.txt")
    status, body = await api.request("POST", MESSAGES, data=form)
    assert (status, body["code"]) == (400, 30015)
