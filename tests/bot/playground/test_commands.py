"""The bot registers its commands."""

from typing import Any

import discord
import pytest
from discord import app_commands

from bot.playground import Playground
from tests.bot.playground.conftest import Bot


def tree_of(bot: Bot) -> app_commands.CommandTree[Bot]:
    tree = app_commands.CommandTree(bot)

    @tree.command(description="Hear the emotion in a recording.")
    async def hear(interaction: discord.Interaction, file: discord.Attachment) -> None: ...

    @tree.context_menu(name="Hear the emotion")
    async def hear_message(interaction: discord.Interaction, message: discord.Message) -> None: ...

    return tree


async def test_a_command_tree_is_synced_and_fetched(bot: Bot) -> None:
    tree = tree_of(bot)
    synced = await tree.sync()
    assert {(command.name, command.type) for command in synced} == {
        ("hear", discord.AppCommandType.chat_input),
        ("Hear the emotion", discord.AppCommandType.message),
    }
    assert await tree.fetch_commands() == synced
    again = await tree.sync()
    assert [command.id for command in again] == [command.id for command in synced]
    [option] = next(command for command in synced if command.name == "hear").options
    assert (option.name, option.type) == ("file", discord.AppCommandOptionType.attachment)


async def test_a_servers_commands_are_its_own(bot: Bot) -> None:
    tree = tree_of(bot)
    guild = bot.guilds[0]
    tree.copy_global_to(guild=guild)
    synced = await tree.sync(guild=guild)
    assert all(command.guild_id == guild.id for command in synced)
    assert len(await tree.fetch_commands(guild=guild)) == 2
    assert await tree.fetch_commands() == []
    with pytest.raises(discord.NotFound):
        await tree.fetch_commands(guild=discord.Object(17))


async def test_one_command_is_changed_and_deleted(bot: Bot) -> None:
    tree = tree_of(bot)
    command = next(one for one in await tree.sync() if one.name == "hear")
    edited = await command.edit(description="Hear it.")
    assert (edited.id, edited.description) == (command.id, "Hear it.")
    assert (await tree.fetch_command(command.id)).description == "Hear it."
    await command.delete()
    assert [one.name for one in await tree.fetch_commands()] == ["Hear the emotion"]
    with pytest.raises(discord.NotFound) as missing:
        await tree.fetch_command(command.id)
    assert missing.value.code == 10063


async def test_making_a_command_again_replaces_it(playground: Playground, bot: Bot) -> None:
    first = await create(bot, {"name": "hear", "description": "One."})
    second = await create(bot, {"name": "hear", "description": "Two."})
    assert first["id"] == second["id"]
    assert [one["description"] for one in await commands(bot)] == ["Two."]


@pytest.mark.parametrize(
    "command",
    [
        {"name": "Has Spaces", "description": "x"},
        {"name": "UPPER", "description": "x"},
        {"name": "x" * 33, "description": "x"},
        {"name": "hear"},
        {"name": "hear", "description": "x" * 101},
        {"name": "hear", "description": "x", "type": 9},
        {"name": "hear", "description": "x", "options": [{}] * 26},
        "hear",
    ],
)
async def test_a_command_that_breaks_a_limit_is_refused(bot: Bot, command: Any) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await create(bot, command)
    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert await commands(bot) == []


async def test_two_commands_of_one_name_or_too_many_are_refused_and_nothing_changes(
    bot: Bot,
) -> None:
    await create(bot, {"name": "hear", "description": "One."})
    twice = [{"name": "same", "description": "x"}] * 2
    many = [{"name": f"command{number}", "description": "x"} for number in range(101)]
    for given, code in ((twice, 50035), (many, 30032), ({}, 50035)):
        with pytest.raises(discord.HTTPException) as refused:
            await bot.http.bulk_upsert_global_commands(bot.user.id, given)
        assert refused.value.code == code
    assert [one["name"] for one in await commands(bot)] == ["hear"]


async def test_another_application_is_none_of_the_bots_business(bot: Bot) -> None:
    with pytest.raises(discord.Forbidden):
        await bot.http.get_global_commands(17)


