"""Commands, buttons, menus and forms on the page, with a small bot that has one of everything."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from playwright.sync_api import Locator, expect

from bot.playground.people import FRIEND, MODERATOR
from tests.bot.playground.page.conftest import Chat, LivePlayground, OpenChat
from tests.bot.playground.page.stub_app import StubApp

# A role in Playwright's description of what a screen reader finds, with no name after it.
NAMELESS = re.compile(
    r"^\s*- (button|link|textbox|combobox|checkbox|radio|option|menuitem|menu|listbox|dialog|slider"
    r"|spinbutton|group|img)(:|$| \[)",
    re.MULTILINE,
)
SHORT_SECONDS = 0.2  # for the bot to answer, in place of Discord's three
NOTE_BUSY = """() => {
    window.busy = [];
    const note = (changes) => window.busy.push(...changes.map(({ target }) => target.ariaBusy));
    const watched = { subtree: true, attributes: true, attributeFilter: ["aria-busy"] };
    new MutationObserver(note).observe(document.body, watched);
}"""
"""Notes what is ever busy: on a slow machine that may be over before anybody looks."""


@pytest.fixture(scope="module")
def playground() -> Iterator[LivePlayground]:
    """Give one playground to all of these tests: to log in takes a while."""
    running = LivePlayground()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def app(playground: LivePlayground) -> Iterator[StubApp]:
    """Give a bot in the playground that has registered its commands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Route, "BASE", playground.server.api_url)
        gateway = yarl.URL(playground.server.gateway_url)
        patch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
        app = StubApp(playground)
        app.start()
        yield app
        app.stop()


@pytest.fixture
def chat(app: StubApp, playground: LivePlayground, open_chat: OpenChat) -> Iterator[Chat]:
    """Give a page at which the bot has commands, and nothing has been said yet."""
    yield open_chat()
    playground.clear()


def last(chat: Chat) -> Locator:
    """Find the newest message."""
    return chat.page.locator(".message").last


def check_names(chat: Chat) -> None:
    """See that a screen reader finds a name for everything."""
    snapshot = chat.page.locator("body").aria_snapshot()
    assert [found.group(0).strip() for found in NAMELESS.finditer(snapshot)] == []


def send_command(chat: Chat, name: str) -> None:
    """Type a command that needs nothing more, and send it, all by keyboard."""
    chat.page.locator("#text").focus()
    chat.page.keyboard.type(f"/{name}")
    chat.page.get_by_role("option", name=f"/{name}").first.wait_for()
    chat.page.keyboard.press("Enter")
    chat.page.keyboard.press("Enter")


def test_the_list_of_commands_is_a_combobox_for_keyboard_and_pointer(chat: Chat) -> None:
    text = chat.page.locator("#text")
    text.focus()
    chat.page.keyboard.type("/")
    combobox = chat.page.get_by_role("combobox", name="Message #voice-notes", expanded=True)
    options = chat.page.get_by_role("listbox", name="Commands").get_by_role("option")
    expect(options).to_have_count(6)
    active = options.and_(chat.page.get_by_role("option", selected=True))
    expect(active).to_contain_text("/kitchen oven bake")
    chat.page.keyboard.press("ArrowDown")
    expect(active).to_contain_text("/panel")
    assert combobox.get_attribute("aria-activedescendant") == active.get_attribute("id")
    chat.page.keyboard.press("ArrowUp")
    chat.page.keyboard.press("ArrowUp")
    expect(active).to_contain_text("/slow")
    check_names(chat)
    chat.page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    assert text.get_attribute("role") is None
    text.fill("")
    chat.page.get_by_role("button", name="Commands").click()
    options.filter(has_text="/pick").click()
    expect(chat.page.get_by_role("form", name="/pick")).to_be_visible()
    check_names(chat)
    chat.page.get_by_role("button", name="Cancel the command").click()
    expect(text).to_be_focused()
    assert text.input_value() == ""


def test_text_that_only_looks_like_a_command_is_sent(
    chat: Chat, playground: LivePlayground
) -> None:
    chat.page.fill("#text", "/nothing of the kind")
    chat.page.keyboard.press("Enter")
    expect(last(chat)).to_contain_text("/nothing of the kind")
    assert len(playground.messages()) == 1


def test_who_types_quicker_than_the_list_comes_still_chooses_from_it(
    chat: Chat, playground: LivePlayground
) -> None:
    chat.page.route(
        "**/commands*", lambda route: (chat.page.wait_for_timeout(300), route.continue_())
    )
    chat.page.locator("#text").focus()
    chat.page.keyboard.type("/pick")
    chat.page.keyboard.press("Enter")
    expect(chat.page.get_by_role("form", name="/pick")).to_be_visible()
    assert playground.messages() == []


