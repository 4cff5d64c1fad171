"""``python -m bot`` as a person meets it: what it says, how it ends."""

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
import psutil
import pytest

from bot.__main__ import ExitCode, exit_code
from bot.answers.in_flight import FAREWELL, FAREWELL_TO_MANY, SWITCHED_OFF
from bot.answers.progress import MAX_IN_CHANNEL
from bot.ending import STUCK
from bot.errors import (
    BotError,
    ConnectionFailedError,
    LoginError,
    MissingIntentError,
    SettingsError,
)
from bot.languages import language_for
from bot.playground.world.channels import DIRECT_ID, VOICE_NOTES_ID
from bot.playground.world.events import MessageCreated
from ser_core.emotions import EMOTION_NAMES
from tests.bot.conftest import (
    PATIENCE,
    BotProcess,
    StartBot,
    at_work,
    in_playground,
    until,
    workers_of,
)
from tests.bot.recordings import broken, long_voice, picture, voice
from tests.bot_process import NO_LIMITS
from tests.playground import Playground

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")


def channel(playground: Playground) -> int:
    return VOICE_NOTES_ID


async def start_and_wait(start_bot: StartBot, **settings: object) -> BotProcess:
    """Start the bot and wait until it says that it is ready."""
    bot = await start_bot(**settings)
    await bot.says("is ready")
    return bot


def assert_sentences(bot: BotProcess, *beginnings: str) -> None:
    """Check that all it says is one sentence for each beginning, to standard error."""
    assert bot.lines == []
    assert [line[: len(words)] for line, words in zip(bot.errors, beginnings, strict=True)] == list(
        beginnings
    )
    assert all(line.endswith(".") for line in bot.errors)


async def test_without_a_token_it_opens_the_playground_and_says_how_to_go_on(start_bot: StartBot):
    bot = await start_bot(playground_port=0, discord_token="")
    line = await bot.says("Playground: ")
    address = line.removeprefix("Playground: ")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
    async with aiohttp.ClientSession() as session, session.get(address) as page:
        assert page.status == 200
    await bot.says("is ready")
    said = "\n".join(bot.lines)
    assert "no DISCORD_TOKEN" in said
    assert "https://discord.com/developers/applications" in said
    bot.signal(signal.SIGINT)
    assert await bot.leaves() == 0
    assert not [line for line in bot.errors if "Traceback" in line or "leaked" in line]


@on_unix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_stop_it_finishes_the_voice_note_at_hand(
    start_bot: StartBot, playground: Playground, number: int
):
    bot = await start_and_wait(start_bot, **in_playground(playground))
    message = await playground.say(channel(playground), files=[long_voice(minutes=1)])
    await at_work(bot.as_psutil)
    os.killpg(bot.process.pid, number)  # as a terminal does with Ctrl-C, and systemd with SIGTERM
    reply = await playground.wait_for_reply(message.id)
    assert "sure" in reply["embeds"][0]["title"]
    assert await bot.leaves() == 0
    assert bot.lines[-1] == "Stopping."
    assert not [line for line in bot.errors if "Traceback" in line or "leaked" in line]


@on_unix
async def test_a_voice_note_that_cannot_be_finished_is_told_so(
    start_bot: StartBot, playground: Playground
):
    bot = await start_and_wait(start_bot, **in_playground(playground), workers=1)
    message = await playground.say(channel(playground), files=[long_voice(minutes=3)])
    worker = await at_work(bot.as_psutil)
    worker.suspend()
    bot.signal(signal.SIGTERM)
    assert (await playground.wait_for_reply(message.id))["content"] == FAREWELL
    assert await bot.leaves() == 0
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE


@on_unix
async def test_a_second_ctrl_c_ends_it_at_once_and_its_workers_too(
    start_bot: StartBot, playground: Playground
):
    bot = await start_and_wait(start_bot, **in_playground(playground), workers=2)
    await playground.say(channel(playground), files=[long_voice(minutes=9)])
    await at_work(bot.as_psutil)
    workers = workers_of(bot.as_psutil)
    assert len(workers) == 2
    bot.signal(signal.SIGINT)
    await bot.says("Stopping.")
    bot.signal(signal.SIGINT)
    assert await bot.leaves() == 128 + signal.SIGINT
    await until(lambda: not any(worker.is_running() for worker in workers))
    assert playground.bot_messages() == []


async def test_without_the_message_content_intent_it_runs_and_says_what_is_missing(
    start_bot: StartBot, playground: Playground
):
    playground.world.privileged_intents = type(playground.world.privileged_intents)(0)
    bot = await start_and_wait(start_bot, **in_playground(playground))
    unseen = await playground.say(channel(playground), files=[voice()])
    direct = await playground.say(DIRECT_ID, files=[voice()])
    assert (await playground.wait_for_reply(direct.id))["embeds"]
    mention = await playground.say(channel(playground), "@Undertone what is this?", files=[voice()])
    assert (await playground.wait_for_reply(mention.id))["embeds"]
    answered = {said["message_reference"]["message_id"] for said in playground.bot_messages()}
    assert str(unseen.id) not in answered
    told = [line for line in bot.errors if "Message Content Intent" in line]
    assert len(told) == 1
    assert not [line for line in bot.errors if "Traceback" in line]