async def create(bot: Bot, command: Any) -> Any:
    return await bot.http.upsert_global_command(bot.user.id, command)


async def commands(bot: Bot) -> Any:
    return await bot.http.get_global_commands(bot.user.id)


async def test_what_stays_the_same_keeps_its_version_and_calls_are_counted(
    playground: Playground, bot: Bot
) -> None:
    tree = tree_of(bot)
    await tree.sync()
    before = await commands(bot)
    assert (playground.commands.reads, playground.commands.writes) == (1, 1)
    await tree.sync()
    assert await commands(bot) == before
    assert (playground.commands.reads, playground.commands.writes) == (2, 2)
    await create(bot, {"name": "hear", "description": "Otherwise.", "options": []})
    [changed, same] = await commands(bot)
    assert changed["version"] != before[0]["version"]
    assert same["version"] == before[1]["version"]


async def test_all_that_a_tree_says_is_kept(playground: Playground, bot: Bot) -> None:
    tree = app_commands.CommandTree(bot)

    class Translator(app_commands.Translator):
        async def translate(
            self, string: app_commands.locale_str, locale: discord.Locale, context: Any
        ) -> str | None:
            return "hören" if locale is discord.Locale.german and str(string) == "hear" else None

    @tree.command(name=app_commands.locale_str("hear"), description="Hears.")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.choices(way=[app_commands.Choice(name="Loud", value=1)])
    async def hear(
        interaction: discord.Interaction,
        way: int,
        text: app_commands.Range[str, 1, 5] = "x",
    ) -> None: ...

    await tree.set_translator(Translator())
    await tree.sync()
    [kept] = await tree.fetch_commands()
    assert kept.default_member_permissions == discord.Permissions(manage_guild=True)
    assert kept.name_localizations == {discord.Locale.german: "hören"}
    [raw] = await commands(bot)  # discord.py itself misreads these two
    assert (raw["contexts"], raw["integration_types"]) == ([0], [0])
    way, text = kept.options
    assert isinstance(way, app_commands.Argument)
    assert isinstance(text, app_commands.Argument)
    assert [(choice.name, choice.value) for choice in way.choices] == [("Loud", 1)]
    assert (way.required, text.required, text.max_length) == (True, False, 5)
    world = playground.world
    voice_notes = world.channel_named("voice-notes")
    direct = world.direct_channel(world.moderator.id)
    usable = playground.commands.usable
    assert usable(world.you, voice_notes) == []
    assert [one["name"] for one in usable(world.moderator, voice_notes)] == ["hear"]
    assert usable(world.moderator, direct) == []


def option(**more: Any) -> dict[str, Any]:
    return {"name": "file", "description": "x", "type": 3} | more


@pytest.mark.parametrize(
    "options",
    [
        [option(name="Bad Name")],
        [option(description="")],
        [option(type=12)],
        [option(), option()],
        [option(), option(name="other", required=True)],
        [option(choices=[{"name": "x", "value": "x"}] * 26)],
        [option(type=11, choices=[{"name": "x", "value": "x"}])],
        [option(choices=[{"name": "x", "value": "x"}], autocomplete=True)],
        [option(), option(name="sub", type=1)],
        [option(type=1, options=[option(type=1)])],
        [option(type=2, options=[option(type=3)])],
        [option(type=2, options=[option(type=2)])],
        [option(name_localizations={"xx": "name"})],
        [option(name_localizations={"de": "Bad Name"})],
        [
            option(name=f"o{number}", choices=[{"name": "x" * 100, "value": "y" * 100}] * 10)
            for number in range(5)
        ],
    ],
)
async def test_options_that_break_a_rule_are_refused(bot: Bot, options: Any) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await create(bot, {"name": "hear", "description": "x", "options": options})
    assert (refused.value.status, refused.value.code) == (400, 50035)


@pytest.mark.parametrize(
    "more", [{"contexts": [3]}, {"integration_types": [2]}, {"type": 3, "description": "x"}]
)
async def test_a_command_for_nowhere_is_refused(bot: Bot, more: Any) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await create(bot, {"name": "hear", "description": "x"} | more)
    assert refused.value.code == 50035
