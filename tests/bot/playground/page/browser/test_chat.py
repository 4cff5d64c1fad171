"""Writing, reading, and what happens when the other side goes away."""

import io
from pathlib import Path

from PIL import Image

from tests.bot.playground.page.browser.conftest import Chat, LivePlayground
from tests.playground import Upload

HOSTILE = "<img src=x onerror=alert(1)><b>bold?</b> [click](javascript:alert(1))"

DROP = """([name, text, kind]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name));
    const event = kind === "paste"
        ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true })
        : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
    document.getElementById("text").dispatchEvent(event);
}"""


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(written, "PNG")
    return written.getvalue()


def test_a_newcomer_is_told_what_to_do(chat: Chat):
    chat.expect("#welcome").to_contain_text("Record a voice note")
    chat.expect("#welcome").to_contain_text("attach a recording")
    chat.expect("#presence").to_have_text("Undertone is online")


def test_enter_sends_and_shift_enter_breaks_the_line(chat: Chat, playground: LivePlayground):
    chat.page.get_by_label("Message #voice-notes").fill("one")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.type("two")
    chat.page.keyboard.press("Enter")
    chat.expect(".message .words").to_have_text("one\ntwo", use_inner_text=True)
    (message,) = playground.messages()
    assert message.content.splitlines() == ["one", "two"]
    chat.expect("#text").to_have_value("")


def test_what_could_not_be_sent_stays_and_can_be_sent_again(chat: Chat, playground: LivePlayground):
    playground.server.faults.fail("POST", "/playground/channels", status=500)
    chat.page.fill("#text", "hello")
    chat.page.keyboard.press("Enter")
    chat.expect("#notice").to_contain_text("try again")
    assert chat.page.input_value("#text") == "hello"
    chat.page.keyboard.press("Enter")
    chat.expect(".message .words").to_have_text("hello")
    chat.expect("#notice").to_be_hidden()
    assert len(chat.complaints) == 1  # the browser's own, about the answer 500
    chat.complaints.clear()


def test_a_message_that_is_too_long_is_said_to_be(chat: Chat, playground: LivePlayground):
    chat.page.fill("#text", "a" * 2001)
    chat.expect("#counter").to_have_text("-1")
    chat.page.keyboard.press("Enter")
    chat.expect("#notice").to_contain_text("2000 characters")
    assert playground.messages() == []


def test_files_come_by_the_button_by_dropping_and_by_pasting(
    chat: Chat, playground: LivePlayground, tmp_path: Path
):
    chosen = tmp_path / "chosen.txt"
    chosen.write_text("chosen")
    with chat.page.expect_file_chooser() as chooser:
        chat.page.get_by_label("Attach files").click()
    chooser.value.set_files(chosen)
    chat.page.evaluate(DROP, ["dropped.txt", "dropped", "dragover"])
    chat.expect("#drop").to_be_visible()
    chat.page.evaluate(DROP, ["dropped.txt", "dropped", "drop"])
    chat.expect("#drop").to_be_hidden()
    chat.page.evaluate(DROP, ["pasted.txt", "pasted", "paste"])
    chat.page.evaluate(DROP, ["unwanted.txt", "unwanted", "paste"])
    chat.page.get_by_label("Remove unwanted.txt").click()
    chat.page.get_by_label("Send the message").click()
    chat.expect("#staged").to_be_hidden()
    names = [file.filename for file in playground.messages()[0].attachments]
    assert names == ["chosen.txt", "dropped.txt", "pasted.txt"]
    assert chat.page.locator(".card a[download]").all_inner_texts() == names


def test_a_file_that_is_too_large_is_refused_before_it_travels(
    chat: Chat, playground: LivePlayground, tmp_path: Path
):
    large = tmp_path / "large.wav"
    large.write_bytes(bytes(10 * 1024 * 1024 + 1))
    chat.page.set_input_files("#files", large)
    chat.expect("#notice").to_contain_text("“large.wav” is over 10.0 MB")
    chat.expect("#staged").to_be_hidden()
    assert playground.messages() == []


def test_each_channel_keeps_its_draft_and_counts_what_is_new(
    chat: Chat, playground: LivePlayground
):
    chat.page.fill("#text", "a draft")
    chat.page.locator("#channels a", has_text="Undertone").click()
    chat.expect("#channel-name").to_have_text("@Undertone")
    assert chat.page.input_value("#text") == ""
    playground.as_bot("POST", "/messages", content="psst")
    chat.expect("#channels a:has-text('voice-notes') .unread").to_have_text("1 new")
    assert chat.page.title().startswith("(1) ")
    chat.page.go_back()
    chat.expect(".message .words").to_have_text("psst")
    chat.expect(".unread").to_have_count(0)
    assert chat.page.input_value("#text") == "a draft"


def test_the_bot_is_seen_typing_until_its_answer_comes(chat: Chat, playground: LivePlayground):
    playground.as_bot("POST", "/typing")
    chat.expect("#typing").to_have_text("Undertone is typing…")
    chat.expect("#announcer").to_have_text("Undertone is typing.")
    playground.as_bot("POST", "/messages", content="Here it is.")
    chat.expect(".message .words").to_have_text("Here it is.")
    chat.expect("#typing").to_be_empty()
    chat.expect("#announcer").to_have_text("Undertone: Here it is.")


