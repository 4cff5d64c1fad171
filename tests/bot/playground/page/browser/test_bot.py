"""The real bot behind the page: a voice at the microphone, commands, the Apps menu, buttons."""

import base64
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Locator, expect

from bot.playground.world.channels import DIRECT_ID, GENERAL_ID, VOICE_NOTES_ID
from bot.playground.world.people import FRIEND, YOU, Person
from ser_core.emotions import EMOTION_NAMES
from tests.bot.playground.page.browser.conftest import (
    SAMPLE_RATE,
    SEND,
    Chat,
    OpenChat,
    StartBrowser,
)

EMOTION = re.compile("|".join((*EMOTION_NAMES, "not sure")), re.IGNORECASE)
ADDRESS = "Playground: "  # what stands before the page's address in what the bot says
PAUSE_SECONDS = 0.5  # between the clip and its repetition

# The bot may type for no longer than a blink, so what is shown is noted as it happens.
NOTE_TYPING = """() => {
    window.typing = [];
    const line = document.getElementById("typing");
    const note = () => window.typing.push(line.textContent);
    new MutationObserver(note).observe(line, {childList: true});
}"""

# As the page does it, but in one instant, so that the second meets a bot that is away.
DROP_AND_SPEAK = """async ([channel, samples]) => {
    const post = (path, type, body) =>
        fetch(`/playground${path}`, { method: "POST", body, headers: { "Content-Type": type } });
    const bytes = Uint8Array.from(atob(samples), (letter) => letter.charCodeAt(0));
    await Promise.all([
        post("/gateway/drop", "application/json", "{}"),
        post(`/channels/${channel}/voice`, "audio/wav", bytes),
    ]);
}"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the page of ``python -m bot``, started without a token and ready."""
    environment = {name: value for name, value in os.environ.items() if "DISCORD" not in name}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot"],
        cwd=tmp_path_factory.mktemp("bot"),
        env=environment | {"PLAYGROUND_PORT": "0", "PYTHONPATH": str(Path(__file__).parents[5])},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        said = takewhile(lambda line: "is ready" not in line, iter(process.stdout.readline, ""))
        [address] = [line.removeprefix(ADDRESS) for line in said if line.startswith(ADDRESS)]
        yield address.strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == 0


