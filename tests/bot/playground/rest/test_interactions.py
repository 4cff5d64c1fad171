"""Interactions over the real gateway, and how a real discord.py client answers them."""

import asyncio
import io
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.playground import PlaygroundError
from bot.playground.world.channels import FRIENDS_DIRECT_ID, GENERAL_ID, VOICE_NOTES_ID
from bot.playground.world.interactions import Callback
from tests.bot.playground.conftest import Bot, Tree
from tests.playground import Playground, Upload

NOTE = Upload(filename="note.ogg", data=b"OggS123", content_type="audio/ogg")
Interaction = discord.Interaction[Bot]


async def say(interaction: Interaction) -> None:
    await interaction.response.send_message("ok")


async def test_a_command_is_answered_with_a_message(
    playground: Playground, channel: discord.TextChannel, tree: Tree
) -> None:
    async def answer_with_picture(interaction: Interaction) -> None:
        embed = discord.Embed(title="Joy").set_image(url="attachment://joy.png")
        file = discord.File(io.BytesIO(b"1"), "joy.png")
        response = await interaction.response.send_message("It is joy.", embed=embed, file=file)
        assert isinstance(response.resource, discord.InteractionMessage)
        assert response.resource.content == "It is joy."

    await tree.does(answer_with_picture)
    answer = await (await playground.slash("hear")).answer()

    assert answer.callback is Callback.MESSAGE
    assert not answer.ephemeral
    assert answer.message is not None
    assert (answer.message["content"], answer.message["type"]) == ("It is joy.", 20)
    assert "/attachments/" in answer.message["embeds"][0]["image"]["url"]
    assert playground.bot_messages() == [answer.message]
    heard = await channel.fetch_message(int(answer.message["id"]))
    assert heard.interaction_metadata is not None
    assert heard.interaction_metadata.user.id == playground.world.you.id
    assert heard.interaction_metadata.id == answer.id
    assert heard.webhook_id == tree.client.application_id
    assert tree.errors == []


async def test_the_bot_is_told_who_asks_and_where(
    playground: Playground, bot: Bot, tree: Tree
) -> None:
    await tree.does(say)
    world = playground.world
    world.set_locale(world.friend.id, "de")
    for person, channel in (
        (world.you, VOICE_NOTES_ID),
        (world.friend, FRIENDS_DIRECT_ID),
        (world.moderator, GENERAL_ID),
    ):
        await (await playground.slash("hear", person=person, channel=channel)).answer()
    yours, direct, moderators = tree.seen

    assert isinstance(yours.user, discord.Member)
    assert (yours.user.id, yours.guild) == (world.you.id, bot.guilds[0])
    assert (yours.locale, direct.locale) == (discord.Locale.american_english, discord.Locale.german)
    assert yours.guild_locale == discord.Locale.american_english
    assert (direct.guild, direct.guild_locale) == (None, None)
    assert yours.context.guild
    assert direct.context.dm_channel
    assert yours.is_guild_integration()
    assert isinstance(direct.user, discord.User)
    assert isinstance(direct.channel, discord.DMChannel)
    assert not yours.permissions.manage_guild
    assert moderators.permissions.manage_guild
    assert moderators.channel_id == GENERAL_ID
    assert yours.app_permissions.attach_files
    assert yours.filesize_limit == 10 * 2**20


async def test_it_is_received_with_no_intents_at_all(playground: Playground, log_in: Any) -> None:
    bot = await log_in(intents=discord.Intents(guilds=True))
    await Tree(bot).does(say)
    await (await playground.slash("hear")).answer()
    assert "INTERACTION_CREATE" in bot.events
    assert "MESSAGE_CREATE" not in bot.events


