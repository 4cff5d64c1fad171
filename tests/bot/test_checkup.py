"""``python -m bot check``: everything that the bot needs, tried, a sentence for each."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest_asyncio

from bot.__main__ import ExitCode
from bot.checkup import Check, check_up, examine
from bot.errors import CheckError, LoginError, MissingIntentError
from bot.trials import KINDS
from tests.bot.conftest import BotProcess, StartBot, in_playground
from tests.playground import Playground


@pytest_asyncio.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground(port=0) as playground:
        yield playground


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


async def test_a_database_that_cannot_be_had_is_found(
    start_bot: StartBot, playground: Playground, tmp_path: Path
):
    (tmp_path / "notes.db").write_text("not a database, but somebody's notes, and worth keeping")
    bot = await start_bot("check", **in_playground(playground), database_url="sqlite:///notes.db")
    assert await bot.leaves() == ExitCode.WRONG_SETTINGS
    assert failed(bot) == ["Database"]


async def test_a_wrong_token_is_found_beside_all_that_is_well(
    start_bot: StartBot, playground: Playground
):
    bot = await start_bot("check", **in_playground(playground) | {"discord_token": "wrong.one"})
    assert await bot.leaves() == ExitCode.WRONG_TOKEN
    assert failed(bot) == ["Token", "Message Content"]
    assert "wrong.one" not in "\n".join(bot.lines + bot.errors)


async def test_a_missing_intent_is_found(start_bot: StartBot, playground: Playground):
    playground.world.privileged_intents = type(playground.world.privileged_intents)(0)
    bot = await start_bot("check", **in_playground(playground))
    assert await bot.leaves() == ExitCode.MISSING_INTENT == 5
    assert failed(bot) == ["Message Content"]


async def test_discord_out_of_reach_is_found(start_bot: StartBot):
    bot = await start_bot(
        "check",
        discord_token="some.token",  # noqa: S106
        discord_api_url="http://127.0.0.1:9/api/v10",
        discord_gateway_url="ws://127.0.0.1:9/",
    )
    assert await bot.leaves() == ExitCode.NO_CONNECTION
    assert failed(bot) == ["Token", "Message Content", "Gateway"]


async def test_a_model_that_is_none_is_found_and_the_rest_is_tried_all_the_same(
    start_bot: StartBot, playground: Playground, tmp_path: Path
):
    model = tmp_path / "mine.joblib"
    model.write_text("not a model")
    bot = await start_bot("check", **in_playground(playground), model_path=model)
    assert await bot.leaves() == ExitCode.WRONG_SETTINGS
    assert failed(bot) == ["Model", "Decoders"]


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

    checks = tuple(Check(step.__name__, step) for step in (missing, refused, well, broken))
    wrong = await check_up(checks, said.append)
    assert isinstance(wrong, LoginError)  # it keeps the bot from starting; the intent does not
    assert said[:3] == [
        "✗ missing: That is missing.",
        "✗ refused: That is refused.",
        "✓ well: it is well.",
    ]
    assert "a secret" not in said[3]
    assert isinstance((await examine(checks[3])).error, CheckError)
    assert await check_up(checks[2:3], said.append) is None