@pytest.fixture(scope="module")
def voice(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a real clip, which the fake microphone hears again and again after a pause."""
    clip, rate = soundfile.read(corpora / "originals" / "03-01-05-02-01-01-02.wav")
    assert rate == SAMPLE_RATE
    path = tmp_path_factory.mktemp("voice") / "angry.wav"
    soundfile.write(path, np.pad(clip, (0, int(PAUSE_SECONDS * rate))), rate, subtype="PCM_16")
    return path


@pytest.fixture(scope="module")
def browser(start_browser: StartBrowser, voice: Path) -> Any:
    """Return a browser whose microphone hears the clip."""
    return start_browser(voice)


def speak(chat: Chat, voice: Path, person: Person = YOU, channel: int = VOICE_NOTES_ID) -> None:
    """Send a voice message, with no microphone."""
    path = f"/playground/channels/{channel}/voice?person={person.id}"
    headers = {"Content-Type": "audio/wav"}
    answer = chat.page.request.post(chat.url + path, data=voice.read_bytes(), headers=headers)
    assert answer.status == 201


@pytest.fixture
def answered(chat: Chat, voice: Path) -> Chat:
    """Return a page on which a voice note of one's own has just been answered."""
    count = chat.page.locator(".message .row").count()
    speak(chat, voice)
    chat.expect(".message .row").to_have_count(count + 1)
    return chat


def choose_command(chat: Chat, name: str) -> Locator:
    """Type a command's name, and choose it by keyboard; return its form."""
    chat.page.locator("#text").focus()
    chat.page.keyboard.type(f"/{name}")
    expect(chat.page.get_by_role("option", name=f"/{name}").first).to_be_visible()
    chat.page.keyboard.press("Enter")
    return chat.page.get_by_role("form", name=f"/{name}")


def expect_picture(message: Locator) -> None:
    """Wait until a message's picture is there: once it is dismissed, it could not be fetched."""
    picture = message.locator("img[src*='/ephemeral-attachments/']")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("picture => picture.naturalWidth") > 100


@pytest.mark.parametrize("channel", [VOICE_NOTES_ID, DIRECT_ID])
def test_a_voice_gets_an_answer_in_the_server_and_in_private(open_chat: OpenChat, channel: int):
    chat = open_chat(channel=channel)
    chat.record(4)
    chat.page.evaluate(NOTE_TYPING)
    chat.page.get_by_label(SEND).click()
    answer = chat.page.locator(".message:has(.embed)")
    expect(answer.locator("h3")).to_have_text(EMOTION)
    assert "Undertone is typing…" in chat.page.evaluate("window.typing")
    chat.expect("#typing").to_be_empty()
    assert all(name in answer.locator("pre").inner_text() for name in EMOTION_NAMES)
    expect(answer.locator(".reply")).to_contain_text("You Voice message")
    chat.expect("#announcer").to_contain_text(answer.locator("h3").inner_text())


def test_a_file_given_to_a_command_is_heard(open_chat: OpenChat, voice: Path):
    chat = open_chat(FRIEND, GENERAL_ID)
    form = choose_command(chat, "emotion")
    form.get_by_label("note").set_input_files(voice)
    chat.page.keyboard.press("Tab")
    expect(form.get_by_label("private")).to_be_focused()
    chat.page.keyboard.type("Yes")
    chat.page.keyboard.press("Enter")
    answer = chat.page.locator(".message").last
    expect(answer.locator(".embed h3")).to_have_text(EMOTION)
    expect(answer).to_contain_text("Robin used /emotion")
    expect(answer).to_contain_text("Only you can see this")
    chat.expect("#announcer").to_contain_text("Undertone (only you can see this): ")
    chat.expect("#text").to_be_focused()


def test_the_apps_menu_hears_a_voice_message_between_two_people(open_chat: OpenChat, voice: Path):
    chat = open_chat(FRIEND)
    chat.page.get_by_role("button", name="Morgan").press("Enter")
    chat.expect("#channel-name").to_have_text("@Morgan")
    speak(chat, voice, FRIEND, int(chat.page.url.rsplit("#", 1)[1]))
    chat.page.get_by_role("button", name="More").press("Enter")
    chat.page.get_by_role("menuitem", name="Hear the emotion").press("Enter")
    answer = chat.page.locator(".message", has_text="Robin used Hear the emotion")
    expect(answer.locator(".embed h3")).to_have_text(EMOTION)


def test_details_are_for_who_asks_alone(open_chat: OpenChat, answered: Chat):
    robin = open_chat(FRIEND)
    robin.expect(".message .row").not_to_have_count(0)
    answered.page.get_by_role("button", name="Details").last.press("Enter")
    details = answered.page.locator(".message.ephemeral")
    expect(details).to_contain_text("Only you can see this")
    expect(details).to_contain_text(EMOTION_NAMES[0])
    robin.expect(".message.ephemeral").to_have_count(0)
    expect_picture(details)
    answered.page.reload()
    expect_picture(details)
    details.get_by_role("button", name="Dismiss message").press("Enter")
    expect(details).to_have_count(0)
    answered.page.reload()
    expect(answered.page.locator(".message .row").last).to_be_visible()
    expect(details).to_have_count(0)


def test_what_an_answer_should_have_said_is_chosen_from_a_menu(answered: Chat):
    answered.page.get_by_role("button", name="Was I right?").last.press("Enter")
    asked = answered.page.locator(".message.ephemeral").last
    other = asked.get_by_role("button", name="It was something else…")
    other.press("Enter")
    listbox = answered.page.get_by_role("listbox", name="It was something else…")
    expect(listbox.get_by_role("option")).to_have_count(len(EMOTION_NAMES) - 1)
    answered.page.keyboard.press("End")
    answered.page.keyboard.press("Enter")
    expect(asked).to_contain_text("Thank you!")
    expect(other).to_have_count(0)
    answered.expect("#announcer").to_contain_text("Thank you!")
    choose_command(answered, "accuracy").get_by_role("button", name="Send").press("Enter")
    expect_picture(answered.page.locator(".message", has_text="You used /accuracy"))


def test_what_is_said_while_the_connection_is_gone_is_answered_afterwards(chat: Chat, voice: Path):
    drop = chat.page.get_by_role("button", name="Drop the connection")
    chat.page.get_by_text("Network", exact=True).click()
    drop.press("Enter")
    chat.expect("#network-status").to_contain_text("and is back.")
    chat.page.get_by_label("and forget the session too").check()
    drop.click()
    chat.expect("#network-status").to_have_text("Undertone lost its connection.")
    chat.expect("#presence").to_have_text("Undertone is offline")
    chat.expect("#network-status").to_contain_text("and is back.")
    chat.expect("#presence").to_have_text("Undertone is online")
    count = chat.page.locator(".message .row").count()
    samples = base64.b64encode(voice.read_bytes()).decode()
    chat.page.evaluate(DROP_AND_SPEAK, [str(VOICE_NOTES_ID), samples])
    chat.expect(".message .row").to_have_count(count + 1)
