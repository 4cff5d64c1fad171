"""Interactions over the real gateway, and how a real discord.py client answers them."""

import asyncio
import io
from collections.abc import Callable
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.playground import Playground, PlaygroundError, Upload
from bot.playground.interactions import Callback
from tests.bot.playground.conftest import Bot

NOTE = Upload(filename="note.ogg", data=b"OggS123", content_type="audio/ogg")
Handle = Callable[..., Any]


def error_of(invocation: Any) -> tuple[int, int]:
    return invocation.status, invocation.code


class Tree(app_commands.CommandTree[Bot]):
    """A command tree whose one command does what the test wants, and which keeps its errors."""

    def __init__(self, bot: Bot) -> None:
        super().__init__(bot)
        self.seen: list[discord.Interaction[Bot]] = []
        self.errors: list[BaseException] = []
        self.done = 0

    async def on_error(
        self, interaction: discord.Interaction[Bot], error: app_commands.AppCommandError, /
    ) -> None:
        self.errors.append(getattr(error, "original", error))

    def does(self, handle: Handle, name: str = "hear") -> None:
        @self.command(name=name, description="Does what the test wants.")
        async def command(interaction: discord.Interaction[Bot]) -> None:
            self.seen.append(interaction)
            await handle(interaction)
            self.done += 1


@pytest.fixture
async def tree(bot: Bot) -> Tree:
    return Tree(bot)


async def test_a_command_is_answered_with_a_message(
    playground: Playground, bot: Bot, tree: Tree, channel_id: int
) -> None:
    async def say(interaction: discord.Interaction[Bot]) -> None:
        embed = discord.Embed(title="Joy").set_image(url="attachment://joy.png")
        file = discord.File(io.BytesIO(b"1"), "joy.png")
        response = await interaction.response.send_message("It is joy.", embed=embed, file=file)
        assert isinstance(response.resource, discord.InteractionMessage)
        assert response.resource.content == "It is joy."

    tree.does(say)
    await tree.sync()
    answer = await (await playground.slash("hear")).answer()

    assert answer.callback is Callback.MESSAGE
    assert not answer.deferred
    assert not answer.ephemeral
    assert answer.message is not None
    assert answer.message["content"] == "It is joy."
    assert answer.message["type"] == 20
    assert "/attachments/" in answer.message["embeds"][0]["image"]["url"]
    [shown] = playground.bot_messages(channel_id)
    assert shown == answer.message
    heard = await bot.get_channel(channel_id).fetch_message(int(shown["id"]))  # type: ignore[union-attr]
    assert heard.interaction_metadata is not None
    assert heard.interaction_metadata.user.id == playground.world.you.id
    assert heard.interaction_metadata.id == answer.id
    assert heard.webhook_id == bot.application_id
    assert tree.errors == []


