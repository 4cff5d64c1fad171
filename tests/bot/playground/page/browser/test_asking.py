"""The real bot, asked in every way that Discord has: commands, the Apps menu, buttons, mentions."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from bot.playground.world.channels import DIRECT_ID, GENERAL_ID, VOICE_NOTES_ID
from bot.playground.world.people import FRIEND, MODERATOR, YOU, Person
from ser_core.emotions import EMOTION_NAMES
from tests.bot.playground.page.browser.conftest import START_SECONDS, Chat, StartBrowser

EMOTION = re.compile("|".join((*EMOTION_NAMES, "not sure")), re.IGNORECASE)

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
def quiet_browser(start_browser: StartBrowser) -> Iterator[Any]:
    """Return a browser without a microphone, to all of these tests."""
    started = start_browser(None)
    yield started
    started.close()


class Visits:
    """The pages that a test opens, each as one person."""

    def __init__(self, browser: Any, address: str) -> None:
        self._browser = browser
        self._address = address
        self.chats: list[Chat] = []

    def open(self, person: Person = YOU, channel: int = VOICE_NOTES_ID, **look: Any) -> Chat:
        page = self._browser.new_context(**look).new_page()
        chat = Chat(page, self._address)
        page.goto(f"{self._address}/?person={person.id}#{channel}")
        page.locator("#presence[data-online=true]").wait_for(timeout=START_SECONDS * 1000)
        self.chats.append(chat)
        return chat

    def speak(self, voice: Path, person: Person = YOU, channel: int = VOICE_NOTES_ID) -> None:
        """Send a voice message, with no microphone."""
        answer = self.chats[-1].page.request.post(
            f"{self._address}/playground/channels/{channel}/voice?person={person.id}",
            data=voice.read_bytes(),
            headers={"Content-Type": "audio/wav"},
        )
        assert answer.status == 201


@pytest.fixture
def visits(quiet_browser: Any, bot_address: str) -> Iterator[Visits]:
    visits = Visits(quiet_browser, bot_address)
    yield visits
    for chat in visits.chats:
        chat.page.context.close()
        chat.check()


def newest(chat: Chat, text: str | re.Pattern[str] = "") -> Locator:
    """Find the newest message, or the newest that says something."""
    return chat.page.locator(".message", has_text=text).last


def choose_command(chat: Chat, name: str) -> Locator:
    """Type a command's name, and choose it by keyboard; return its form."""
    chat.page.locator("#text").focus()
    chat.page.keyboard.type(f"/{name}")
    expect(chat.page.get_by_role("option", name=f"/{name}").first).to_be_visible()
    chat.page.keyboard.press("Enter")
    return chat.page.get_by_role("form", name=f"/{name}")


def choose_from_menu(chat: Chat, message: Locator, entry: str) -> None:
    """Choose an entry in a message's menu by keyboard."""
    more = message.get_by_role("button", name="More")
    more.focus()
    chat.page.keyboard.press("Enter")
    entries = chat.page.get_by_role("menuitem")
    expect(entries.first).to_be_focused()
    for _ in range(entries.all_inner_texts().index(entry)):
        chat.page.keyboard.press("ArrowDown")
    expect(chat.page.get_by_role("menuitem", name=entry)).to_be_focused()
    chat.page.keyboard.press("Enter")


@pytest.fixture
def answered(visits: Visits, voice: Path) -> Chat:
    """Return a page on which a voice note of one's own has just been answered."""
    chat = visits.open()
    count = chat.page.locator(".message .row").count()
    visits.speak(voice)
    expect(chat.page.locator(".message .row")).to_have_count(count + 1)
    return chat


