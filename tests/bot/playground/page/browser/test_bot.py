"""The whole of it: the real bot behind the page, and a real voice at the microphone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.playground.world.channels import DIRECT_ID, VOICE_NOTES_ID
from ser_core.emotions import EMOTION_NAMES
from tests.bot.playground.page.browser.conftest import SEND, START_SECONDS, Chat, StartBrowser

ANSWER_MS = 30_000  # for it to answer there

# The bot may type for no longer than a blink, so what is shown is noted as it happens.
NOTE_TYPING = """() => {
    window.typing = [];
    const line = document.getElementById("typing");
    const note = () => window.typing.push(line.textContent);
    new MutationObserver(note).observe(line, {childList: true});
}"""


@pytest.fixture
def chat(start_browser: StartBrowser, voice: Path, bot_address: str) -> Iterator[Chat]:
    """Return the page of a bot that is ready, in a browser whose microphone hears the clip."""
    browser: Any = start_browser(voice)
    page = browser.new_page()
    chat = Chat(page, bot_address).visit()
    page.locator("#presence[data-online=true]").wait_for(timeout=START_SECONDS * 1000)
    yield chat
    browser.close()
    chat.check()


def test_what_is_said_gets_an_answer_in_the_server_and_in_private(chat: Chat):
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
