"""``python -m bot check``: a sentence for everything that the bot needs."""

import re
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import AsyncMock

import aiohttp
import pytest

from bot.__main__ import ExitCode, exit_code
from bot.analysis.trial_recordings import KINDS
from bot.app import check_all
from bot.check import run_checks
from bot.errors import CheckError, LoginError, MissingIntentError
from bot.settings import Settings
from tests.bot.conftest import StartBot
from tests.bot_process import in_playground
from tests.playground import Playground

pytestmark = pytest.mark.slow

NOWHERE = {
    "discord_api_url": "http://127.0.0.1:9/api/v10",
    "discord_gateway_url": "ws://127.0.0.1:9/",
}


def failed(lines: Sequence[str]) -> list[str]:
    """Return the names of the checks that failed."""
    return [re.sub(r"^✗ ([\w ]+): .*", r"\1", line) for line in lines if line.startswith("✗")]


async def test_where_nothing_is_wrong_it_says_so(start_bot: StartBot, playground: Playground):
    bot = await start_bot("check", **in_playground(playground))
    assert await bot.ends() == 0
    assert failed(bot.lines) == []
    names = [line[2:].partition(":")[0] for line in bot.lines[:-1]]
    assert ", ".join(names) == (
        "Settings, Model, Decoders, Database, Token, Message Content, Gateway"
    )
    assert re.match(r"✓ Model: (encoder \(whisper-base\)|small: .*)\. It hears ", bot.lines[1])
    assert all(kind in bot.lines[2] for kind in KINDS)
    assert playground.token not in "\n".join(bot.lines + bot.errors)
    assert not playground.world.bot_online


async def test_wrong_settings_are_named_and_nothing_else_is_checked(start_bot: StartBot):
    bot = await start_bot("check", workers="many", log_level="loud")
    assert await bot.ends() == ExitCode.WRONG_SETTINGS
    assert failed(bot.lines) == ["Settings"] * len(bot.lines) == ["Settings"] * 2


@pytest.mark.usefixtures("playground")
async def test_without_a_token_it_checks_the_playground(tmp_path: Path):
    said: list[str] = []
    url = f"sqlite:///{tmp_path / 'undertone.db'}"
    settings = Settings(_env_file=None, workers=1, database_url=url)
    assert await check_all(settings, said.append) is None
    assert any("playground" in line for line in said)


@pytest.mark.parametrize(
    ("wrong", "code", "found"),
    [
        ({"database_url": "sqlite:///notes.db"}, ExitCode.WRONG_SETTINGS, ["Database"]),
        ({"model_path": Path("notes.db")}, ExitCode.WRONG_SETTINGS, ["Model", "Decoders"]),
        ({"discord_token": "wrong.one"}, ExitCode.WRONG_TOKEN, ["Token", "Message Content"]),
        ({}, ExitCode.MISSING_INTENT, ["Message Content"]),
        (NOWHERE, ExitCode.NO_CONNECTION, ["Token", "Message Content", "Gateway"]),
    ],
)
async def test_the_checks_that_fail_are_named_and_the_error_is_the_worst(
    playground: Playground,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    wrong: dict[str, object],
    code: ExitCode,
    found: list[str],
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.db").write_text("not a database and no model, but somebody's notes")
    if not wrong:
        playground.world.privileged_intents = type(playground.world.privileged_intents)(0)
    settings = Settings(_env_file=None, workers=1, **in_playground(playground) | wrong)
    said: list[str] = []
    error = await check_all(settings, said.append)
    assert error is not None
    assert exit_code(error) == code
    assert failed(said) == found
    assert "wrong.one" not in "\n".join(said)


async def test_each_check_runs_whatever_happens_in_the_one_before():
    steps = {
        "missing": AsyncMock(side_effect=MissingIntentError("That is missing.")),
        "refused": AsyncMock(side_effect=LoginError("That is refused.")),
        "well": AsyncMock(return_value="it is well."),
        "broken": AsyncMock(side_effect=aiohttp.ClientError("a secret")),
    }
    said: list[str] = []
    wrong = await run_checks(steps, said.append)
    assert isinstance(wrong, LoginError)  # it keeps the bot from starting; the intent does not
    assert said[:3] == [
        "✗ missing: That is missing.",
        "✗ refused: That is refused.",
        "✓ well: it is well.",
    ]
    assert "a secret" not in said[3]
    assert isinstance(await run_checks({"broken": steps["broken"]}, said.append), CheckError)