def test_a_file_given_to_a_command_is_heard(visits: Visits, voice: Path):
    chat = visits.open(FRIEND, GENERAL_ID)
    form = choose_command(chat, "emotion")
    form.get_by_label("note").set_input_files(voice)
    chat.page.keyboard.press("Tab")
    expect(form.get_by_label("private")).to_be_focused()
    chat.page.keyboard.type("Yes")
    chat.page.keyboard.press("Enter")
    answer = newest(chat)
    expect(answer.locator(".embed h3")).to_have_text(EMOTION)
    expect(answer).to_contain_text("Robin used /emotion")
    expect(answer).to_contain_text("Only you can see this")
    chat.expect("#announcer").to_contain_text("Undertone (only you can see this): ")
    expect(chat.page.locator("#text")).to_be_focused()


def test_the_apps_menu_hears_a_voice_message_between_two_people(visits: Visits, voice: Path):
    chat = visits.open(FRIEND)
    chat.page.get_by_role("button", name="Morgan").press("Enter")
    chat.expect("#channel-name").to_have_text("@Morgan")
    visits.speak(voice, FRIEND, int(chat.page.url.rsplit("#", 1)[1]))
    choose_from_menu(chat, chat.page.locator(".message:has(.player)"), "Hear the emotion")
    answer = newest(chat, "Robin used Hear the emotion")
    expect(answer.locator(".embed h3")).to_have_text(EMOTION)


def expect_picture(message: Locator) -> None:
    """Wait until a message's picture is there: once it is dismissed, it could not be fetched."""
    picture = message.locator("img[src*='/ephemeral-attachments/']")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("picture => picture.naturalWidth") > 0


def test_details_are_for_who_asks_alone(visits: Visits, answered: Chat):
    robin = visits.open(FRIEND)
    expect(robin.page.locator(".message .row")).not_to_have_count(0)
    answered.page.get_by_role("button", name="Details").last.press("Enter")
    details = answered.page.locator(".message.ephemeral")
    expect(details).to_contain_text("Only you can see this")
    expect(details).to_contain_text(EMOTION_NAMES[0])
    expect(robin.page.locator(".message.ephemeral")).to_have_count(0)
    expect_picture(details)
    answered.page.reload()
    expect(details).to_have_count(1)
    expect_picture(details)
    details.get_by_role("button", name="Dismiss message").press("Enter")
    expect(details).to_have_count(0)
    answered.page.reload()
    expect(answered.page.locator(".message .row").last).to_be_visible()
    expect(details).to_have_count(0)


def test_what_an_answer_should_have_said_is_chosen_from_a_menu(answered: Chat):
    answered.page.get_by_role("button", name="Was I right?").last.press("Enter")
    asked = answered.page.locator(".message.ephemeral").last
    asked.get_by_role("button", name="It was something else…").press("Enter")
    listbox = answered.page.get_by_role("listbox", name="It was something else…")
    expect(listbox.get_by_role("option")).to_have_count(len(EMOTION_NAMES) - 1)
    answered.page.keyboard.press("End")
    answered.page.keyboard.press("Enter")
    expect(asked).to_contain_text("Thank you!")
    expect(asked.get_by_role("button", name="It was something else…")).to_have_count(0)
    answered.expect("#announcer").to_contain_text("Thank you!")
    choose_command(answered, "accuracy").get_by_role("button", name="Send").press("Enter")
    picture = newest(answered).get_by_alt_text("A table of what I heard")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100


def test_a_moderator_deletes_what_others_may_not(visits: Visits, answered: Chat):
    rows = answered.page.locator(".message .row")
    count = rows.count()
    robin, morgan = visits.open(FRIEND), visits.open(MODERATOR)
    robin.page.get_by_role("button", name="Delete").last.click()
    expect(newest(robin)).to_contain_text("Only the person whose voice note it is")
    expect(rows).to_have_count(count)
    choose_from_menu(morgan, morgan.page.locator(".message:has(.row)").last, "Delete")
    expect(rows).to_have_count(count - 1)
    answered.page.get_by_role("button", name="More").last.press("Enter")
    expect(answered.page.get_by_role("menuitem", name="Delete")).to_be_visible()


