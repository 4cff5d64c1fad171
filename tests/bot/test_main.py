"""``python -m bot`` as a process: its output, its exit codes, its shutdown."""

import asyncio
import glob
import json
import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.__main__ import ExitCode, exit_code
from bot.answers.in_flight import SWITCHED_OFF, UNFINISHED, UNFINISHED_MANY
from bot.answers.progress import MAX_IN_CHANNEL
from bot.app import serve
from bot.errors import BotError
from bot.i18n.languages import language_for
from bot.lifecycle.shutdown import Watchdog
from bot.playground.world.channels import DIRECT_ID, VOICE_NOTES_ID
from bot.playground.world.events import MessageCreated
from bot.settings import Settings
from ser_core.emotions import EMOTION_NAMES
from ser_core.errors import UndertoneError
from tests.bot.conftest import StartBot
from tests.bot.recordings import broken, long_voice, picture, voice
from tests.bot_process import (
    NO_LIMITS,
    PATIENCE,
    BotProcess,
    at_work,
    in_playground,
    is_gone,
    until,
    workers_of,
)
from tests.playground import Playground

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")


async def start_and_wait(start_bot: StartBot, **settings: object) -> BotProcess:
    """Start the bot, and wait until it is ready."""
    bot = await start_bot(**settings)
    await bot.says("is ready")
    return bot


async def test_without_a_token_it_opens_the_playground(start_bot: StartBot, tmp_path: Path):
    (tmp_path / ".env").write_text("PLAYGROUND_PRT=9\nPLAYGROUND_PORT=0\nDISCORD_TOKEN=\n")
    bot = await start_bot()
    address = (await bot.says("Playground: ")).removeprefix("Playground: ")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
    async with aiohttp.ClientSession() as session, session.get(address) as page:
        assert page.status == 200
    await bot.says("is ready")
    said = "\n".join(bot.lines)
    assert "no DISCORD_TOKEN" in said
    assert "https://discord.com/developers/applications" in said
    assert await bot.ends(signal.SIGINT) == 0
    assert any("did you mean PLAYGROUND_PORT?" in line for line in bot.errors)
    assert bot.troubles == [line for line in bot.errors if "leaked" in line] == []


async def test_ctrl_c_while_it_is_imported_ends_it_quietly(start_bot: StartBot, tmp_path: Path):
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt")  # imported in place of Typer
    bot = await start_bot()
    assert await bot.ends() == 130
    assert (bot.lines, bot.errors) == ([], [])


@on_unix
async def test_its_start_can_be_interrupted(start_bot: StartBot):
    bot = await start_bot(playground_port=0)
    await bot.says("Playground: ")
    assert await bot.ends(signal.SIGTERM) == 0
    assert bot.troubles == []


@on_unix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_stop_it_finishes_a_voice_note(
    start_bot: StartBot, playground: Playground, number: int
):
    bot = await start_and_wait(start_bot, **in_playground(playground))
    message = await playground.say(VOICE_NOTES_ID, files=[long_voice(minutes=1)])
    await at_work(bot.as_psutil)
    os.killpg(bot.process.pid, number)  # as a terminal does with Ctrl-C, and systemd with SIGTERM
    reply = await playground.wait_for_reply(message.id)
    assert "sure" in reply["embeds"][0]["title"]
    assert await bot.ends() == 0
    assert bot.lines[-1] == "Stopping."
    assert bot.troubles == [line for line in bot.errors if "leaked" in line] == []


@on_unix
@pytest.mark.parametrize("is_killed", [False, True])
async def test_a_second_ctrl_c_or_a_kill_ends_it_at_once_and_its_workers_too(
    start_bot: StartBot,
    playground: Playground,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_killed: bool,
):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    bot = await start_and_wait(start_bot, **in_playground(playground), workers=2)
    await playground.say(VOICE_NOTES_ID, files=[long_voice(minutes=9)])
    await at_work(bot.as_psutil)
    workers, folders = workers_of(bot.as_psutil), glob.glob(f"{tmp_path}/undertone-*")
    assert len(workers) == len(folders) == 2
    if is_killed:
        assert await bot.ends(signal.SIGKILL) == -signal.SIGKILL
    else:
        bot.process.send_signal(signal.SIGINT)
        await bot.says("Stopping.")
        assert await bot.ends(signal.SIGINT) == 128 + signal.SIGINT
    await until(lambda: all(is_gone(worker.pid) for worker in workers))
    await until(lambda: not any(map(os.path.exists, folders)))
    assert playground.bot_messages() == []