def test_the_bot_completes_an_option_while_it_is_typed(chat: Chat) -> None:
    chat.page.locator("#text").focus()
    chat.page.keyboard.type("/pi")
    chat.page.get_by_role("option", name="/pick").wait_for()
    chat.page.keyboard.press("Tab")
    fruit = chat.page.get_by_role("combobox", name="fruit")
    expect(fruit).to_be_focused()
    chat.page.keyboard.type("ap")
    suggestions = chat.page.get_by_role("listbox", name="Suggestions for fruit")
    expect(suggestions.get_by_role("option")).to_have_text(["Apple", "Apricot"])
    check_names(chat)
    chat.page.keyboard.press("ArrowDown")
    chat.page.keyboard.press("ArrowDown")
    chat.page.keyboard.press("Enter")
    expect(fruit).to_have_value("Apricot")
    chat.page.get_by_label("amount").fill("3")
    chat.page.keyboard.press("Enter")
    expect(last(chat)).to_contain_text("3 of apricot")
    expect(last(chat)).to_contain_text("You used /pick")
    expect(chat.page.locator("#text")).to_be_focused()


def test_options_of_every_kind_are_filled_in_and_what_is_wrong_is_said(
    chat: Chat, tmp_path: Path
) -> None:
    photo = tmp_path / "cake.png"
    photo.write_bytes(b"12345")
    chat.page.fill("#text", "/bake")
    chat.page.get_by_role("option", name="/kitchen oven bake").click()
    form = chat.page.get_by_role("form", name="/kitchen oven bake")
    title = form.get_by_label("title required")
    title.press("Enter")
    problem = form.get_by_role("alert")
    expect(problem).to_have_text("Fill in “title”, “degrees” first.")
    assert title.get_attribute("aria-invalid") == "true"
    expect(title).to_be_focused()
    title.fill("Cake")
    form.get_by_label("degrees").fill("20")
    title.press("Enter")
    expect(problem).to_contain_text(
        "The option 'degrees' does not take that value: it takes at least 50 and at most 300."
    )
    expect(form.get_by_label("degrees")).to_be_focused()
    form.get_by_label("degrees").fill("180.5")
    form.get_by_label("fan").select_option("Yes")
    form.get_by_label("who").select_option("Robin")
    form.get_by_label("where").select_option("#general")
    form.get_by_label("team").select_option("Moderators")
    form.get_by_label("size").select_option("Large")
    form.get_by_label("photo").set_input_files(photo)
    check_names(chat)
    form.get_by_label("photo").press("Enter")
    words = "Cake 180.5 True ['robin', 'general', 'Moderators'] 5 3"
    expect(last(chat)).to_contain_text(words)
    chat.complaints.clear()  # the browser's own, about the refusal


def test_escape_leaves_a_command_and_files_that_are_dropped_go_into_it(chat: Chat) -> None:
    chat.page.fill("#text", "/bake")
    chat.page.keyboard.press("Enter")
    form = chat.page.get_by_role("form")
    form.wait_for()
    drop = """() => {
        const data = new DataTransfer();
        data.items.add(new File(["x"], "dropped.png"));
        document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
    }"""
    chat.page.evaluate(drop)
    names = form.get_by_label("photo").evaluate("input => [...input.files].map(one => one.name)")
    assert names == ["dropped.png"]
    chat.page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    expect(chat.page.locator("#text")).to_be_focused()
    expect(chat.page.locator("#staged")).to_be_hidden()


def test_thinking_is_shown_and_read_aloud_and_becomes_the_answer(app: StubApp, chat: Chat) -> None:
    send_command(chat, "slow")
    expect(last(chat)).to_contain_text("is thinking…")
    chat.expect("#announcer").to_have_text(re.compile(r"is thinking…"))
    expect(last(chat)).to_contain_text("Only you can see this")
    expect(last(chat).get_by_role("button", name="Dismiss message")).to_have_count(0)
    app.finish()
    expect(last(chat)).to_contain_text("At last.")
    chat.expect("#announcer").to_have_text("Undertone (only you can see this): At last.")
    last(chat).get_by_role("button", name="Dismiss message").click()
    chat.expect(".message").to_have_count(0)
    chat.expect("#announcer").to_have_text("Message dismissed.")


