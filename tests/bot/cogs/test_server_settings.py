"""/settings: the preferences of a server and its channels."""

import pytest

from bot.playground import PlaygroundError
from bot.playground.world.channels import GENERAL_ID, GUILD_ID, VOICE_NOTES_ID
from bot.storage import Preferences
from tests.bot.harness import Harness, Json


def fields(message: Json) -> dict[str, str]:
    return {one["name"]: one["value"] for one in message["embeds"][0]["fields"]}


async def test_only_those_who_manage_the_server_are_offered_them(harness: Harness):
    with pytest.raises(PlaygroundError):
        await harness.slash("settings show")
    answer = await harness.slash("settings show", person=harness.world.moderator)
    assert answer.ephemeral


async def test_each_setting_is_shown_with_its_origin(harness: Harness):
    moderator, channel = harness.world.moderator, harness.world.channels[VOICE_NOTES_ID]
    await harness.slash("settings server", person=moderator, confidence=60, detail="compact")
    await harness.slash("settings channel", person=moderator, channel=channel, detail="full")
    answer = await harness.slash("settings show", person=moderator, channel=channel)
    assert fields(answer.message) == {
        "Answers without being asked": "**yes** (default)",
        "Audio files too": "**yes** (default)",
        "How much an answer says": "**everything** (set here)",
        "Lowest confidence": "**60%** (inherited from the server)",
        "Answers on request are private": "**no** (default)",
        "Language": "**that of whoever asks, else the server's own** (default)",
    }


async def test_changes_are_stored(harness: Harness):
    changes = {"automatic": False, "audio_files": False, "private": True, "language": "pl"}
    answer = await harness.slash("settings server", person=harness.world.moderator, options=changes)
    assert answer.ephemeral
    assert await harness.storage.preference_levels(GUILD_ID) == {None: Preferences(**changes)}
    elsewhere = {"channel": harness.world.channels[GENERAL_ID], "automatic": True}
    await harness.slash("settings channel", person=harness.world.moderator, options=elsewhere)
    assert await harness.storage.preference_levels(GUILD_ID) == {
        None: Preferences(**changes),
        GENERAL_ID: Preferences(automatic=True),
    }
    unchanged = await harness.slash("settings server", person=harness.world.moderator)
    assert unchanged.message["content"].startswith("You named no setting")


async def test_a_reset_lets_it_inherit_again(harness: Harness):
    moderator, channel = harness.world.moderator, harness.world.channels[VOICE_NOTES_ID]
    await harness.storage.set_preferences(GUILD_ID, None, private=True)
    await harness.storage.set_preferences(GUILD_ID, channel.id, private=False)
    await harness.slash("settings reset", person=moderator, channel=channel, what="channel")
    assert await harness.storage.preference_levels(GUILD_ID) == {None: Preferences(private=True)}
    await harness.slash("settings reset", person=moderator, what="server")
    assert await harness.storage.preference_levels(GUILD_ID) == {}


async def test_they_are_shown_in_the_users_language(harness: Harness):
    moderator = harness.world.moderator
    harness.world.set_locale(moderator.id, "de")
    answer = await harness.slash("settings show", person=moderator)
    assert fields(answer.message)["Auch Audiodateien"] == "**ja** (wie von Haus aus)"