def test_what_it_says_to_a_closed_pipe_does_not_hurt_it():
    reading, writing = os.pipe()
    os.close(reading)
    program = "from bot.__main__ import say; import sys; say('one'); say('two'); sys.exit(7)"
    with os.fdopen(writing, "wb") as closed:
        ended = subprocess.run(
            [sys.executable, "-c", program], stdout=closed, stderr=subprocess.PIPE, check=False
        )
    assert (ended.returncode, ended.stderr) == (7, b"")


async def test_without_the_intent_it_ends_where_that_is_insisted_on(
    start_bot: StartBot, playground: Playground
):
    playground.world.privileged_intents = type(playground.world.privileged_intents)(0)
    bot = await start_bot(**in_playground(playground), require_message_content="true")
    assert await bot.leaves() == ExitCode.MISSING_INTENT == 5
    assert "Message Content Intent" in bot.errors[-1]
    assert not [line for line in bot.errors if "Traceback" in line]


def test_each_way_to_end_has_a_number_of_its_own():
    errors = (BotError(""), SettingsError(""), LoginError(""), ConnectionFailedError(""))
    assert [int(exit_code(error)) for error in (*errors, MissingIntentError(""))] == [1, 2, 3, 4, 5]


@on_unix
async def test_with_40_voice_notes_waiting_and_a_worker_that_hangs_it_ends_in_time(
    start_bot: StartBot, playground: Playground
):
    settings = in_playground(playground) | {name.lower(): n for name, n in NO_LIMITS.items()}
    bot = await start_and_wait(start_bot, **settings, workers=1, analysis_timeout_seconds=120)
    place = channel(playground)
    await playground.say(place, files=[long_voice(minutes=3)])
    worker = await at_work(bot.as_psutil)
    worker.suspend()
    waiting = [await playground.say(place, files=[voice()]) for _ in range(40)]
    await until(lambda: len(playground.bot_messages()) == MAX_IN_CHANNEL)  # of those who wait
    bot.signal(signal.SIGTERM)
    await bot.says("Stopping.")
    await playground.say(place, files=[voice()])
    assert await bot.leaves() == 0
    assert not [line for line in bot.errors if STUCK in line], "no part of the end took too long"
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
    # One word to all, and none who waits is left with a place in a line that is gone.
    said = [message["content"] for message in playground.bot_messages()]
    assert said == [FAREWELL_TO_MANY.format(count=1 + len(waiting) + 1)]


@on_unix
async def test_commands_in_flight_are_finished_and_what_cannot_be_is_handed_back(
    start_bot: StartBot, playground: Playground
):
    settings = in_playground(playground) | {"analysis_timeout_seconds": "120"}
    bot = await start_and_wait(start_bot, **settings, workers=2)
    await until(lambda: playground.rest.commands.registered)
    playground.world.set_locale(playground.world.you.id, "de")
    hanging = await playground.slash("emotion", note=long_voice(minutes=3))
    (await at_work(bot.as_psutil)).suspend()
    finished = await playground.slash("emotion", note=voice())
    await finished.until(lambda asked: asked.deferred)
    bot.signal(signal.SIGTERM)
    assert (await finished.answer(PATIENCE)).message["embeds"]
    handed_back = await hanging.answer(PATIENCE)
    assert handed_back.message["content"] == language_for("de").text(SWITCHED_OFF)
    assert await bot.leaves() == 0
    assert not [line for line in bot.errors if "Traceback" in line or STUCK in line]


async def test_the_log_of_a_whole_run_tells_nothing_that_is_a_persons_own(
    start_bot: StartBot, playground: Playground
):
    bot = await start_and_wait(
        start_bot, **in_playground(playground), log_level="DEBUG", log_format="json"
    )
    place = channel(playground)
    playground.faults.fail("POST", "/typing", status=500)
    playground.faults.fail("POST", "/messages", status=429)
    for upload in (voice("my diary.wav"), broken("my secret.mp3"), picture()):
        message = await playground.say(place, "@Undertone I feel awful today", files=[upload])
        await playground.wait_for_reply(message.id)
    playground.faults.fail("GET", "/attachments", status=404)
    message = await playground.say(place, files=[voice("my confession.wav")])
    await playground.wait_for_reply(message.id)
    playground.faults.fail("POST", "/messages", status=403, code=50001)
    await playground.say(place, files=[replace(voice("my letter.wav"), data=b"RIFF my letter")])
    playground.faults.drop_socket()
    await until(lambda: any("could not be sent" in line for line in bot.errors))
    bot.signal(signal.SIGINT)
    assert await bot.leaves() == 0
    entries = [json.loads(line) for line in bot.errors]
    assert {"Connected, in 1 server."} <= {entry["message"] for entry in entries}
    logged = "\n".join([*bot.lines, *bot.errors]).lower()
    people = [person.name for person in playground.world.people.values() if not person.bot]
    words = ("diary", "secret", "confession", "letter", "awful", "riff", playground.token, "%")
    for word in (*words, *EMOTION_NAMES, *people):
        assert word.lower() not in logged, word