@on_unix
@pytest.mark.alone
@pytest.mark.parametrize("n_waiting", [0, 40])
async def test_while_a_worker_hangs_it_ends_in_time_and_notifies_those_who_wait(
    start_bot: StartBot, playground: Playground, n_waiting: int
):
    settings = in_playground(playground) | NO_LIMITS
    bot = await start_and_wait(start_bot, **settings, analysis_timeout_seconds=120)
    await playground.say(VOICE_NOTES_ID, files=[long_voice(minutes=3)])
    worker = await at_work(bot.as_psutil)
    worker.suspend()
    for _ in range(n_waiting):
        await playground.say(VOICE_NOTES_ID, files=[voice()])
    n_told = min(n_waiting, MAX_IN_CHANNEL)  # of those who wait
    await until(lambda: len(playground.bot_messages()) == n_told)
    bot.process.send_signal(signal.SIGTERM)
    await bot.says("Stopping.")
    await playground.say(VOICE_NOTES_ID, files=[voice()])
    assert await bot.ends() == 0
    assert bot.troubles == [], "no part of the end took too long"
    assert is_gone(worker.pid)
    # One reply to many, and no reply with a position in the queue is left.
    many = UNFINISHED_MANY.format(count=1 + n_waiting + 1)
    said = [message["content"] for message in playground.bot_messages()]
    assert said == ([many] if n_waiting else [UNFINISHED, UNFINISHED])


@on_unix
async def test_commands_in_flight_are_finished_and_the_others_are_notified(
    start_bot: StartBot, playground: Playground
):
    settings = in_playground(playground) | {"analysis_timeout_seconds": 120}
    bot = await start_and_wait(start_bot, **settings, workers=2)
    await until(lambda: playground.rest.commands.registered)
    playground.world.set_locale(playground.world.you.id, "de")
    hanging = await playground.slash("emotion", note=long_voice(minutes=3))
    (await at_work(bot.as_psutil)).suspend()
    finished = await playground.slash("emotion", note=voice())
    await finished.until(lambda asked: asked.deferred)
    bot.process.send_signal(signal.SIGTERM)
    assert (await finished.answer(PATIENCE)).message["embeds"]
    notified = await hanging.answer(PATIENCE)
    assert notified.message["content"] == language_for("de").text(SWITCHED_OFF)
    assert await bot.ends() == 0
    assert bot.troubles == []


async def test_without_the_message_content_intent_it_runs_and_says_what_is_missing(
    start_bot: StartBot, playground: Playground
):
    playground.world.privileged_intents = type(playground.world.privileged_intents)(0)
    bot = await start_and_wait(start_bot, **in_playground(playground))
    await playground.say(VOICE_NOTES_ID, files=[voice()])  # which it does not see
    direct = await playground.say(DIRECT_ID, files=[voice()])
    mention = await playground.say(VOICE_NOTES_ID, "@Undertone what is this?", files=[voice()])
    for message in (direct, mention):
        assert (await playground.wait_for_reply(message.id))["embeds"]
    answered = {int(said["message_reference"]["message_id"]) for said in playground.bot_messages()}
    assert answered == {direct.id, mention.id}
    assert sum("Message Content Intent" in line for line in bot.errors) == 1
    assert bot.troubles == []


def test_a_closed_pipe_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    program = (
        "from bot.__main__ import print_line as p; import sys; p('one'); p('two'); sys.exit(7)"
    )
    with os.fdopen(writing, "wb") as closed:
        ended = subprocess.run(
            [sys.executable, "-c", program], stdout=closed, stderr=subprocess.PIPE, check=False
        )
    assert (ended.returncode, ended.stderr) == (7, b"")