async def test_an_option_takes_a_file_and_everything_else(
    playground: Playground, tree: Tree
) -> None:
    got: dict[str, Any] = {}

    @tree.command(description="Takes everything.")
    async def take(
        interaction: Interaction,
        note: discord.Attachment,
        text: str,
        number: app_commands.Range[int, 1, 10],
        flag: bool,
        where: discord.TextChannel,
        left_out: str | None = None,
    ) -> None:
        got.update(locals())
        got["data"] = await note.read()
        await interaction.response.send_message("ok")

    await tree.sync()
    everything = {"note": NOTE, "text": "hello", "number": 3, "flag": True, "where": GENERAL_ID}
    await (await playground.slash("take", options=everything)).answer()

    assert (got["data"], got["note"].filename) == (b"OggS123", "note.ogg")
    assert (got["note"].content_type, got["note"].ephemeral) == ("audio/ogg", True)
    assert "/ephemeral-attachments/" in got["note"].url
    assert (got["text"], got["number"], got["flag"]) == ("hello", 3, True)
    assert (got["where"].id, got["left_out"]) == (GENERAL_ID, None)
    for wrong, sentence in (
        ({"number": 11}, "at least 1 and at most 10"),
        ({"number": "3"}, "does not take"),
        ({"flag": "yes"}, "does not take"),
        ({"where": FRIENDS_DIRECT_ID}, "cannot be chosen"),
        ({"where": 17}, "no such channel"),
        ({"note": "text"}, "does not take"),
        ({"no_such": 1}, "no option"),
        ({"text": None}, "missing"),
    ):
        with pytest.raises(PlaygroundError, match=sentence):
            await playground.slash("take", options=everything | wrong)


async def test_a_subcommand_is_found_by_its_words(playground: Playground, tree: Tree) -> None:
    group = app_commands.Group(name="settings", description="Settings.")
    got: list[str] = []

    @group.command(description="Sets the language.")
    @app_commands.choices(name=[app_commands.Choice(name="Deutsch", value="de")])
    async def language(interaction: Interaction, name: str) -> None:
        got.append(name)
        await interaction.response.send_message("ok")

    tree.add_command(group)
    await tree.sync()
    answer = await (await playground.slash("settings language", name="de")).answer()
    assert got == ["de"]
    assert answer.message is not None
    assert answer.message["interaction_metadata"]["name"] == "settings language"
    for words, options in (
        ("settings", {}),
        ("settings colour", {}),
        ("settings language", {"name": "fr"}),
        ("settings language", {}),
        ("nothing", {}),
    ):
        with pytest.raises(PlaygroundError):
            await playground.slash(words, options=options)


