"""``python -m tests.fuzz``: attack the bot with hostile files, and report the outcomes.

Without ``--whole-bot`` they go to the worker processes; with it, each is a voice message to
``python -m bot`` in a playground.
"""

import asyncio
import functools
import os
import tempfile
import time
from pathlib import Path
from typing import Annotated

import psutil
import typer

from bot.playground.world.channels import VOICE_NOTES_ID
from bot.settings import Settings
from tests.bot_process import Replies, running_analyser, running_bot
from tests.fuzz.campaign import Report, ask_analyser, attack
from tests.fuzz.mutations import originals
from tests.playground import Playground, Upload

MOST_SECONDS = 10.0  # until a file is answered
MEMORY_TOLERANCE = 0.1  # of what it was before
MOST_TOLD = 20  # files that went wrong, by name


async def through_workers(seed: int, numbers: range) -> Report:
    """Send the files to the worker processes."""
    async with running_analyser(Settings(_env_file=None)) as analyser:
        ask = functools.partial(ask_analyser, analyser)
        return await attack(ask, seed, numbers, most_seconds=MOST_SECONDS, bot=psutil.Process())


async def through_bot(seed: int, numbers: range) -> Report:
    """Send the files to the bot, as voice messages."""
    with tempfile.TemporaryDirectory() as folder:
        async with running_bot(Path(folder), log_level="ERROR") as (playground, bot):
            ask = functools.partial(ask_bot, playground, Replies(playground))
            return await attack(ask, seed, numbers, most_seconds=MOST_SECONDS, bot=bot)


async def ask_bot(playground: Playground, replies: Replies, data: bytes) -> str:
    """Send one file as a voice message, and wait for the reply."""
    note = Upload(filename="note.ogg", data=data, content_type="audio/ogg")
    message = await playground.say(VOICE_NOTES_ID, files=[note])
    async with asyncio.timeout(6 * MOST_SECONDS):
        reply = await replies.to(message.id)
    for one in (message, reply):
        playground.world.delete(playground.world.message(VOICE_NOTES_ID, one.id))
    if reply.embeds:
        return "heard" if "sure" in reply.embeds[0]["title"].lower() else "no speech"
    if not reply.content.endswith((".", "?")):
        raise AssertionError(f"no sentence: {reply.content}")
    return reply.content


def grown(report: Report) -> dict[str, float]:
    """Return how much more memory each process has than after the first files, as a share."""
    return {
        name: round(report.memory_after[name] / before - 1, 3)
        for name, before in report.memory_before.items()
        if before
    }


def main(
    files: Annotated[int, typer.Option(min=1, max=1_000_000)] = 2_000,
    seed: Annotated[int, typer.Option(help="Other files with another.")] = 0,
    first: Annotated[int, typer.Option(min=0, help="The number of the first file.")] = 0,
    whole_bot: Annotated[bool, typer.Option(help="As voice messages to the whole bot.")] = False,
) -> None:
    """Attack the bot with hostile files."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    originals()
    began = time.perf_counter()
    way = through_bot if whole_bot else through_workers
    report = asyncio.run(way(seed, range(first, first + files)))
    for outcome, count in report.outcomes.most_common():
        typer.echo(f"{count:>7}  {outcome}")
    typer.echo(f"{files} files in {time.perf_counter() - began:.0f} s")
    typer.echo("slowest: {:.2f} s, {}".format(*report.slowest))
    typer.echo(f"memory (MiB): {report.memory_before} -> {report.memory_after} {grown(report)}")
    for line in report.wrong[:MOST_TOLD]:
        typer.echo(f"WRONG {line}", err=True)
    if report.wrong or grown(report).get("bot", 0.0) > MEMORY_TOLERANCE:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
