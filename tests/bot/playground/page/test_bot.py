"""The whole of it: the real bot behind the page, and a real voice at the microphone."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bot.playground.channels import DIRECT_ID, GENERAL_ID, VOICE_NOTES_ID
from ser_core.emotions import EMOTION_NAMES
from tests.bot.playground.page.conftest import SAMPLE_RATE, SEND, Chat, StartBrowser

ADDRESS = "Playground: "  # what stands before the page's address in what the bot says
START_SECONDS = 90  # for the bot to be ready on a busy machine
ANSWER_MS = 30_000  # for it to answer there
PAUSE_SECONDS = 0.5  # between the clip and its repetition

# The bot may type for no longer than a blink, so what is shown is noted as it happens.
NOTE_TYPING = """() => {
    window.typing = [];
    const line = document.getElementById("typing");
    const note = () => window.typing.push(line.textContent);
    new MutationObserver(note).observe(line, {childList: true});
}"""


@pytest.fixture(scope="module")
def bot_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the page of ``python -m bot``, started without a token."""
    project = Path(__file__).parents[4]
    environment = {name: value for name, value in os.environ.items() if "DISCORD" not in name}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot"],
        cwd=tmp_path_factory.mktemp("bot"),
        env={**environment, "PLAYGROUND_PORT": "0", "PYTHONPATH": str(project)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    said = iter(process.stdout.readline, "")
    try:
        addresses = (line.removeprefix(ADDRESS) for line in said if line.startswith(ADDRESS))
        address = next(addresses, None)
        assert address is not None, "the bot ended before it said where its playground is"
        yield address.strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == 0


@pytest.fixture(scope="module")
def voice(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a real clip, which the fake microphone hears over and over, each time after a pause."""
    clip, rate = soundfile.read(corpora / "originals" / "03-01-05-02-01-01-02.wav")
    assert rate == SAMPLE_RATE
    path = tmp_path_factory.mktemp("voice") / "angry.wav"
    soundfile.write(path, np.pad(clip, (0, int(PAUSE_SECONDS * rate))), rate, subtype="PCM_16")
    return path


@pytest.fixture
def chat(start_browser: StartBrowser, voice: Path, bot_address: str) -> Iterator[Chat]:
    """Give the page of a bot that is ready, in a browser whose microphone hears the clip."""
    browser: Any = start_browser(voice)
    page = browser.new_page()
    chat = Chat(page, bot_address).visit()
    page.locator("#presence[data-online=true]").wait_for(timeout=START_SECONDS * 1000)
    yield chat
    browser.close()
    chat.check()


def test_what_is_said_gets_an_answer_in_the_server_and_in_private(chat: Chat) -> None:
    for channel in (VOICE_NOTES_ID, DIRECT_ID):
        chat.visit(channel)
        chat.record(4)
        chat.page.evaluate(NOTE_TYPING)
        chat.page.get_by_label(SEND).click()
        chat.page.locator(".message .player").wait_for()
        answer = chat.page.locator(".message .embed")
        answer.wait_for(timeout=ANSWER_MS)
        assert "Undertone is typing…" in chat.page.evaluate("window.typing")
        chat.expect("#typing").to_be_empty()
        title = answer.locator("h3").inner_text()
        assert any(name in title.lower() for name in EMOTION_NAMES)
        assert all(name in answer.locator("pre").inner_text() for name in EMOTION_NAMES)
        chat.expect(".reply").to_contain_text("You Voice message")
        assert title in chat.page.locator("#announcer").inner_text()


def test_files_get_an_answer_and_a_broken_one_gets_a_sentence(chat: Chat, voice: Path) -> None:
    chat.visit(GENERAL_ID)
    chat.page.set_input_files("#files", voice)
    chat.page.get_by_label("Send the message").click()
    chat.page.locator(".message .embed h3").wait_for(timeout=ANSWER_MS)
    broken = {"name": "broken.mp3", "mimeType": "audio/mpeg", "buffer": b"no music at all" * 50}
    chat.page.set_input_files("#files", [broken])
    chat.page.get_by_label("Send the message").click()
    answer = chat.page.locator(".message:has(.reply:has-text('broken.mp3'))")
    answer.wait_for(timeout=ANSWER_MS)
    sentence = answer.locator(".body").inner_text()
    assert answer.locator(".embed").count() == 0
    assert sentence.endswith((".", "?"))
    assert len(sentence.split()) > 4