async def test_thinking_becomes_the_answer(playground: Playground, bot: Bot, tree: Tree) -> None:
    go = asyncio.Event()

    async def think(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await go.wait()
        message = await interaction.edit_original_response(
            content="It is joy.", attachments=[discord.File(io.BytesIO(b"12"), "a.txt")]
        )
        assert [file.size for file in message.attachments] == [2]

    await tree.does(think)
    asked = await (await playground.slash("hear")).acknowledged()
    assert asked.deferred
    assert asked.message is not None
    assert asked.message["flags"] == 128
    [waiting] = playground.world.messages(VOICE_NOTES_ID)
    go.set()
    answer = await asked.answer()
    assert answer.message is not None
    assert (answer.message["content"], answer.message["flags"]) == ("It is joy.", 0)
    assert answer.message["id"] == str(waiting.id)
    assert answer.message["edited_timestamp"] is None
    await bot.until(lambda: "MESSAGE_UPDATE" in bot.events)
    assert tree.errors == []


async def test_the_first_follow_up_takes_the_place_of_thinking(
    playground: Playground, bot: Bot, tree: Tree
) -> None:
    async def think(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        first = await interaction.followup.send("first", wait=True)
        assert first.flags.ephemeral
        second = await interaction.followup.send("second", wait=True, ephemeral=True)
        assert second.reference is not None
        assert second.reference.message_id == first.id
        assert second.interaction_metadata is not None
        assert second.interaction_metadata.original_response_message_id == first.id
        await second.edit(content="second, edited")
        third = await interaction.followup.send("third", wait=True)
        await third.delete()

    await tree.does(think)
    answer = await playground.slash("hear")
    await bot.until(lambda: tree.done or tree.errors)
    assert tree.errors == []
    assert answer.message is not None
    assert (answer.message["content"], answer.ephemeral) == ("first", True)
    assert [message["content"] for message in answer.follow_ups] == ["second, edited"]


async def test_an_ephemeral_answer_is_for_one_person_and_in_no_history(
    playground: Playground, bot: Bot, channel: discord.TextChannel, tree: Tree
) -> None:
    async def whisper(interaction: Interaction) -> None:
        file = discord.File(io.BytesIO(b"1"), "a.txt")
        await interaction.response.send_message("psst", ephemeral=True, file=file)
        message = await interaction.original_response()
        assert message.flags.ephemeral
        await message.edit(content="psst!")

    await tree.does(whisper)
    raw: list[Any] = []
    bot._connection.parsers["MESSAGE_CREATE"] = raw.append
    world = playground.world
    answer = await playground.slash("hear", person=world.friend)
    await bot.until(lambda: tree.done or tree.errors)
    assert tree.errors == []
    assert answer.ephemeral
    assert raw[0]["flags"] == 64
    assert not {"guild_id", "member"} & set(raw[0])
    [seen] = playground.ephemeral_messages(world.friend)
    assert (seen["content"], seen["edited_timestamp"] is not None) == ("psst!", True)
    assert "/ephemeral-attachments/" in seen["attachments"][0]["url"]
    assert playground.ephemeral_messages(world.you) == []
    assert world.messages(VOICE_NOTES_ID) == []
    with pytest.raises(discord.NotFound):
        await channel.fetch_message(int(seen["id"]))
    with pytest.raises(PlaygroundError):
        await playground.delete(seen["id"])
    await playground.delete(seen["id"], person=world.friend)
    assert playground.ephemeral_messages(world.friend) == []


async def test_an_answer_is_read_and_taken_back(playground: Playground, tree: Tree) -> None:
    async def regret(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True)
        assert (await interaction.original_response()).flags.loading
        await interaction.delete_original_response()
        await interaction.followup.send("never mind")

    await tree.does(regret)
    asked = await playground.slash("hear")
    answer = await asked.until(lambda one: one.follow_ups or tree.errors)
    assert tree.errors == []
    assert answer.message is None
    assert [message["content"] for message in answer.follow_ups] == ["never mind"]


async def answer_twice(interaction: Interaction) -> None:
    await interaction.response.send_message("one")
    await discord.InteractionResponse(interaction).send_message("two")


async def follow_up_first(interaction: Interaction) -> None:
    await interaction.followup.send("already?")


@pytest.mark.parametrize(
    ("handle", "status", "code"), [(answer_twice, 400, 40060), (follow_up_first, 404, 10015)]
)
async def test_answers_come_in_their_order(
    playground: Playground, bot: Bot, tree: Tree, handle: Any, status: int, code: int
) -> None:
    await tree.does(handle)
    await playground.slash("hear")
    await bot.until(lambda: tree.errors)
    assert [(error.status, error.code) for error in tree.errors] == [(status, code)]


async def test_an_answer_that_is_late_is_refused_and_the_person_is_told(
    playground: Playground, bot: Bot, tree: Tree
) -> None:
    playground.interactions.answer_seconds = 0.05
    failed = asyncio.Event()

    async def dawdle(interaction: Interaction) -> None:
        await failed.wait()
        await interaction.response.send_message("too late")

    await tree.does(dawdle)
    asked = await playground.slash("hear")
    with pytest.raises(PlaygroundError, match="did not respond"):
        await asked.answer()
    failed.set()
    await bot.until(lambda: tree.errors)
    assert [(error.status, error.code) for error in tree.errors] == [(404, 10062)]
    assert playground.bot_messages() == []


async def test_after_a_quarter_of_an_hour_nothing_more_can_be_said(
    playground: Playground, bot: Bot, tree: Tree
) -> None:
    async def think(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True)
        playground.interactions.token_seconds = 0  # as if all of it had passed
        await interaction.edit_original_response(content="at last")

    await tree.does(think)
    asked = await playground.slash("hear")
    await bot.until(lambda: tree.errors)
    assert [(error.status, error.code) for error in tree.errors] == [(401, 50027)]
    assert asked.thinking


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"content": ""}, 50006),
        ({"content": "x" * 2001}, 50035),
        ({"embed": discord.Embed(title="x" * 257)}, 50035),
    ],
)
async def test_an_answer_that_breaks_a_rule_is_refused_and_can_be_given_again(
    playground: Playground, tree: Tree, given: Any, code: int
) -> None:
    async def stumble(interaction: Interaction) -> None:
        with pytest.raises(discord.HTTPException) as refused:
            await interaction.response.send_message(**given)
        assert refused.value.code == code
        await interaction.response.send_message("sorry")

    await tree.does(stumble)
    answer = await (await playground.slash("hear")).answer()
    assert answer.message is not None
    assert answer.message["content"] == "sorry"