def test_settings_are_for_moderators(visits: Visits):
    morgan, robin = visits.open(MODERATOR), visits.open(FRIEND)
    form = choose_command(morgan, "settings server")
    form.get_by_label("confidence").fill("120")
    form.get_by_label("confidence").press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("'confidence' does not take that value")
    form.get_by_label("confidence").fill("5")
    form.get_by_label("detail").select_option("everything")
    form.get_by_label("detail").press("Enter")
    expect(newest(morgan)).to_contain_text("Saved; it holds from now on.")
    expect(newest(morgan)).to_contain_text("5%")
    morgan.complaints.clear()  # the browser's own, about the refusal
    robin.page.locator("#text").focus()
    robin.page.keyboard.type("/")
    options = robin.page.get_by_role("listbox", name="Commands").get_by_role("option")
    expect(options.filter(has_text="/emotion")).to_be_visible()
    expect(options.filter(has_text="/settings")).to_have_count(0)


def test_who_speaks_german_is_answered_in_german(visits: Visits):
    chat = visits.open(FRIEND, GENERAL_ID)
    chat.page.get_by_label("Your Discord’s language").select_option("Deutsch")
    chat.page.locator("#text").focus()
    chat.page.keyboard.type("/")
    option = chat.page.get_by_role("option", name=re.compile("Wie man mich|Wie ich|benutz", re.I))
    expect(option).to_be_visible()
    option.click()
    chat.page.get_by_role("button", name="Send", exact=True).click()
    expect(newest(chat)).to_contain_text("Schick")
    chat.page.get_by_label("Your Discord’s language").select_option("en-US")


def test_a_file_in_private_is_answered_in_private(visits: Visits, voice: Path):
    chat, robin = visits.open(YOU, DIRECT_ID), visits.open(FRIEND)
    chat.page.set_input_files("#files", voice)
    chat.page.get_by_label("Send the message").press("Enter")
    expect(newest(chat).locator(".embed h3")).to_have_text(EMOTION)
    robin.page.get_by_role("link", name="Undertone").click()
    robin.expect("#channel-name").to_have_text("@Undertone")
    robin.expect(".message").to_have_count(0)


def test_a_mention_in_a_reply_to_what_was_answered_leads_there(visits: Visits, voice: Path):
    chat = visits.open(FRIEND, GENERAL_ID)
    visits.speak(voice, YOU, GENERAL_ID)
    note = chat.page.locator(".message:has(.player)").last
    choose_from_menu(chat, note, "Reply and mention Undertone")
    chat.expect("#text").to_be_focused()
    chat.page.keyboard.type("what do you hear?")
    chat.page.keyboard.press("Enter")
    answer = newest(chat, re.compile("Robin @Undertone what do you hear"))
    expect(answer).to_contain_text("I have answered that one already")
    answer.get_by_role("link", name="discord.com/channels").press("Enter")
    first = chat.page.locator(".message:has(.embed)").last
    expect(first).to_be_focused()
    assert chat.page.url.endswith(f"#{GENERAL_ID}")


def test_what_is_said_while_the_connection_is_gone_is_answered_afterwards(
    visits: Visits, voice: Path
):
    chat = visits.open()
    chat.page.get_by_text("Network", exact=True).click()
    chat.page.get_by_role("button", name="Drop the connection").press("Enter")
    expect(chat.page.locator("#network-status")).to_contain_text("and is back.")
    answers = chat.page.locator(".message .row")
    count = answers.count()
    chat.page.evaluate(DROP_AND_SPEAK, [str(VOICE_NOTES_ID), _base64(voice)])
    expect(answers).to_have_count(count + 1)


def test_a_forgotten_session_begins_anew(visits: Visits):
    chat = visits.open()
    chat.page.get_by_text("Network", exact=True).click()
    chat.page.get_by_label("and forget the session too").check()
    chat.page.get_by_role("button", name="Drop the connection").click()
    chat.expect("#presence").to_have_text("Undertone is offline")
    expect(chat.page.locator("#network-status")).to_have_text("Undertone lost its connection.")
    chat.expect("#offline").to_be_visible()
    chat.expect("#presence").to_have_text("Undertone is online")
    expect(chat.page.locator("#network-status")).to_contain_text("and is back.")


def _base64(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