def test_an_embed_is_drawn_with_all_its_parts(chat: Chat, playground: LivePlayground):
    embed = {
        "title": "😊 Happy",
        "description": "**bold** *slanted* `code` <@1>\n```\nhappy ███ 74%\n```",
        "color": 0xF0E442,
        "fields": [
            {"name": "Length", "value": "3.9 s", "inline": True},
            {"name": "Speech", "value": "**81 %**", "inline": True},
        ],
        "image": {"url": "attachment://plot.png"},
        "footer": {"text": "A guess"},
    }
    playground.as_bot("POST", "/messages", embeds=[embed], file=("plot.png", picture()))
    drawn = chat.page.locator(".embed")
    assert drawn.evaluate("box => getComputedStyle(box).borderLeftColor") == "rgb(240, 228, 66)"
    assert drawn.locator("h3").inner_text() == "😊 Happy"
    for tag, text in {"strong": "bold", "em": "slanted", "p code": "code"}.items():
        assert drawn.locator(f".words {tag}").first.inner_text() == text
    assert drawn.locator("pre").inner_text() == "happy ███ 74%"
    assert drawn.locator("dt").all_inner_texts() == ["Length", "Speech"]
    assert drawn.locator("dd strong").inner_text() == "81 %"
    assert "A guess" in drawn.locator(".foot-line").inner_text()
    image = drawn.locator("img")
    image.evaluate("image => image.decode()")
    assert image.evaluate("image => image.naturalWidth") == 40


def test_an_attached_picture_is_shown_with_its_words(chat: Chat, playground: LivePlayground):
    words = "Happy is far ahead"
    playground.as_bot(
        "POST",
        "/messages",
        attachments=[{"id": 0, "filename": "plot.png", "description": words}],
        file=("plot.png", picture()),
    )
    image = chat.page.get_by_alt_text(words)
    image.evaluate("image => image.decode()")
    assert image.evaluate("image => image.naturalWidth") == 40


def test_a_reply_leads_to_what_it_answers_and_knows_when_that_is_gone(
    chat: Chat, playground: LivePlayground
):
    question = playground.say("Who is there?")
    playground.say("filler\n" * 60)
    reference = {"message_id": str(question.id)}
    playground.as_bot("POST", "/messages", content="Me.", message_reference=reference)
    chat.expect(".reply").to_contain_text("You Who is there?")
    chat.page.locator(".reply button").click()
    chat.expect(f"#message-{question.id}").to_be_in_viewport()
    chat.expect(f"#message-{question.id}").to_be_focused()

    async def delete() -> None:
        playground.server.world.delete(question)

    playground.run(delete())
    chat.expect(".reply").to_contain_text("a message that was deleted")
    chat.expect(f"#message-{question.id}").to_have_count(0)


def test_edits_and_deletions_arrive(chat: Chat, playground: LivePlayground):
    sent = playground.as_bot("POST", "/messages", content="Hapy")
    chat.expect(".message .words").to_have_text("Hapy")
    playground.as_bot("PATCH", f"/messages/{sent['id']}", content="Happy")
    chat.expect(".message .words").to_have_text("Happy")
    chat.expect(".message .edited").to_be_visible()
    playground.as_bot("DELETE", f"/messages/{sent['id']}")
    chat.expect(".message").to_have_count(0)


def test_what_people_write_is_never_run(chat: Chat, playground: LivePlayground):
    playground.say(HOSTILE)
    playground.say("x", files=[Upload(filename=HOSTILE, data=b"x", content_type="text/html")])
    for part in (
        {"title": HOSTILE},
        {"description": HOSTILE, "footer": {"text": HOSTILE}},
        {"fields": [{"name": HOSTILE, "value": HOSTILE}]},
        {"author": {"name": HOSTILE}},
    ):
        playground.as_bot("POST", "/messages", embeds=[part])
    chat.expect(".message").to_have_count(6)
    bodies = chat.page.locator(".message .body")
    assert bodies.locator("img, b, script").count() == 0
    protocols = bodies.locator("a").evaluate_all("links => links.map(link => link.protocol)")
    assert protocols == ["http:"]  # the card's own link to the file
    assert bodies.locator("a").get_attribute("download") is not None
    # Word for word as it was written, but for the file's name, which the server makes safe.
    assert sum(text.count("<img src=x onerror=alert(1)>") for text in bodies.all_inner_texts()) == 7


def test_pictures_from_elsewhere_are_not_loaded(chat: Chat, playground: LivePlayground):
    spy = {"url": "https://example.org/spy.png"}
    playground.as_bot("POST", "/messages", embeds=[{"title": "Look", "image": spy}])
    chat.expect(".embed").to_have_text("Look")
    assert chat.page.locator(".embed img").count() == 0


def test_the_bot_going_away_is_said(chat: Chat, playground: LivePlayground):
    playground.set_bot_online(False)
    chat.expect("#presence").to_have_text("Undertone is offline")
    chat.expect("#offline").to_contain_text("it will not hear")
    playground.set_bot_online(True)
    chat.expect("#offline").to_be_hidden()


def test_the_page_comes_back_by_itself_and_shows_nothing_twice(
    chat: Chat, playground: LivePlayground
):
    playground.say("before")
    chat.expect(".message").to_have_count(1)
    port = int(playground.url.rsplit(":", 1)[1])
    playground.run(playground.server.stop())
    chat.expect("#connection").to_contain_text("The connection to the playground is lost")
    chat.expect("#presence").to_be_hidden()
    playground.say("meanwhile")
    playground.server._wanted_port = port
    playground.run(playground.server.start())
    chat.expect("#connection").to_be_hidden()
    chat.expect("#presence").to_be_visible()
    chat.expect(".message").to_have_count(2)
    playground.say("after")
    chat.expect(".message").to_have_count(3)
    assert chat.page.locator(".message .words").all_inner_texts() == [
        "before",
        "meanwhile",
        "after",
    ]
    chat.complaints.clear()  # the browser's own, about the socket