async def test_a_command_cannot_be_answered_like_a_button(
    playground: Playground, tree: Tree
) -> None:
    await tree.does(say)
    tree.client.dispatch = lambda *_, **__: None  # type: ignore[method-assign]
    asked = await playground.slash("hear")
    url = f"{playground.api_url}/interactions/{asked.id}/{asked.interaction.token}/callback"
    session = tree.client.http._HTTPClient__session  # type: ignore[attr-defined]
    async with session.post(url, json={"type": 7, "data": {}}) as response:
        assert (await response.json())["code"] in (50035, 40060)


async def test_the_apps_menu_of_a_message_shows_the_bot_all_of_it(
    playground: Playground, log_in: Any
) -> None:
    bot = await log_in(intents=discord.Intents(guilds=True))
    tree = Tree(bot)
    got: list[discord.Message] = []

    @tree.context_menu(name="Hear the emotion")
    async def hear(interaction: Interaction, message: discord.Message) -> None:
        got.append(message)
        await interaction.response.send_message("ok", ephemeral=True)

    await tree.sync()
    sent = await playground.say(VOICE_NOTES_ID, "listen", files=[NOTE])
    answer = await (await playground.use_menu("Hear the emotion", sent.id)).answer()

    [message] = got
    assert (message.id, message.content) == (sent.id, "listen")
    assert message.author.id == playground.world.you.id
    assert await message.attachments[0].read() == NOTE.data
    assert message.guild == bot.guilds[0]
    assert answer.message is not None
    assert answer.message["type"] == 23
    assert answer.message["interaction_metadata"]["target_message_id"] == str(sent.id)
    with pytest.raises(PlaygroundError):  # what only one sees has no such menu
        await playground.use_menu("Hear the emotion", int(answer.message["id"]))


async def test_in_a_conversation_without_the_bot_it_answers_where_it_is_installed(
    playground: Playground, tree: Tree
) -> None:
    @tree.command(description="Does what the test wants.")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def hear(interaction: Interaction) -> None:
        tree.seen.append(interaction)
        await say(interaction)

    @tree.command(description="Only in servers.")
    @app_commands.guild_only()
    async def other(interaction: Interaction) -> None: ...

    await tree.sync()
    world = playground.world
    channel = world.private_channel([world.you, world.friend])
    answer = await (await playground.slash("hear", channel=channel)).answer()
    [interaction] = tree.seen
    assert interaction.context.private_channel
    assert interaction.is_user_integration()
    assert not interaction.is_guild_integration()
    assert answer.message is not None
    with pytest.raises(PlaygroundError):
        await playground.slash("other", channel=channel)