def test_what_the_bot_does_not_answer_is_said_to_have_failed(
    chat: Chat, playground: LivePlayground, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_command(chat, "panel")
    silent = chat.page.get_by_role("button", name="Silent")
    silent.wait_for()
    monkeypatch.setattr(playground.server.interactions, "answer_seconds", SHORT_SECONDS)
    chat.page.evaluate(NOTE_BUSY)
    silent.focus()
    chat.page.keyboard.press("Enter")
    failure = "This interaction failed: Undertone did not respond in time."
    expect(last(chat)).to_contain_text(failure)
    assert "true" in chat.page.evaluate("window.busy")
    expect(silent).to_have_attribute("aria-busy", "false")
    expect(silent).to_be_focused()
    chat.expect("#announcer").to_have_text(failure)
    send_command(chat, "silent")
    expect(chat.page.get_by_role("alert")).to_contain_text("/silent failed: Undertone did not")


def test_buttons_of_every_kind_and_an_edit_of_their_message(chat: Chat) -> None:
    send_command(chat, "panel")
    panel = last(chat)
    press = panel.get_by_role("button", name="Press")
    press.focus()
    for count in (1, 2):
        chat.page.keyboard.press("Space")
        expect(panel.locator(".words")).to_have_text(f"Pressed {count}")
        expect(press).to_be_focused()
    expect(panel.get_by_role("button", name="Broken")).to_be_disabled()
    link = panel.get_by_role("link", name="Website")
    assert link.get_attribute("href") == "https://example.org/"
    assert "noopener" in link.get_attribute("rel")
    check_names(chat)


def test_menus_take_one_or_several_and_nothing_is_sent_by_looking(chat: Chat) -> None:
    send_command(chat, "panel")
    toppings = chat.page.get_by_role("button", name="Toppings")
    toppings.focus()
    chat.page.keyboard.press("Enter")
    listbox = chat.page.get_by_role("listbox", name="Toppings")
    expect(listbox).to_be_focused()
    done = chat.page.get_by_role("button", name=re.compile("^Choose"))
    expect(done).to_be_disabled()
    check_names(chat)
    chat.page.keyboard.press("m")
    chat.page.keyboard.press("Space")
    chat.page.keyboard.press("Home")
    chat.page.keyboard.press("Space")
    expect(listbox.get_by_role("option", selected=True)).to_have_text(["🌰NutsCrunchy", "Mint"])
    chat.page.keyboard.press("ArrowDown")
    chat.page.keyboard.press("Space")  # a third is one too many
    expect(listbox.get_by_role("option", selected=True)).to_have_count(2)
    chat.page.keyboard.press("Tab")
    expect(done).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(last(chat)).to_contain_text("With Mint and Nuts")
    expect(toppings).to_be_focused()
    chat.page.get_by_role("button", name="For whom").click()
    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_role("listbox")).to_have_count(0)
    chat.page.get_by_role("button", name="For whom").click()
    chat.page.get_by_role("option", name="Robin").click()
    expect(last(chat)).to_contain_text("For @Robin")


def test_a_form_keeps_the_focus_and_gives_it_back(chat: Chat) -> None:
    send_command(chat, "recipe")
    dialog = chat.page.get_by_role("dialog", name="A recipe")
    dish = dialog.get_by_label("Dish required")
    expect(dish).to_be_focused()
    check_names(chat)
    for _ in range(8):
        chat.page.keyboard.press("Tab")
        inside = (
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
        assert chat.page.evaluate(inside), "the focus has left the window"
    chat.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(chat.page.locator("#text")).to_be_focused()
    chat.expect(".message").to_have_count(0)

    send_command(chat, "recipe")
    dish.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("Fill in what is required first.")
    dish.fill("Soup")
    dialog.get_by_label("Steps").fill("Boil.\nStir.")
    dialog.get_by_label("Course").select_option("Starter")
    dialog.get_by_role("button", name="Submit").click()
    expect(last(chat)).to_contain_text("Soup (Starter): Boil. Stir.")
    expect(dialog).to_have_count(0)


def test_the_menu_of_a_message_has_what_the_bot_offers_for_it(
    chat: Chat, playground: LivePlayground
) -> None:
    playground.say("hello")
    more = chat.page.get_by_role("button", name="More: message from You")
    more.focus()
    expect(more).to_have_css("opacity", "1")
    chat.page.keyboard.press("Enter")
    menu = chat.page.get_by_role("menu", name="This message")
    names = ["Count letters", "Reply", "Reply and mention Undertone", "Forward…", "Delete"]
    expect(menu.get_by_role("menuitem")).to_have_text(names)
    expect(menu.get_by_role("menuitem", name="Count letters")).to_be_focused()
    check_names(chat)
    chat.page.keyboard.press("ArrowUp")
    expect(menu.get_by_role("menuitem", name="Delete")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(more).to_be_focused()
    more.click()
    expect(menu).to_be_visible()
    more.click()
    expect(menu).to_have_count(0)
    more.click()
    menu.get_by_role("menuitem", name="Count letters").click()
    expect(last(chat)).to_contain_text("5 letters")
    expect(last(chat)).to_contain_text("You used Count letters")


def test_the_menu_of_a_person_has_what_the_bot_offers_for_them(chat: Chat) -> None:
    chat.page.get_by_role("button", name=FRIEND.name).click()
    chat.page.get_by_role("menuitem", name="Wave at").click()
    expect(last(chat)).to_contain_text("Hello robin")
    chat.page.get_by_role("button", name=MODERATOR.name).press("Enter")
    chat.page.get_by_role("menuitem", name="Message Morgan").press("Enter")
    chat.expect("#channel-name").to_have_text("@Morgan")
    chat.expect("#welcome").to_contain_text("Undertone is not in this conversation")
