"""The commands are registered with Discord when they changed, and only then."""

import discord
import pytest
from discord import app_commands
from discord.app_commands import locale_str

from bot.app import sync
from bot.cogs.registration import digest_of
from bot.errors import SettingsError
from bot.i18n.command_names import CommandTranslator
from bot.settings import Settings
from tests.bot.conftest import StartBot
from tests.bot.harness import Harness, TestClient, fail
from tests.bot_process import in_playground, until

LOCALES = {"de", "es-ES", "es-419", "pl"}
MENU_NAME = "Hear the emotion"
NAMES = {
    *(MENU_NAME, "emotion", "settings", "privacy", "optout", "optin"),
    *("accuracy", "about", "help"),
}


async def test_all_commands_are_there_with_their_translations(harness: Harness):
    known = await harness.bot.http.get_global_commands(harness.bot.application_id or 0)
    by_name = {one["name"]: one for one in known}
    assert set(by_name) == NAMES
    menu = by_name.pop(MENU_NAME)
    assert menu["name_localizations"]["de"] == "Emotion hören"
    assert set(menu["name_localizations"]) == LOCALES
    assert (sorted(menu["integration_types"]), sorted(menu["contexts"])) == ([0, 1], [0, 1, 2])
    for command in by_name.values():
        assert set(command["description_localizations"]) == LOCALES
    assert by_name["settings"]["default_member_permissions"] == str(
        discord.Permissions(manage_guild=True).value
    )


async def test_they_are_sent_when_they_changed_and_otherwise_only_when_forced(harness: Harness):
    registration, before = harness.bot.registration, harness.playground.command_syncs
    assert not await registration.register()
    assert await registration.register(forced=True)

    @harness.bot.tree.command(name="new", description="Something new.")
    async def new(interaction: discord.Interaction[TestClient]) -> None: ...

    assert await registration.register()
    assert not await registration.register()
    assert harness.playground.command_syncs == before + 2


@pytest.mark.parametrize(("description", "same"), [(MENU_NAME, True), ("Delete", False)])
async def test_the_digest_is_that_of_what_is_sent(description: str, same: bool):
    async with discord.Client(intents=discord.Intents.none()) as client:
        tree = app_commands.CommandTree(client)

        @tree.command(name="one", description=locale_str(MENU_NAME))
        async def one(interaction: discord.Interaction) -> None: ...

        plain = await digest_of(tree)
        await tree.set_translator(CommandTranslator())
        translated = await digest_of(tree)
        assert translated != plain
        one.description = description
        one._locale_description = locale_str(description)
        assert (await digest_of(tree) == translated) == same


async def test_sync_sends_them_though_nothing_changed(start_bot: StartBot, harness: Harness):
    before = harness.playground.command_syncs
    settings = in_playground(harness.playground) | {"database_url": "sqlite:///undertone.db"}
    bot = await start_bot("sync", **settings)
    assert await bot.ends() == 0
    assert bot.lines == [f"Discord now has all {len(NAMES)} commands."]
    assert harness.playground.command_syncs == before + 1


async def test_sync_without_a_token_says_what_is_missing():
    with pytest.raises(SettingsError, match=r"^There is no DISCORD_TOKEN"):
        await sync(Settings(_env_file=None))


async def test_a_bot_whose_commands_are_refused_goes_on(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(harness.storage, "commands_digest", fail)
    writes = harness.playground.command_syncs
    harness.bot.registration.start()
    await until(lambda: "The commands were not sent to Discord: StorageError." in caplog.messages)
    assert harness.playground.command_syncs == writes
    assert (await harness.slash("about")).message