async def test_wrong_settings_are_named_one_sentence_each(start_bot: StartBot):
    bot = await start_bot(workers="many", max_audio_seconds=0)
    assert await bot.leaves() == ExitCode.WRONG_SETTINGS == 2
    assert_sentences(bot, "MAX_AUDIO_SECONDS must be", "WORKERS must be")


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        ("discord_token", ExitCode.WRONG_TOKEN, "DISCORD_TOKEN"),
        ("model_path", ExitCode.WRONG_SETTINGS, "notes.db"),
        ("database_url", ExitCode.WRONG_SETTINGS, "The file notes.db is damaged, or no database"),
    ],
)
async def test_what_keeps_it_from_starting_is_told_in_a_sentence(
    start_bot: StartBot,
    playground: Playground,
    tmp_path: Path,
    wrong: str,
    code: ExitCode,
    words: str,
):
    (tmp_path / "notes.db").write_text("not a database, but somebody's notes, and worth keeping")
    values = {"database_url": "sqlite:///notes.db", "model_path": tmp_path / "notes.db"}
    settings = in_playground(playground) | {wrong: values.get(wrong, "wrong.token")}
    bot = await start_bot(**settings)
    assert await bot.leaves() == code
    assert bot.lines == []
    assert words in bot.errors[-1]
    assert bot.errors[-1].endswith(".")
    assert not [line for line in bot.errors if "Traceback" in line or "wrong.token" in line]


async def test_a_databases_password_is_told_to_nobody(start_bot: StartBot):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    bot = await start_bot(
        playground_port=0,
        database_url=f"postgres://undertone:s3cret@127.0.0.1:{port}/undertone?password=s3cret",
        log_level="DEBUG",
    )
    assert await bot.leaves() == ExitCode.WRONG_SETTINGS
    assert_sentences(bot, f"The database at 127.0.0.1:{port} cannot be reached")
    assert "s3cret" not in "".join(bot.errors)


async def test_the_database_is_a_file_in_the_folder_it_is_started_in(
    start_bot: StartBot, playground: Playground, tmp_path: Path
):
    bot = await start_and_wait(start_bot, **in_playground(playground), workers=1)
    bot.signal(signal.SIGTERM)
    assert await bot.leaves() == 0
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["undertone.db"]
    if sys.platform != "win32":
        assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "data/undertone.db").stat().st_mode & 0o777 == 0o600


@on_unix
async def test_what_was_answered_before_a_restart_is_not_answered_again(
    start_bot: StartBot, playground: Playground
):
    first = await start_and_wait(start_bot, **in_playground(playground), workers=1)
    message = await playground.say(channel(playground), files=[voice()])
    await playground.wait_for_reply(message.id)
    first.signal(signal.SIGTERM)
    assert await first.leaves() == 0
    second = await start_and_wait(start_bot, **in_playground(playground), workers=1)
    playground.world.emit(MessageCreated(message))
    later = await playground.say(channel(playground), files=[voice()])
    await playground.wait_for_reply(later.id)
    replies = [said["message_reference"]["message_id"] for said in playground.bot_messages()]
    assert replies == [str(message.id), str(later.id)]
    assert any("came again" in line for line in second.errors)


async def test_a_port_that_is_taken_is_told_in_a_sentence(start_bot: StartBot):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        bot = await start_bot(playground_port=port)
        assert await bot.leaves() == ExitCode.FAILURE == 1
    assert_sentences(bot, "")
    assert str(port) in bot.errors[0]


@on_unix
async def test_a_misspelt_setting_is_pointed_out_and_the_start_can_be_interrupted(
    start_bot: StartBot, tmp_path: Path
):
    (tmp_path / ".env").write_text("PLAYGROUND_PRT=9\nPLAYGROUND_PORT=0\nWORKERS=1\n")
    bot = await start_bot()
    await bot.says("Playground: ")
    bot.signal(signal.SIGTERM)
    assert await bot.leaves() == 0
    assert [line for line in bot.errors if "did you mean PLAYGROUND_PORT?" in line]
    assert not [line for line in bot.errors if "Traceback" in line]