async def test_the_bot_is_told_who_asks_and_where(
    playground: Playground, bot: Bot, tree: Tree
) -> None:
    async def say(interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.send_message("ok")

    tree.does(say)
    await tree.sync()
    world = playground.world
    world.set_locale(world.friend.id, "de")
    general = world.channel_named("general")
    for person, channel in (
        (world.you, None),
        (world.friend, world.direct_channel(world.friend.id)),
        (world.moderator, general),
    ):
        await (await playground.slash("hear", person=person, channel=channel)).answer()
    yours, direct, moderators = tree.seen

    assert isinstance(yours.user, discord.Member)
    assert (yours.user.id, yours.guild) == (world.you.id, bot.guilds[0])
    assert (yours.locale, direct.locale) == (discord.Locale.american_english, discord.Locale.german)
    assert yours.guild_locale == discord.Locale.american_english
    assert direct.guild_locale is None
    assert yours.context.guild
    assert direct.context.dm_channel
    assert yours.is_guild_integration()
    assert direct.guild is None
    assert isinstance(direct.user, discord.User)
    assert isinstance(direct.channel, discord.DMChannel)
    assert not yours.permissions.manage_guild
    assert moderators.permissions.manage_guild
    assert moderators.permissions.manage_messages
    assert moderators.channel_id == general.id
    assert yours.app_permissions.attach_files
    assert yours.filesize_limit == 10 * 2**20
    assert yours.entitlements == []


async def test_it_is_heard_with_no_intents_at_all(playground: Playground, log_in: Any) -> None:
    bot = await log_in(intents=discord.Intents(guilds=True))
    tree = Tree(bot)

    async def say(interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.send_message("ok")

    tree.does(say)
    await tree.sync()
    await (await playground.slash("hear")).answer()
    assert "INTERACTION_CREATE" in bot.events
    assert "MESSAGE_CREATE" not in bot.events


async def test_an_option_takes_a_file_and_everything_else(
    playground: Playground, bot: Bot, tree: Tree
) -> None:
    got: dict[str, Any] = {}

    @tree.command(description="Takes everything.")
    async def take(
        interaction: discord.Interaction[Bot],
        note: discord.Attachment,
        text: str,
        whole: app_commands.Range[int, 1, 10],
        real: float,
        flag: bool,
        who: discord.Member,
        where: discord.TextChannel,
        role: discord.Role,
        left_out: str | None = None,
    ) -> None:
        got.update(locals())
        got["data"] = await note.read()
        await interaction.response.send_message("ok")

    await tree.sync()
    world = playground.world
    everything = {
        "note": NOTE,
        "text": "hello",
        "whole": 3,
        "real": 0.5,
        "flag": True,
        "who": world.friend,
        "where": world.channel_named("general"),
        "role": bot.guilds[0].roles[-1].id,
    }
    await (await playground.slash("take", options=everything)).answer()

    assert (got["data"], got["note"].filename) == (b"OggS123", "note.ogg")
    assert (got["note"].content_type, got["note"].ephemeral) == ("audio/ogg", True)
    assert "/ephemeral-attachments/" in got["note"].url
    assert (got["text"], got["whole"], got["real"], got["flag"]) == ("hello", 3, 0.5, True)
    assert (got["who"].id, got["who"].display_name) == (world.friend.id, "Robin")
    assert got["where"].id == world.channel_named("general").id
    assert got["role"] == bot.guilds[0].roles[-1]
    assert got["left_out"] is None
    for wrong in ({"whole": 11}, {"who": 17}, {"note": "text"}, {"no_such": 1}, {"text": None}):
        with pytest.raises(PlaygroundError):
            await playground.slash("take", options=everything | wrong)


async def test_a_subcommand_is_found_by_its_words(playground: Playground, tree: Tree) -> None:
    group = app_commands.Group(name="settings", description="Settings.")
    inner = app_commands.Group(name="reply", description="Replies.", parent=group)
    got: list[str] = []

    @group.command(description="Sets the language.")
    @app_commands.choices(name=[app_commands.Choice(name="Deutsch", value="de")])
    async def language(interaction: discord.Interaction[Bot], name: str) -> None:
        got.append(name)
        await interaction.response.send_message("ok")

    @inner.command(description="Sets the picture.")
    async def picture(interaction: discord.Interaction[Bot]) -> None:
        got.append("picture")
        await interaction.response.send_message("ok")

    tree.add_command(group)
    await tree.sync()
    await (await playground.slash("settings language", name="de")).answer()
    await (await playground.slash("settings reply picture")).answer()
    assert got == ["de", "picture"]
    for words, options in (
        ("settings", {}),
        ("settings reply", {}),
        ("settings colour", {}),
        ("settings language", {"name": "fr"}),
        ("settings language", {}),
        ("nothing", {}),
    ):
        with pytest.raises(PlaygroundError):
            await playground.slash(words, options=options)


async def test_thinking_becomes_the_answer(
    playground: Playground, bot: Bot, tree: Tree, channel_id: int
) -> None:
    go = asyncio.Event()

    async def think(interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.defer(thinking=True)
        await go.wait()
        message = await interaction.edit_original_response(
            content="It is joy.", attachments=[discord.File(io.BytesIO(b"12"), "a.txt")]
        )
        assert [file.size for file in message.attachments] == [2]

    tree.does(think)
    await tree.sync()
    asked = await (await playground.slash("hear")).acknowledged()
    assert asked.deferred
    assert asked.thinking
    assert asked.message is not None
    assert asked.message["flags"] == 128
    [waiting] = playground.world.messages(channel_id)
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
    async def think(interaction: discord.Interaction[Bot]) -> None:
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

    tree.does(think)
    await tree.sync()
    answer = await playground.slash("hear")
    await bot.until(lambda: tree.done or tree.errors)
    assert tree.errors == []
    assert answer.message is not None
    assert (answer.message["content"], answer.ephemeral) == ("first", True)
    assert [message["content"] for message in answer.follow_ups] == ["second, edited"]


async def test_an_ephemeral_answer_is_for_one_person_and_in_no_history(
    playground: Playground, bot: Bot, tree: Tree, channel_id: int
) -> None:
    async def whisper(interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.send_message(
            "psst", ephemeral=True, file=discord.File(io.BytesIO(b"1"), "a.txt")
        )
        message = await interaction.original_response()
        assert message.flags.ephemeral
        await message.edit(content="psst!")

    tree.does(whisper)
    await tree.sync()
    world = playground.world
    answer = await playground.slash("hear", person=world.friend)
    await bot.until(lambda: tree.done or tree.errors)
    assert tree.errors == []
    assert answer.ephemeral
    assert answer.message is not None
    assert answer.message["flags"] == 64
    [seen] = playground.ephemeral_messages(world.friend)
    assert (seen["content"], seen["edited_timestamp"] is not None) == ("psst!", True)
    assert "/ephemeral-attachments/" in seen["attachments"][0]["url"]
    assert playground.ephemeral_messages(world.you) == []
    assert world.messages(channel_id) == []
    with pytest.raises(discord.NotFound):
        await bot.get_channel(channel_id).fetch_message(int(seen["id"]))  # type: ignore[union-attr]
    with pytest.raises(PlaygroundError):
        await playground.delete(seen["id"])
    await playground.delete(seen["id"], person=world.friend)
    assert playground.ephemeral_messages(world.friend) == []


async def test_an_answer_is_read_and_taken_back(
    playground: Playground, tree: Tree, channel_id: int
) -> None:
    async def regret(interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.defer(thinking=True)
        assert (await interaction.original_response()).flags.loading
        await interaction.delete_original_response()
        await interaction.followup.send("never mind")

    tree.does(regret)
    await tree.sync()
    asked = await playground.slash("hear")
    answer = await asked.until(lambda one: one.follow_ups or tree.errors)
    assert tree.errors == []
    assert answer.message is None
    assert [message["content"] for message in answer.follow_ups] == ["never mind"]
    assert [one.content for one in playground.world.messages(channel_id)] == ["never mind"]


async def test_the_second_first_answer_is_refused(
    playground: Playground, bot: Bot, tree: Tree
) -> None:
    async def twice(interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.send_message("one")
        await discord.InteractionResponse(interaction).send_message("two")

    tree.does(twice)
    await tree.sync()
    await playground.slash("hear")
    await bot.until(lambda: tree.errors)
    [error] = tree.errors
    assert isinstance(error, discord.HTTPException)
    assert error_of(error) == (400, 40060)


async def test_an_answer_that_is_late_is_refused_and_the_person_is_told(
    playground: Playground, bot: Bot, tree: Tree
) -> None:
    playground.interactions.answer_seconds = 0.05

    async def dawdle(interaction: discord.Interaction[Bot]) -> None:
        await failed.wait()
        await interaction.response.send_message("too late")

    failed = asyncio.Event()
    tree.does(dawdle)
    await tree.sync()
    asked = await playground.slash("hear")
    with pytest.raises(PlaygroundError, match="did not respond"):
        await asked.answer()
    failed.set()
    assert asked.failed
    await bot.until(lambda: tree.errors)
    [error] = tree.errors
    assert isinstance(error, discord.NotFound)
    assert error_of(error) == (404, 10062)
    assert playground.bot_messages() == []


async def test_after_a_quarter_of_an_hour_nothing_more_can_be_said(
    playground: Playground, bot: Bot, tree: Tree
) -> None:
    later = asyncio.Event()

    async def think(interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.defer(thinking=True)
        await later.wait()
        await interaction.edit_original_response(content="at last")

    tree.does(think)
    await tree.sync()
    asked = await (await playground.slash("hear")).acknowledged()
    playground.interactions.skip(15 * 60)
    later.set()
    await bot.until(lambda: tree.errors)
    [error] = tree.errors
    assert isinstance(error, discord.HTTPException)
    assert error_of(error) == (401, 50027)
    assert asked.thinking


async def test_nothing_can_be_said_more_before_anything_was_said(
    playground: Playground, bot: Bot, tree: Tree
) -> None:
    async def hurry(interaction: discord.Interaction[Bot]) -> None:
        await interaction.followup.send("already?")

    tree.does(hurry)
    await tree.sync()
    await playground.slash("hear")
    await bot.until(lambda: tree.errors)
    [error] = tree.errors
    assert isinstance(error, discord.NotFound)
    assert error_of(error) == (404, 10015)


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
    async def stumble(interaction: discord.Interaction[Bot]) -> None:
        with pytest.raises(discord.HTTPException) as refused:
            await interaction.response.send_message(**given)
        assert refused.value.code == code
        await interaction.response.send_message("sorry")

    tree.does(stumble)
    await tree.sync()
    answer = await (await playground.slash("hear")).answer()
    assert answer.message is not None
    assert answer.message["content"] == "sorry"


async def test_a_command_cannot_be_answered_like_a_button(
    playground: Playground, bot: Bot, tree: Tree
) -> None:
    async def confuse(interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.send_message("ok")

    tree.does(confuse)
    await tree.sync()
    bot.dispatch = lambda *_, **__: None  # type: ignore[method-assign]
    asked = await playground.slash("hear")
    url = f"{playground.api_url}/interactions/{asked.id}/{asked.interaction.token}/callback"
    async with bot.http._HTTPClient__session.post(url, json={"type": 7, "data": {}}) as response:  # type: ignore[attr-defined]
        told = await response.json()
    assert told["code"] in (50035, 40060)


async def test_the_apps_menu_of_a_message_shows_the_bot_all_of_it(
    playground: Playground, log_in: Any, channel_id: int
) -> None:
    bot = await log_in(intents=discord.Intents(guilds=True))
    tree = Tree(bot)
    got: list[discord.Message] = []

    @tree.context_menu(name="Hear the emotion")
    async def hear(interaction: discord.Interaction[Bot], message: discord.Message) -> None:
        got.append(message)
        await interaction.response.send_message("ok", ephemeral=True)

    await tree.sync()
    sent = await playground.say(channel_id, "listen", files=[NOTE])
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


async def test_the_apps_menu_of_a_person(playground: Playground, tree: Tree) -> None:
    got: list[discord.Member] = []

    @tree.context_menu(name="Who is it")
    async def who(interaction: discord.Interaction[Bot], member: discord.Member) -> None:
        got.append(member)
        await interaction.response.send_message("ok")

    await tree.sync()
    await (await playground.use_menu("Who is it", playground.world.moderator)).answer()
    assert [role.name for role in got[0].roles] == ["@everyone", "Moderators"]


async def test_suggestions_while_somebody_types(playground: Playground, tree: Tree) -> None:
    @tree.command(description="Picks.")
    async def pick(interaction: discord.Interaction[Bot], kind: str, name: str) -> None: ...

    @pick.autocomplete("name")
    async def suggest(
        interaction: discord.Interaction[Bot], typed: str
    ) -> list[app_commands.Choice[str]]:
        kind = interaction.namespace.kind
        return [app_commands.Choice(name=f"{kind} {typed}!", value=typed)]

    await tree.sync()
    answer = await (await playground.autocomplete("pick", "name", kind="a", name="jo")).answer()
    assert answer.choices == [{"name": "a jo!", "value": "jo"}]
    with pytest.raises(PlaygroundError, match="not one that the bot completes"):
        await playground.autocomplete("pick", "kind")


async def test_a_form_is_shown_filled_in_and_answered(playground: Playground, tree: Tree) -> None:
    class Form(discord.ui.Modal, title="What did you hear?"):
        why: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label="Why?", custom_id="why", min_length=3
        )
        mood: discord.ui.Label[Any] = discord.ui.Label(
            text="Mood",
            component=discord.ui.Select(
                custom_id="mood", options=[discord.SelectOption(label="Joy", value="joy")]
            ),
        )
        recording: discord.ui.Label[Any] = discord.ui.Label(
            text="Recording", component=discord.ui.FileUpload(custom_id="recording")
        )

        async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
            upload: Any = self.recording.component
            select: Any = self.mood.component
            size = len(await upload.values[0].read())
            await interaction.response.send_message(f"{self.why} {select.values} {size}")

    async def ask(interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.send_modal(Form())

    tree.does(ask)
    await tree.sync()
    asked = await (await playground.slash("hear")).answer()
    assert asked.modal is not None
    assert asked.modal["title"] == "What did you hear?"
    assert asked.message is None
    with pytest.raises(PlaygroundError):
        await playground.submit(asked, why="because", mood=["anger"], recording=NOTE)
    with pytest.raises(PlaygroundError):
        await playground.submit(asked, mood=["joy"], recording=NOTE)
    sent = await playground.submit(asked, why="because", mood=["joy"], recording=NOTE)
    answer = await sent.answer()
    assert answer.message is not None
    assert answer.message["content"] == "because ['joy'] 7"
    triggering = answer.message["interaction_metadata"]["triggering_interaction_metadata"]
    assert triggering["id"] == str(asked.id)
    with pytest.raises(PlaygroundError, match="no form"):
        await playground.submit(asked, why="again", mood=["joy"], recording=NOTE)


async def test_in_a_conversation_without_the_bot_it_answers_where_it_is_installed(
    playground: Playground, bot: Bot, tree: Tree
) -> None:
    async def say(interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.send_message("hello, you two")

    @tree.command(description="Does what the test wants.")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def hear(interaction: discord.Interaction[Bot]) -> None:
        tree.seen.append(interaction)
        await say(interaction)

    @tree.command(description="Only in servers.")
    @app_commands.guild_only()
    async def other(interaction: discord.Interaction[Bot]) -> None: ...

    await tree.sync()
    world = playground.world
    channel = world.private_channel([world.you, world.friend])
    answer = await (await playground.slash("hear", channel=channel)).answer()
    [interaction] = tree.seen
    assert interaction.context.private_channel
    assert interaction.is_user_integration()
    assert not interaction.is_guild_integration()
    assert answer.message is not None
    assert answer.message["content"] == "hello, you two"
    with pytest.raises(PlaygroundError):
        await playground.slash("other", channel=channel)
    with pytest.raises(discord.Forbidden):
        await bot.fetch_channel(channel.id)
