"""How many voice notes the whole bot answers a second, and how long a person waits.

Run ``python benchmarks/load.py``. ``python -m bot`` runs as a process of its own in a playground of
this one's. Voice messages of four seconds are sent to it at a steady pace, however long the answers
take, so that a queue shows. Every answer is waited for; times are from sending to the answer. The
last line is JSON.

Of every process the CPU time that a note cost is told too: what a note costs altogether, times the
notes a second, is how many cores are needed.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import librosa
import numpy as np
import psutil
import typer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.playground.world.channels import GENERAL_ID, VOICE_NOTES_ID
from tests.bot_process import Replies, running_bot
from tests.playground import Playground, Upload
from tests.ser_core.audio.recordings import write
from tests.voices import SAMPLE_RATE, talk

SECONDS = 4.0  # of each note
VOICE_MESSAGE_RATE = 48_000  # Hz
DISTINCT = 40  # notes that differ; the bot is told to remember none
MAX_NOTES = 5_000  # in one run
MAX_SECONDS = 600.0  # of sending and waiting in one run
WARM_UP_NOTES = 4
CHANNELS = (VOICE_NOTES_ID, GENERAL_ID)


def notes() -> list[Upload]:
    """Make voice notes of four seconds, each of another voice."""
    made = []
    for number in range(DISTINCT):
        sound = talk(SECONDS, pitch=110.0 + 3 * number, glide=0.05, seed=number)
        fast = librosa.resample(
            sound, orig_sr=SAMPLE_RATE, target_sr=VOICE_MESSAGE_RATE, res_type="soxr_hq"
        )
        data = write(np.asarray(fast), VOICE_MESSAGE_RATE, "OGG", "OPUS")
        made.append(
            Upload(
                filename="voice-message.ogg",
                data=data,
                content_type="audio/ogg",
                duration=SECONDS,
                waveform="AAAA",
            )
        )
    return made


def cpu_seconds(process: psutil.Process) -> dict[str, float]:
    """Return CPU times so far: of the bot's own process, of what it started, of the playground."""

    def total(one: psutil.Process) -> float:
        times = one.cpu_times()
        return times.user + times.system + times.children_user + times.children_system

    own = process.cpu_times()
    children = sum(total(child) for child in process.children(recursive=True))
    here = psutil.Process().cpu_times()
    return {
        "bot": own.user + own.system,
        "workers": children,
        "playground": here.user + here.system,
    }


async def ask(
    playground: Playground, replies: Replies, channel: int, recording: Upload
) -> tuple[float, float, bool]:
    """Send a voice note; give when it was there, when it was answered, and if by what was heard."""
    began = time.perf_counter()
    message = await playground.say(channel, voice=recording)
    reply = await replies.to(message.id)
    return began, time.perf_counter(), bool(reply.embeds)


async def measure(
    playground: Playground, process: psutil.Process, count: int, rate: float, seconds: float
) -> dict[str, object]:
    """Send so many notes at a pace, wait for the answers, and give the figures."""
    recordings, replies = notes(), Replies(playground)
    before, began = cpu_seconds(process), time.perf_counter()
    asked = []
    for number in range(count):  # at a steady pace, whatever becomes of them
        await asyncio.sleep(began + number / rate - time.perf_counter())
        recording = recordings[number % len(recordings)]
        channel = CHANNELS[number % len(CHANNELS)]
        asked.append(asyncio.create_task(ask(playground, replies, channel, recording)))
        if time.perf_counter() - began > seconds:
            break
    left = seconds - (time.perf_counter() - began)
    done, late = await asyncio.wait(asked, timeout=max(left, 0.0))
    for task in late:
        task.cancel()
    replies.stop()
    after = cpu_seconds(process)
    answers = [task.result() for task in done]
    waits = sorted(answered - sent for sent, answered, _ in answers) or [float("nan")]
    span = max((answered for _, answered, _ in answers), default=began) - began
    return {
        "offered_per_second": rate,
        "sent": len(asked),
        "answered": len(answers),
        "heard": sum(heard for _, _, heard in answers),
        "answered_per_second": round(len(answers) / max(span, 1e-9), 2),
        "p50_seconds": round(statistics.median(waits), 3),
        "p95_seconds": round(waits[min(len(waits) - 1, int(0.95 * len(waits)))], 3),
        "worst_seconds": round(waits[-1], 3),
        "cpu_ms_per_note": {
            name: round(1000 * (after[name] - before[name]) / max(len(answers), 1), 1)
            for name in after
        },
        "bot_mib": round(process.memory_info().rss / 2**20, 1),
    }


async def load(count: int, rates: list[float], workers: int, seconds: float) -> None:
    """Run the bot under each load in turn, and print the figures."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        async with running_bot(Path(folder), WORKERS=workers) as (playground, process):
            await measure(playground, process, WARM_UP_NOTES, 2.0, seconds)
            for rate in rates:
                figures.append(await measure(playground, process, count, rate, seconds))
                typer.echo(json.dumps(figures[-1]))
    summary = {
        "cores": os.cpu_count(),
        "workers": workers,
        "load_average": [round(one, 2) for one in os.getloadavg()],
        "runs": figures,
    }
    typer.echo(json.dumps(summary))


def main(
    count: Annotated[int, typer.Option(min=1, max=MAX_NOTES, help="Notes in each run.")] = 300,
    rate: Annotated[
        list[float] | None, typer.Option(min=0.1, max=200.0, help="Notes a second; repeatable.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = 2,
    seconds: Annotated[
        float, typer.Option(min=1.0, max=MAX_SECONDS, help="The longest that a run may take.")
    ] = 120.0,
) -> None:
    """Measure the whole bot under a steady stream of voice notes."""
    asyncio.run(load(count, rate or [5.0, 20.0, 40.0], workers, seconds))


if __name__ == "__main__":
    typer.run(main)
