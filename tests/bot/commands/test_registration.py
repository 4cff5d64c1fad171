"""Discord is told of the commands when they changed, and only then."""

import discord
import pytest
from discord import app_commands
from discord.app_commands import locale_str

from bot.__main__ import ExitCode
from bot.command_translator import CommandTranslator
from bot.commands.tree import digest_of
from tests.bot.conftest import StartBot, in_playground, until
from tests.bot.scene import Quiet, Scene, fail

NAMES = {
    "Hear the emotion",
    "emotion",
    "settings",
    "privacy",
    "optout",
    "optin",
    "accuracy",
    "about",
    "help",
}


async def test_all_commands_are_there_with_their_translations(scene: Scene):
    application = scene.bot.application_id or 0
    known = await scene.bot.http.get_global_commands(application)
    assert {one["name"] for one in known} == NAMES
    by_name = {one["name"]: one for one in known}
    assert by_name["Hear the emotion"]["name_localizations"]["de"] == "Emotion hören"
    assert all(
        {"de", "es-ES", "pl"} <= set(one["description_localizations"])
        for name, one in by_name.items()
        if name != "Hear the emotion"
    )
    menu = by_name["Hear the emotion"]
    assert (sorted(menu["integration_types"]), sorted(menu["contexts"])) == ([0, 1], [0, 1, 2])
    assert by_name["settings"]["default_member_permissions"] == str(
        discord.Permissions(manage_guild=True).value
    )


async def test_a_second_time_nothing_is_sent_unless_forced(scene: Scene):
    writes = scene.playground.command_syncs
    assert not await scene.bot.tree.register()
    assert scene.playground.command_syncs == writes
    assert await scene.bot.tree.register(forced=True)
    assert scene.playground.command_syncs == writes + 1


async def test_a_changed_command_is_sent(scene: Scene):
    @scene.bot.tree.command(name="new", description="Something new.")
    async def new(interaction: discord.Interaction[Quiet]) -> None: ...

    assert await scene.bot.tree.register()
    assert not await scene.bot.tree.register()


@pytest.mark.parametrize(("description", "same"), [("Hear the emotion", True), ("Delete", False)])
async def test_the_digest_is_that_of_what_is_sent(description: str, same: bool):
    async with discord.Client(intents=discord.Intents.none()) as client:
        tree = app_commands.CommandTree(client)

        @tree.command(name="one", description=locale_str("Hear the emotion"))
        async def one(interaction: discord.Interaction) -> None: ...

        plain = await digest_of(tree)
        await tree.set_translator(CommandTranslator())
        translated = await digest_of(tree)
        assert translated != plain
        one.description = description
        one._locale_description = locale_str(description)
        assert (await digest_of(tree) == translated) == same


async def test_two_starts_of_the_bot_register_once_and_sync_forces_it(
    start_bot: StartBot, scene: Scene
):
    playground, start = scene.playground, in_playground(scene.playground)
    writes = playground.command_syncs
    for _ in range(2):
        bot = await start_bot(**start)
        await bot.says("is ready")
        bot.signal(15)
        assert await bot.leaves() == 0
    assert playground.command_syncs == writes + 1


async def test_sync_sends_them_from_the_command_line(start_bot: StartBot, scene: Scene):
    writes = scene.playground.command_syncs
    for _ in range(2):
        bot = await start_bot("sync", **in_playground(scene.playground))
        assert await bot.leaves() == 0
        assert bot.lines == [f"Discord now has all {len(NAMES)} commands."]
    assert scene.playground.command_syncs == writes + 2


async def test_sync_without_a_token_says_what_is_missing(start_bot: StartBot):
    bot = await start_bot("sync", discord_token="")
    assert await bot.leaves() == ExitCode.WRONG_SETTINGS
    [sentence] = bot.errors
    assert sentence.startswith("There is no DISCORD_TOKEN")


async def test_a_bot_whose_commands_are_refused_goes_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(scene.storage, "commands_digest", fail)
    writes = scene.playground.command_syncs
    scene.bot.tree.begin_to_register()
    await until(lambda: "The commands were not sent to Discord: StorageError." in caplog.messages)
    assert scene.playground.command_syncs == writes
    assert (await scene.slash("about")).message
