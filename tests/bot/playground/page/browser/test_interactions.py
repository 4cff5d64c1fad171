"""Commands, buttons and menus on the page; the tests answer over REST in the bot's place."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from bot.playground.world.channels import GENERAL_ID, MODERATOR_ROLE_ID, VOICE_NOTES_ID
from bot.playground.world.interactions import Callback
from tests.bot.playground.page.browser.conftest import Chat, LivePlayground, OpenChat

Json = dict[str, Any]

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


def option(name: str, kind: int, **more: Any) -> Json:
    return {"name": name, "description": "It.", "type": kind} | more


SIZES = [{"name": "Large", "value": "large"}, {"name": "Small", "value": "small"}]
BAKE = [
    option("degrees", 4, required=True, min_value=50, max_value=300),
    option("title", 3, required=True),
    option("fan", 5),
    option("where", 7, channel_types=[0]),
    option("size", 3, choices=SIZES),
    option("photo", 11),
]
COMMANDS = (
    {"name": "help"},
    {"name": "kitchen", "options": [option("bake", 1, options=BAKE), option("eat", 1)]},
    {"name": "Count letters", "type": 3, "description": ""},
)


def row(*parts: Json) -> Json:
    return {"type": 1, "components": list(parts)}


def button(label: str, **more: Any) -> Json:
    return {"type": 2, "style": 1, "label": label, "custom_id": label} | more


@pytest.fixture
def chat(playground: LivePlayground, chat: Chat) -> Chat:
    """Return a page at which the bot has commands."""
    playground.register(*COMMANDS)
    return chat


def last(chat: Chat) -> Locator:
    """Find the newest message."""
    return chat.page.locator(".message").last


def check_names(chat: Chat) -> None:
    """Check that a screen reader finds a name for everything."""
    snapshot = chat.page.locator("body").aria_snapshot()
    assert [found.group(0).strip() for found in NAMELESS.finditer(snapshot)] == []


def ask_for_help(chat: Chat) -> None:
    """Type a command that needs nothing more, and send it, all by keyboard."""
    chat.page.locator("#text").focus()
    chat.page.keyboard.type("/help")
    chat.page.get_by_role("option", name="/help").wait_for()
    chat.page.keyboard.press("Enter")
    chat.page.keyboard.press("Enter")


def test_the_list_of_commands_works_by_keyboard_and_pointer(chat: Chat, playground: LivePlayground):
    text = chat.page.locator("#text")
    text.focus()
    chat.page.keyboard.type("/")
    combobox = chat.page.get_by_role("combobox", name="Message #voice-notes", expanded=True)
    options = chat.page.get_by_role("listbox", name="Commands").get_by_role("option")
    expect(options).to_have_text(["/helpDo it.", "/kitchen bakeIt.", "/kitchen eatIt."])
    active = options.and_(chat.page.get_by_role("option", selected=True))
    expect(active).to_contain_text("/help")
    chat.page.keyboard.press("ArrowDown")
    expect(active).to_contain_text("/kitchen bake")
    assert combobox.get_attribute("aria-activedescendant") == active.get_attribute("id")
    chat.page.keyboard.press("ArrowUp")
    chat.page.keyboard.press("ArrowUp")
    expect(active).to_contain_text("/kitchen eat")
    check_names(chat)
    chat.page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    assert text.get_attribute("role") is None
    text.fill("")
    chat.page.get_by_role("button", name="Commands").click()
    options.filter(has_text="/kitchen eat").click()
    expect(chat.page.get_by_role("form", name="/kitchen eat")).to_be_visible()
    check_names(chat)
    chat.page.get_by_role("button", name="Cancel the command").click()
    expect(text).to_be_focused()
    assert text.input_value() == ""
    text.fill("/nothing of the kind")
    chat.page.keyboard.press("Enter")
    expect(last(chat)).to_contain_text("/nothing of the kind")
    playground.register()
    text.fill("/")
    chat.expect("#notice").to_contain_text("The bot has no commands here yet")


def test_options_are_filled_in_and_checked(chat: Chat, playground: LivePlayground, tmp_path: Path):
    photo = tmp_path / "cake.png"
    photo.write_bytes(b"12345")
    chat.page.fill("#text", "/bake")
    chat.page.get_by_role("option", name="/kitchen bake").click()
    form = chat.page.get_by_role("form", name="/kitchen bake")
    degrees = form.get_by_label("degrees required")
    degrees.press("Enter")
    problem = form.get_by_role("alert")
    expect(problem).to_have_text("Fill in “degrees”, “title” first.")
    assert degrees.get_attribute("aria-invalid") == "true"
    expect(degrees).to_be_focused()
    degrees.fill("20")
    form.get_by_label("title").fill("Cake")
    form.get_by_label("title").press("Enter")
    expect(problem).to_have_text(
        "The option 'degrees' does not take that value: it takes at least 50 and at most 300."
    )
    expect(degrees).to_be_focused()
    degrees.fill("180")
    form.get_by_label("fan").select_option("Yes")
    form.get_by_label("where").select_option("#general")
    form.get_by_label("size").select_option("Large")
    form.get_by_label("photo").set_input_files(photo)
    check_names(chat)
    form.get_by_label("photo").press("Enter")
    asked = playground.answer(Callback.MESSAGE, content="Done.")
    [part] = asked.data["options"]
    given = {one["name"]: one["value"] for one in part["options"]}
    [file] = asked.data["resolved"]["attachments"].values()
    assert (file["filename"], file["size"], given.pop("photo")) == ("cake.png", 5, file["id"])
    general = str(GENERAL_ID)
    assert given == {
        "degrees": 180,
        "title": "Cake",
        "fan": True,
        "where": general,
        "size": "large",
    }
    expect(last(chat)).to_contain_text("You used /kitchen bake")
    expect(chat.page.locator("#text")).to_be_focused()
    chat.complaints.clear()  # the browser's own, about the refusal


def test_on_a_phone_what_is_wrong_with_an_option_is_seen_beside_it(
    open_chat: OpenChat, playground: LivePlayground
):
    many = [option(f"number-{one}", 4, min_value=0, max_value=100) for one in range(12)]
    playground.register({"name": "count", "options": many})
    chat = open_chat(viewport={"width": 390, "height": 800}, is_mobile=True, has_touch=True)
    chat.write("/count")
    for name in ("number-0", "number-6", "number-11"):
        field = chat.page.get_by_label(name, exact=True)
        field.fill("500")
        field.press("Enter")
        problem = chat.page.get_by_role("form").get_by_role("alert")
        expect(problem).to_contain_text(f"The option '{name}' does not take that value")
        expect(field).to_be_focused()
        expect(problem).to_be_in_viewport(ratio=1)
        expect(field).to_be_in_viewport(ratio=1)
        field.fill("")
    chat.complaints.clear()  # the browser's own, about the refusals


def test_escape_leaves_a_command_and_files_that_are_dropped_go_into_it(chat: Chat):
    chat.write("/kitchen bake")
    form = chat.page.get_by_role("form")
    form.wait_for()
    chat.drop("dropped.png")
    names = form.get_by_label("photo").evaluate("input => [...input.files].map(one => one.name)")
    assert names == ["dropped.png"]
    chat.page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    expect(chat.page.locator("#text")).to_be_focused()
    expect(chat.page.locator("#staged")).to_be_hidden()


def test_thinking_is_read_aloud_and_becomes_the_answer(chat: Chat, playground: LivePlayground):
    ask_for_help(chat)
    chat.expect("#waiting").to_have_text("Undertone was asked: /help…")
    asked = playground.answer(Callback.DEFERRED_MESSAGE, flags=64)
    expect(last(chat)).to_contain_text("is thinking…")
    chat.expect("#waiting").to_be_hidden()
    chat.expect("#announcer").to_have_text(re.compile(r"is thinking…"))
    expect(last(chat)).to_contain_text("Only you can see this")
    expect(last(chat).get_by_role("button", name="Dismiss message")).to_have_count(0)
    playground.finish(asked, content="At last.")
    expect(last(chat)).to_contain_text("At last.")
    chat.expect("#announcer").to_have_text("Undertone (only you can see this): At last.")
    last(chat).get_by_role("button", name="Dismiss message").click()
    chat.expect(".message").to_have_count(0)
    chat.expect("#announcer").to_have_text("Message dismissed.")


def test_what_is_not_answered_is_said_to_have_failed(chat: Chat, playground: LivePlayground):
    playground.as_bot("POST", "/messages", components=[row(button("Silent"))])
    playground.server.interactions.answer_seconds = SHORT_SECONDS
    silent = chat.page.get_by_role("button", name="Silent")
    silent.wait_for()
    chat.page.evaluate(NOTE_BUSY)
    silent.focus()
    chat.page.keyboard.press("Enter")
    failure = "This interaction failed: Undertone did not respond in time."
    expect(last(chat)).to_contain_text(failure)
    assert "true" in chat.page.evaluate("window.busy")
    expect(silent).to_have_attribute("aria-busy", "false")
    expect(silent).to_be_focused()
    chat.expect("#announcer").to_have_text(failure)
    ask_for_help(chat)
    expect(chat.page.get_by_role("alert")).to_contain_text("/help failed: Undertone did not")


def test_a_button_keeps_the_focus_through_an_edit(chat: Chat, playground: LivePlayground):
    press = button("Press", emoji={"name": "👍"})
    parts = [row(press, button("Broken", disabled=True))]
    playground.as_bot("POST", "/messages", components=parts)
    pressed = chat.page.get_by_role("button", name="Press")
    pressed.focus()
    for count in (1, 2):
        chat.page.keyboard.press("Space")
        playground.answer(Callback.UPDATE, content=f"Pressed {count}")
        expect(last(chat).locator(".words")).to_have_text(f"Pressed {count}")
        expect(pressed).to_be_focused()
    expect(chat.page.get_by_role("button", name="Broken")).to_be_disabled()
    check_names(chat)


def test_menus_take_one_or_several_values(chat: Chat, playground: LivePlayground):
    nuts = {"label": "Nuts", "value": "nuts", "emoji": {"name": "🌰"}, "description": "Crunchy"}
    rest = [{"label": name, "value": name.lower()} for name in ("Cream", "Mint")]
    toppings = {"type": 3, "custom_id": "t", "placeholder": "Toppings", "options": [nuts, *rest]}
    role = {"type": 6, "custom_id": "r", "placeholder": "Role"}
    place = {"type": 8, "custom_id": "p", "placeholder": "Places", "max_values": 2}
    rows = [row(toppings | {"max_values": 2}), row(role), row(place)]
    playground.as_bot("POST", "/messages", components=rows)
    menu = chat.page.get_by_role("button", name="Toppings")
    menu.focus()
    chat.page.keyboard.press("Enter")
    listbox = chat.page.get_by_role("listbox", name="Toppings")
    expect(listbox.get_by_role("option", name="Nuts")).to_be_focused()
    done = chat.page.get_by_role("button", name=re.compile("^Choose"))
    expect(done).to_be_disabled()
    check_names(chat)
    for key in ("m", "Space", "Home", "Space", "ArrowDown", "Space"):  # a third is one too many
        chat.page.keyboard.press(key)
    expect(listbox.get_by_role("option", selected=True)).to_have_text(["🌰NutsCrunchy", "Mint"])
    chat.page.keyboard.press("Tab")
    expect(done).to_be_focused()
    chat.page.keyboard.press("Enter")
    chosen = playground.answer(Callback.DEFERRED_UPDATE).data["values"]
    assert sorted(chosen) == ["mint", "nuts"]
    expect(menu).to_be_focused()
    chat.page.get_by_role("button", name="Role").click()
    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_role("listbox")).to_have_count(0)
    chat.page.get_by_role("button", name="Role").click()
    chat.page.get_by_role("option", name="Moderators").click()
    assert playground.answer(Callback.DEFERRED_UPDATE).data["values"] == [str(MODERATOR_ROLE_ID)]
    chat.page.get_by_role("button", name="Places").click()
    for name in ("#general", "#voice-notes"):
        chat.page.get_by_role("option", name=name).click()
    done.click()
    chosen = playground.answer(Callback.DEFERRED_UPDATE).data["values"]
    assert chosen == [str(GENERAL_ID), str(VOICE_NOTES_ID)]


def test_the_menu_of_a_message_has_what_the_bot_offers(chat: Chat, playground: LivePlayground):
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
    playground.answer(Callback.MESSAGE, content="5 letters")
    expect(last(chat)).to_contain_text("5 letters")
    expect(last(chat)).to_contain_text("You used Count letters")
