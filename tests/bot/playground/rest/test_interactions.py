"""Interactions over the real gateway, and how a real discord.py client answers them."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest
from discord import TextChannel, app_commands

from bot.playground import PlaygroundError
from bot.playground.world.channels import FRIENDS_DIRECT_ID, GENERAL_ID, VOICE_NOTES_ID
from bot.playground.world.interactions import Callback
from bot.playground.world.people import FRIEND, MODERATOR, YOU
from tests.bot.playground.conftest import Bot, LogIn, Tree, refused
from tests.playground import Invocation, Playground, Upload

NOTE = Upload(filename="note.ogg", data=b"OggS123", content_type="audio/ogg")
Interaction = discord.Interaction[Bot]
Ask = Callable[..., Awaitable[Invocation]]


@pytest.fixture
def ask(playground: Playground, tree: Tree) -> Ask:
    """Return a function that uses a command, which a handler answers."""

    async def ask(handle: Callable[[Interaction], Awaitable[None]], **options: Any) -> Invocation:
        await tree.does(handle)
        return await playground.slash("hear", **options)

    return ask


def file(name: str = "a.txt") -> discord.File:
    return discord.File(io.BytesIO(b"12"), name)


async def say(interaction: Interaction) -> None:
    await interaction.response.send_message("ok")


async def test_a_command_is_answered_with_a_message(
    playground: Playground, channel: TextChannel, tree: Tree, ask: Ask
):
    async def answer_with_picture(interaction: Interaction) -> None:
        embed = discord.Embed(title="Joy").set_image(url="attachment://joy.png")
        response = await interaction.response.send_message(
            "Joy.", embed=embed, file=file("joy.png")
        )
        assert response.resource.content == "Joy."

    answer = await (await ask(answer_with_picture)).answer()
    assert (answer.callback, answer.ephemeral) == (Callback.MESSAGE, False)
    assert (answer.message["content"], answer.message["type"]) == ("Joy.", 20)
    assert "/attachments/" in answer.message["embeds"][0]["image"]["url"]
    assert playground.bot_messages() == [answer.message]
    heard = await channel.fetch_message(int(answer.message["id"]))
    assert heard.interaction_metadata.user.id == YOU.id
    assert heard.interaction_metadata.id == answer.id
    assert heard.webhook_id == tree.client.application_id
    assert tree.errors == []


async def test_the_bot_is_told_who_asks_and_where(playground: Playground, bot: Bot, tree: Tree):
    await tree.does(say)
    playground.world.set_locale(FRIEND.id, "de")
    asking = {VOICE_NOTES_ID: YOU, FRIENDS_DIRECT_ID: FRIEND, GENERAL_ID: MODERATOR}
    for channel, person in asking.items():
        await (await playground.slash("hear", person=person, channel=channel)).answer()
    yours, direct, moderators = tree.seen

    assert (type(yours.user), yours.user.id) == (discord.Member, YOU.id)
    assert (type(direct.user), type(direct.channel)) == (discord.User, discord.DMChannel)
    assert (yours.guild, direct.guild) == (bot.guilds[0], None)
    assert (yours.locale, direct.locale) == (discord.Locale.american_english, discord.Locale.german)
    assert (yours.guild_locale, direct.guild_locale) == (discord.Locale.american_english, None)
    assert yours.context.guild
    assert direct.context.dm_channel
    assert yours.is_guild_integration()
    assert (yours.permissions.manage_guild, moderators.permissions.manage_guild) == (False, True)
    assert moderators.channel_id == GENERAL_ID
    assert yours.app_permissions.attach_files
    assert yours.filesize_limit == 10 * 2**20


async def test_an_option_takes_a_file_and_everything_else(playground: Playground, tree: Tree):
    got: dict[str, Any] = {}

    @tree.command(description="Takes everything.")
    async def take(
        interaction: Interaction,
        note: discord.Attachment,
        text: str,
        number: app_commands.Range[int, 1, 10],
        flag: bool,
        where: TextChannel,
        left_out: str | None = None,
    ) -> None:
        got.update(locals())
        got["data"] = await note.read()
        await say(interaction)

    await tree.sync()
    everything = {"note": NOTE, "text": "hello", "number": 3, "flag": True, "where": GENERAL_ID}
    await (await playground.slash("take", options=everything)).answer()

    assert (got["data"], got["note"].filename) == (NOTE.data, "note.ogg")
    assert (got["note"].content_type, got["note"].ephemeral) == ("audio/ogg", True)
    assert "/ephemeral-attachments/" in got["note"].url
    assert (got["text"], got["number"], got["flag"]) == ("hello", 3, True)
    assert (got["where"].id, got["left_out"]) == (GENERAL_ID, None)
    for name, value, sentence in (
        ("number", 11, "at least 1 and at most 10"),
        ("number", "3", "does not take"),
        ("flag", "yes", "does not take"),
        ("where", FRIENDS_DIRECT_ID, "cannot be chosen"),
        ("where", 17, "no such channel"),
        ("note", "text", "does not take"),
        ("no_such", 1, "no option"),
        ("text", None, "missing"),
    ):
        with pytest.raises(PlaygroundError, match=sentence):
            await playground.slash("take", options=everything | {name: value})


async def test_a_subcommand_is_found_by_its_words(playground: Playground, tree: Tree):
    group = app_commands.Group(name="settings", description="Settings.")

    @group.command(description="Sets the language.")
    @app_commands.choices(name=[app_commands.Choice(name="Deutsch", value="de")])
    async def language(interaction: Interaction, name: str) -> None:
        await interaction.response.send_message(f"{name} it is")

    tree.add_command(group)
    await tree.sync()
    message = (await (await playground.slash("settings language", name="de")).answer()).message
    assert message["content"] == "de it is"
    assert message["interaction_metadata"]["name"] == "settings language"
    for words, options in (
        ("settings", {}),
        ("settings colour", {}),
        ("settings language", {"name": "fr"}),
        ("settings language", {}),
        ("nothing", {}),
    ):
        with pytest.raises(PlaygroundError):
            await playground.slash(words, options=options)


async def test_thinking_becomes_the_answer(playground: Playground, bot: Bot, tree: Tree, ask: Ask):
    go = asyncio.Event()

    async def think(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await go.wait()
        message = await interaction.edit_original_response(content="Joy.", attachments=[file()])
        assert [file.size for file in message.attachments] == [2]

    asked = await (await ask(think)).acknowledged()
    assert (asked.deferred, asked.message["flags"]) == (True, 128)
    [waiting] = playground.world.messages(VOICE_NOTES_ID)
    go.set()
    answer = (await asked.answer()).message
    assert (answer["id"], answer["content"], answer["flags"]) == (str(waiting.id), "Joy.", 0)
    assert answer["edited_timestamp"] is None
    await bot.until(lambda: "MESSAGE_UPDATE" in bot.events)
    assert tree.errors == []


async def test_the_first_follow_up_takes_the_place_of_thinking(tree: Tree, ask: Ask):
    async def think(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        assert (await interaction.original_response()).flags.loading
        first = await interaction.followup.send("first", wait=True)
        assert first.flags.ephemeral
        second = await interaction.followup.send("second", wait=True, ephemeral=True)
        assert second.reference.message_id == first.id
        assert second.interaction_metadata.original_response_message_id == first.id
        await second.edit(content="second, edited")
        third = await interaction.followup.send("third", wait=True)
        await third.delete()

    answer = await ask(think)
    await tree.finish()
    assert (answer.message["content"], answer.ephemeral) == ("first", True)
    assert [message["content"] for message in answer.follow_ups] == ["second, edited"]


async def test_an_answer_is_taken_back(tree: Tree, ask: Ask):
    async def regret(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.delete_original_response()
        await interaction.followup.send("never mind")

    asked = await ask(regret)
    await tree.finish()
    assert asked.message is None
    assert [message["content"] for message in asked.follow_ups] == ["never mind"]


async def test_an_ephemeral_answer_is_for_one_person_and_in_no_history(
    playground: Playground, bot: Bot, channel: TextChannel, tree: Tree, ask: Ask
):
    async def whisper(interaction: Interaction) -> None:
        await interaction.response.send_message("psst", ephemeral=True, file=file())
        message = await interaction.original_response()
        assert message.flags.ephemeral
        await message.edit(content="psst!")

    raw: list[Any] = []
    bot._connection.parsers["MESSAGE_CREATE"] = raw.append
    answer = await ask(whisper, person=FRIEND)
    await tree.finish()
    assert answer.ephemeral
    assert raw[0]["flags"] == 64
    assert not {"guild_id", "member"} & set(raw[0])
    [seen] = playground.ephemeral_messages(FRIEND)
    assert (seen["content"], seen["edited_timestamp"] is not None) == ("psst!", True)
    assert "/ephemeral-attachments/" in seen["attachments"][0]["url"]
    assert playground.ephemeral_messages(YOU) == []
    assert playground.world.messages(VOICE_NOTES_ID) == []
    with refused(404, 10008):
        await channel.fetch_message(int(seen["id"]))
    with pytest.raises(PlaygroundError):
        await playground.delete(seen["id"])
    await playground.delete(seen["id"], person=FRIEND)
    assert playground.ephemeral_messages(FRIEND) == []


async def test_answers_come_in_order_and_a_refused_one_can_be_given_again(tree: Tree, ask: Ask):
    async def stumble(interaction: Interaction) -> None:
        with refused(404, 10015):
            await interaction.followup.send("already?")
        with refused(400, 50006):
            await interaction.response.send_message("")
        await interaction.response.send_message("one")
        with refused(400, 40060):
            await discord.InteractionResponse(interaction).send_message("two")

    answer = await ask(stumble)
    await tree.finish()
    assert answer.message["content"] == "one"


async def test_an_answer_that_is_late_is_refused(playground: Playground, tree: Tree, ask: Ask):
    playground.interactions.answer_seconds = 0.05
    failed = asyncio.Event()

    async def dawdle(interaction: Interaction) -> None:
        await failed.wait()
        with refused(404, 10062):
            await interaction.response.send_message("too late")

    asked = await ask(dawdle)
    with pytest.raises(PlaygroundError, match="did not respond"):
        await asked.answer()
    failed.set()
    await tree.finish()
    assert playground.bot_messages() == []


async def test_after_a_quarter_of_an_hour_it_is_too_late(
    playground: Playground, tree: Tree, ask: Ask
):
    async def think(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True)
        playground.interactions.token_seconds = 0  # as if all of it had passed
        with refused(401, 50027):
            await interaction.edit_original_response(content="at last")

    asked = await ask(think)
    await tree.finish()
    assert asked.thinking


async def test_a_command_cannot_be_answered_like_a_button(tree: Tree, ask: Ask):
    async def answer_like_a_button(interaction: Interaction) -> None:
        interaction.type = discord.InteractionType.component
        with refused(400, 50035):
            await interaction.response.edit_message(content="changed")
        await interaction.response.send_message("ok")

    assert (await (await ask(answer_like_a_button)).answer()).message["content"] == "ok"
    assert tree.errors == []


async def test_the_apps_menu_shows_all_of_a_message(playground: Playground, log_in: LogIn):
    bot = await log_in(discord.Intents(guilds=True))
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
    assert (message.id, message.content, message.author.id) == (sent.id, "listen", YOU.id)
    assert await message.attachments[0].read() == NOTE.data
    assert message.guild == bot.guilds[0]
    assert "MESSAGE_CREATE" not in bot.events
    assert answer.message["type"] == 23
    assert answer.message["interaction_metadata"]["target_message_id"] == str(sent.id)
    with pytest.raises(PlaygroundError):  # what only one sees has no such menu
        await playground.use_menu("Hear the emotion", int(answer.message["id"]))


async def test_it_answers_in_conversations_without_the_bot(playground: Playground, tree: Tree):
    got: list[Interaction] = []

    @tree.command(description="Does what the test wants.")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def hear(interaction: Interaction) -> None:
        got.append(interaction)
        await say(interaction)

    @tree.command(description="Only in servers.")
    @app_commands.guild_only()
    async def other(interaction: Interaction) -> None: ...

    await tree.sync()
    channel = playground.world.private_channel([YOU, FRIEND])
    answer = await (await playground.slash("hear", channel=channel)).answer()
    assert got[0].context.private_channel
    assert (got[0].is_user_integration(), got[0].is_guild_integration()) == (True, False)
    assert answer.message["content"] == "ok"
    with pytest.raises(PlaygroundError):
        await playground.slash("other", channel=channel)
