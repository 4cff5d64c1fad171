"""The bot registers its commands."""

from typing import Any

import discord
import pytest
from discord import app_commands

from bot.playground.world.channels import MODERATORS_DIRECT_ID, VOICE_NOTES_ID
from bot.playground.world.people import BOT_ID
from tests.bot.playground.conftest import Api, Bot, Tree, refused
from tests.playground import Playground

Interaction = discord.Interaction[Bot]


async def test_what_stays_the_same_keeps_its_id(playground: Playground, bot: Bot, tree: Tree):
    @tree.command(description="Hear the emotion in a recording.")
    async def hear(interaction: Interaction, file: discord.Attachment) -> None: ...

    @tree.context_menu(name="Hear the emotion")
    async def hear_message(interaction: Interaction, message: discord.Message) -> None: ...

    synced = await tree.sync()
    assert [(command.name, command.type) for command in synced] == [
        ("hear", discord.AppCommandType.chat_input),
        ("Hear the emotion", discord.AppCommandType.message),
    ]
    [option] = synced[0].options
    assert (option.name, option.type) == ("file", discord.AppCommandOptionType.attachment)
    before = await commands(bot)
    await tree.sync()
    assert await commands(bot) == before
    assert playground.command_syncs == 2
    hear.description = "Otherwise."
    await tree.sync()
    changed, same = await commands(bot)
    assert same == before[1]
    assert changed["id"] == before[0]["id"]
    assert changed["version"] != before[0]["version"]


async def test_all_that_a_tree_says_is_kept(playground: Playground, bot: Bot, tree: Tree):
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
    async def hear(interaction: Interaction, way: int, text: str = "x") -> None: ...

    await tree.set_translator(Translator())
    await tree.sync()
    [kept] = await tree.fetch_commands()
    assert kept.default_member_permissions == discord.Permissions(manage_guild=True)
    assert kept.name_localizations == {discord.Locale.german: "hören"}
    [raw] = await commands(bot)  # discord.py itself misreads these two
    assert (raw["contexts"], raw["integration_types"]) == ([0], [0])
    way, text = kept.options
    assert [(choice.name, choice.value) for choice in way.choices] == [("Loud", 1)]
    assert (way.required, text.required) == (True, False)
    world, offered = playground.world, playground.client.commands
    voice_notes, direct = world.channels[VOICE_NOTES_ID], world.channels[MODERATORS_DIRECT_ID]
    assert offered(world.you, voice_notes) == offered(world.moderator, direct) == []
    assert [one["name"] for one in offered(world.moderator, voice_notes)] == ["hear"]


def option(**more: Any) -> dict[str, Any]:
    return {"name": "file", "description": "x", "type": 3} | more


def command(**more: Any) -> dict[str, Any]:
    return {"name": "hear", "description": "x"} | more


@pytest.mark.parametrize(
    "wrong",
    [
        command(name="Has Spaces"),
        command(name="UPPER"),
        command(name="x" * 33),
        command(description=""),
        command(description="x" * 101),
        command(type=9),
        command(type=3),
        command(contexts=[3]),
        command(integration_types=[2]),
        command(options=[option(name=f"o{number}") for number in range(26)]),
        command(options=[option(name="Bad Name")]),
        command(options=[option(description="")]),
        command(options=[option(type=12)]),
        command(options=[option(choices=[{"name": "x", "value": "x"}] * 26)]),
        command(options=[option(name_localizations={"de": "Bad Name"})]),
        "hear",
    ],
)
async def test_a_command_against_the_rules_is_refused(playground: Playground, api: Api, wrong: Any):
    status, answer = await api.request("PUT", f"/applications/{BOT_ID}/commands", json=[wrong])
    assert (status, answer["code"]) == (400, 50035)
    assert playground.rest.commands.registered == []


async def test_another_application_is_none_of_the_bots_business(bot: Bot):
    with refused(403, 20012):
        await bot.http.get_global_commands(17)


async def commands(bot: Bot) -> Any:
    return await bot.http.get_global_commands(bot.user.id)
