"""What can be said of the looks by measuring: nothing sticks out, and everything can be read."""

import pytest

from bot.playground.world.channels import VOICE_NOTES_ID
from bot.playground.world.messages import Message, MessageFlag
from bot.playground.world.people import BOT_ID, YOU
from tests.bot.playground.page.browser.conftest import RECORD, SEND, Chat, LivePlayground, OpenChat

AA_CONTRAST = 4.5  # WCAG 2.2's least for text
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenhalterung" * 3

# The contrast of every visible piece of text with what is painted behind it.
CONTRASTS = """() => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const luminance = (colours) => {
        for (const colour of ["white", ...colours]) {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
        }
        const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data]
            .map((value) => value / 255)
            .map((value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const behind = (element) => element
        ? [...behind(element.parentElement), getComputedStyle(element).backgroundColor]
        : [];
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode.textContent.trim();
        const element = walker.currentNode.parentElement;
        if (!text || !element.checkVisibility() || element.closest(".unseen, .skip")) continue;
        const ground = behind(element);
        const lights = [ground, [...ground, getComputedStyle(element).color]].map(luminance);
        found.push([(Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05), text]);
    }
    return found;
}"""

# The name of what has the focus, and whether that is seen.
FOCUSED = """() => {
    const element = document.activeElement;
    const label = element.labels?.[0] ?? element;
    const outline = getComputedStyle(label.contains(element) ? label : element);
    const box = getComputedStyle(element.closest(".box") ?? element).boxShadow;
    return [
        element.getAttribute("aria-label") ?? label.innerText.split("\\n").at(-1),
        outline.outlineStyle !== "none" || box !== "none",
    ];
}"""


def fill(playground: LivePlayground) -> None:
    """Post something of every kind."""
    question = playground.say(f"**What** is `{LONG}`? https://example.org/{LONG}")
    embed = {
        "title": f"😠 Angry, 74% sure {LONG}",
        "description": f"```\nangry     {'█' * 120} 74%\n```",
        "color": 0xD55E00,
        "fields": [{"name": name, "value": LONG, "inline": True} for name in ("One", "Two")],
        "footer": {"text": "A guess from the tone of voice"},
    }
    content, reference = f"<@{YOU.id}> # {LONG}", {"message_id": str(question.id)}
    sent = playground.as_bot("POST", "/messages", embeds=[embed], message_reference=reference)
    playground.as_bot("PATCH", f"/messages/{sent['id']}", content=content)
    file = (f"{LONG}.bin", b"x")
    playground.as_bot("POST", "/messages", content="-# small\n> said\n- one", file=file)
    buttons = [
        {"type": 2, "style": style, "label": LONG[:80], "custom_id": str(style)}
        for style in range(1, 5)
    ]
    options = [{"label": LONG[:100], "value": "1"}]
    menu = {"type": 3, "custom_id": "menu", "placeholder": LONG[:100], "options": options}
    rows = [{"type": 1, "components": parts} for parts in (buttons, [menu])]
    playground.as_bot("POST", "/messages", content="Choose", components=rows)
    whisper = Message(
        channel_id=VOICE_NOTES_ID,
        author_id=BOT_ID,
        content=f"A secret {LONG}",
        visible_to=YOU.id,
        flags=MessageFlag.EPHEMERAL,
    )
    playground.call(playground.world.post, whisper)
    playground.run(playground.server.forward(question.id, VOICE_NOTES_ID))
    playground.as_bot("POST", "/typing")
    playground.set_bot_online(False)


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_sticks_out(open_chat: OpenChat, playground: LivePlayground, width: int):
    def check(*controls: str) -> None:
        for place in ("document.documentElement", "document.getElementById('log')"):
            assert chat.page.evaluate(f"{place}.scrollWidth <= {place}.clientWidth"), place
        for control in controls:
            box = chat.page.locator(control).bounding_box()
            assert 0 <= box["x"] <= width - box["width"]
            assert min(box["width"], box["height"]) >= 24  # WCAG 2.2's least for a target

    fill(playground)
    look = {"viewport": {"width": width, "height": 640}, "has_touch": True}
    chat = open_chat(**look, is_mobile=width < 768)
    chat.expect(".message").to_have_count(6)
    check("#slash", "#send", "#channels a[aria-current]", ".more >> nth=-1", ".select")
    chat.page.get_by_label(RECORD).click()
    chat.page.get_by_label(SEND).wait_for()
    check("#discard", "#record", *(["#me"] if width < 720 else []))


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_all_text_can_be_read(open_chat: OpenChat, playground: LivePlayground, scheme: str):
    fill(playground)
    chat = open_chat(color_scheme=scheme)
    chat.expect(".message").to_have_count(6)
    chat.page.get_by_text("Network", exact=True).click()
    chat.page.fill("#text", "x" * 2001)
    chat.page.keyboard.press("Enter")
    chat.expect("#notice").to_be_visible()
    chat.page.get_by_role("button", name="More").last.click()
    chat.expect("[role=menuitem]").to_have_count(4)
    contrasts = chat.page.evaluate(CONTRASTS)
    assert len(contrasts) > 30
    assert [one for one in contrasts if one[0] < AA_CONTRAST] == []


def test_every_control_has_a_name_and_the_keyboard_reaches_it(chat: Chat):
    chat.page.fill("#text", "x")
    chat.page.evaluate("document.body.tabIndex = -1; document.body.focus()")
    reached = []
    for _ in range(20):
        chat.page.keyboard.press("Tab")
        reached.append(chat.page.evaluate(FOCUSED))
    wanted = [
        "Skip to writing a message",
        "voice-notes",
        "Undertone",
        "Robin",
        "You",
        "Your Discord’s language",
        "Network",
        "Messages in #voice-notes",
        "Record a voice note",
        "Attach files",
        "Commands",
        "Message #voice-notes",
        "Send the message",
        "Record a voice message",
    ]
    assert [name for name, _ in reached if name in wanted][: len(wanted)] == wanted
    assert all(name for name, _ in reached)
    assert all(is_seen for _, is_seen in reached[: len(wanted)])


def test_those_who_want_less_movement_get_it(open_chat: OpenChat, playground: LivePlayground):
    chat = open_chat(reduced_motion="reduce")
    playground.as_bot("POST", "/typing")
    chat.expect("#typing .wave").to_be_visible()
    chat.page.get_by_label(RECORD).click()
    chat.page.locator("#meter .played").nth(5).wait_for()  # a needle, not a stream
    assert chat.page.evaluate("document.getAnimations().length") == 0
