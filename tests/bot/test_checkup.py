"""``python -m bot check``: everything that the bot needs, tried, a sentence for each."""

import re
from pathlib import Path

import aiohttp
import pytest

from bot.__main__ import ExitCode
from bot.checkup import check_up
from bot.errors import CheckError, LoginError, MissingIntentError
from bot.trials import KINDS
from tests.bot.conftest import BotProcess, StartBot, in_playground
from tests.playground import Playground


def failed(bot: BotProcess) -> list[str]:
    """Give the names of what is wrong."""
    return [re.sub(r"^✗ ([\w ]+): .*", r"\1", line) for line in bot.lines if line.startswith("✗")]


async def test_where_all_is_well_it_says_so(start_bot: StartBot, playground: Playground):
    bot = await start_bot("check", **in_playground(playground))
    assert await bot.leaves() == 0
    assert failed(bot) == []
    names = [line[2:].partition(":")[0] for line in bot.lines[:-1]]
    assert names == [
        "Settings",
        "Model",
        "Decoders",
        "Database",
        "Token",
        "Message Content",
        "Gateway",
    ]
    assert all(kind in bot.lines[2] for kind in KINDS)
    assert playground.token not in "\n".join(bot.lines + bot.errors)
    assert not playground.world.bot_online


async def test_without_a_token_it_checks_the_playground(start_bot: StartBot):
    bot = await start_bot("check", playground_port=0)
    assert await bot.leaves() == 0
    assert any("playground" in line for line in bot.lines)


async def test_wrong_settings_are_named_and_nothing_else_is_tried(start_bot: StartBot):
    bot = await start_bot("check", workers="many", log_level="loud")
    assert await bot.leaves() == ExitCode.WRONG_SETTINGS
    assert len(bot.lines) == 2
    assert failed(bot) == ["Settings", "Settings"]


@pytest.mark.parametrize(
    ("wrong", "code", "found"),
    [
        ("database", ExitCode.WRONG_SETTINGS, ["Database"]),
        ("model", ExitCode.WRONG_SETTINGS, ["Model", "Decoders"]),
        ("token", ExitCode.WRONG_TOKEN, ["Token", "Message Content"]),
        ("intent", ExitCode.MISSING_INTENT, ["Message Content"]),
        ("Discord", ExitCode.NO_CONNECTION, ["Token", "Message Content", "Gateway"]),
    ],
)
async def test_what_is_wrong_is_found_beside_all_that_is_well(
    start_bot: StartBot,
    playground: Playground,
    tmp_path: Path,
    wrong: str,
    code: ExitCode,
    found: list[str],
):
    settings = in_playground(playground)
    notes = tmp_path / "notes.db"
    notes.write_text("not a database and no model, but somebody's notes, and worth keeping")
    if wrong == "database":
        settings["database_url"] = "sqlite:///notes.db"
    elif wrong == "model":
        settings["model_path"] = str(notes)
    elif wrong == "token":
        settings["discord_token"] = "wrong.one"  # noqa: S105
    elif wrong == "intent":
        playground.world.privileged_intents = type(playground.world.privileged_intents)(0)
    else:
        settings["discord_api_url"] = "http://127.0.0.1:9/api/v10"
        settings["discord_gateway_url"] = "ws://127.0.0.1:9/"
    bot = await start_bot("check", **settings)
    assert await bot.leaves() == code
    assert failed(bot) == found
    assert "wrong.one" not in "\n".join(bot.lines + bot.errors)


async def test_each_check_has_its_turn_whatever_befalls_the_one_before():
    said: list[str] = []

    async def well() -> str:
        return "it is well."

    async def refused() -> str:
        raise LoginError("That is refused.")

    async def missing() -> str:
        raise MissingIntentError("That is missing.")

    async def broken() -> str:
        raise aiohttp.ClientError("a secret")

    steps = {step.__name__: step for step in (missing, refused, well, broken)}
    wrong = await check_up(steps, said.append)
    assert isinstance(wrong, LoginError)  # it keeps the bot from starting; the intent does not
    assert said[:3] == [
        "✗ missing: That is missing.",
        "✗ refused: That is refused.",
        "✓ well: it is well.",
    ]
    assert "a secret" not in said[3]
    assert isinstance(await check_up({"broken": broken}, said.append), CheckError)
    assert await check_up({"well": well}, said.append) is None