def test_its_own_process_imports_no_audio_or_plotting_libraries():
    done = subprocess.run(
        [sys.executable, "-c", "import bot.__main__, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"librosa", "matplotlib", "numba", "numpy", "scipy", "sklearn", "soundfile"}
    assert not heavy & set(done.stdout.split())


async def test_the_log_of_a_whole_run_has_nothing_personal(
    start_bot: StartBot, playground: Playground
):
    bot = await start_and_wait(
        start_bot, **in_playground(playground), log_level="DEBUG", log_format="json"
    )
    playground.faults.fail("POST", "/typing", status=500)
    playground.faults.fail("POST", "/messages", status=429)
    for upload in (voice("my diary.wav"), broken("my secret.mp3"), picture()):
        message = await playground.say(
            VOICE_NOTES_ID, "@Undertone I feel awful today", files=[upload]
        )
        await playground.wait_for_reply(message.id)
    playground.faults.fail("GET", "/attachments", status=404)
    message = await playground.say(VOICE_NOTES_ID, files=[voice("my confession.wav")])
    await playground.wait_for_reply(message.id)
    playground.faults.fail("POST", "/messages", status=403, code=50001)
    letter = replace(voice("my letter.wav"), data=b"RIFF my letter")
    await playground.say(VOICE_NOTES_ID, files=[letter])
    playground.faults.drop_socket()
    await until(lambda: any("could not be sent" in line for line in bot.errors))
    assert await bot.ends(signal.SIGINT) == 0
    said = [json.loads(line)["message"] for line in bot.errors]
    assert "Connected, in 1 server." in said
    assert any("not analysed" in line for line in said)
    logged = "\n".join([*bot.lines, *bot.errors]).lower()
    people = [person.name for person in playground.world.people.values() if not person.bot]
    words = ("diary", "secret", "confession", "letter", "awful", "riff", playground.token, "%")
    for word in (*words, *EMOTION_NAMES, *people):
        assert word.lower() not in logged, word


@on_unix
async def test_a_second_start_knows_what_the_first_has_answered_and_registered(
    start_bot: StartBot, playground: Playground, tmp_path: Path
):
    first = await start_and_wait(start_bot, **in_playground(playground))
    message = await playground.say(VOICE_NOTES_ID, files=[voice()])
    await playground.wait_for_reply(message.id)
    assert await first.ends(signal.SIGTERM) == 0
    [file] = (tmp_path / "data").iterdir()
    assert file.name == "undertone.db"
    assert [path.stat().st_mode & 0o777 for path in (file, file.parent)] == [0o600, 0o700]
    second = await start_and_wait(start_bot, **in_playground(playground))
    playground.world.emit(MessageCreated(message))
    later = await playground.say(VOICE_NOTES_ID, files=[voice()])
    await playground.wait_for_reply(later.id)
    assert await second.ends(signal.SIGTERM) == 0
    replies = [int(said["message_reference"]["message_id"]) for said in playground.bot_messages()]
    assert replies == [message.id, later.id]
    assert any("came again" in line for line in second.errors)
    assert playground.command_syncs == 1


async def test_wrong_settings_are_one_sentence_each_without_a_password(start_bot: StartBot):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"postgres://undertone:s3cret@127.0.0.1:{port}/undertone?password=s3cret"
    wrong = {"workers": "many", "max_audio_seconds": 0}
    for settings, beginnings in (
        (wrong, ["MAX_AUDIO_SECONDS must be", "WORKERS must be"]),
        ({"database_url": url}, [f"The database at 127.0.0.1:{port} cannot be reached"]),
    ):
        bot = await start_bot(playground_port=0, log_level="DEBUG", **settings)
        assert await bot.ends() == ExitCode.WRONG_SETTINGS == 2
        assert bot.lines == []
        for line, beginning in zip(bot.errors, beginnings, strict=True):
            assert line.startswith(beginning)
            assert line.endswith(".")
            assert "s3cret" not in line


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        ({"discord_token": "wrong.one"}, 3, "does not accept DISCORD_TOKEN"),
        ({"discord_api_url": "http://127.0.0.1:9/api/v10"}, 4, "Discord cannot be reached"),
        ({"require_message_content": True}, 5, "Message Content Intent"),
        ({"model_path": Path("notes.db")}, 2, "notes.db"),
        ({"database_url": "sqlite:///notes.db"}, 2, "notes.db is damaged, or no database"),
        ({"discord_token": ""}, 1, "PLAYGROUND_PORT"),
    ],
)
async def test_what_keeps_it_from_starting_is_a_sentence_and_an_exit_code_of_its_own(
    playground: Playground,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    wrong: dict[str, object],
    code: int,
    words: str,
):
    monkeypatch.setattr("bot.client.LOGIN_PAUSES_SECONDS", ())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.db").write_text("not a database, but somebody's notes")
    playground.world.privileged_intents = type(playground.world.privileged_intents)(0)
    taken = playground.page_url.rpartition(":")[2]
    given = in_playground(playground) | {"workers": 1, "playground_port": taken} | wrong
    settings = Settings(_env_file=None, **given)
    with pytest.raises((BotError, UndertoneError)) as caught:
        await serve(settings, lambda _: None, asyncio.Event(), Watchdog())
    assert exit_code(caught.value) == code
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "wrong.one" not in str(caught.value)
