"""Writing, reading, and what happens when the other side goes away."""

from pathlib import Path

from bot.playground.world.channels import VOICE_NOTES_ID
from tests.bot.playground.page.browser.conftest import Chat, LivePlayground
from tests.bot.playground.recordings import png, wav
from tests.playground import Upload

HOSTILE = "<img src=x onerror=alert(1)><b>bold?</b> [click](javascript:alert(1))"

WIDTH = "image => image.decode().then(() => image.naturalWidth)"

MARKDOWN = {
    r"\*as it is\* snake_case_name": "*as it is* snake_case_name",
    "**bold** *slanted* _too_ __under__ ~~gone~~": "<strong>bold</strong> <em>slanted</em> "
    "<em>too</em> <u>under</u> <s>gone</s>",
    "`code` <#17> <@1>": '<code>code</code> <span class="mention">#somewhere</span> '
    '<span class="mention">@someone</span>',
    "- one\n- two": "<li>one</li><li>two</li>",
}


def test_it_says_what_to_do_and_when_the_bot_is_away(chat: Chat, playground: LivePlayground):
    chat.expect("#welcome").to_contain_text("Record a voice note")
    chat.expect("#welcome").to_contain_text("attach a recording")
    chat.expect("#presence").to_have_text("Undertone is online")
    playground.set_bot_online(False)
    chat.expect("#presence").to_have_text("Undertone is offline")
    chat.expect("#offline").to_contain_text("it will not hear")
    playground.set_bot_online(True)
    chat.expect("#offline").to_be_hidden()


def test_enter_sends_and_shift_enter_breaks_the_line(chat: Chat, playground: LivePlayground):
    chat.page.get_by_label("Message #voice-notes").fill("one")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.type("two")
    chat.page.keyboard.press("Enter")
    chat.expect(".message .words").to_have_text("one\ntwo", use_inner_text=True)
    [message] = playground.messages()
    assert message.content == "one\ntwo"
    chat.expect("#text").to_have_value("")


def test_what_could_not_be_sent_stays_and_can_be_sent_again(chat: Chat, playground: LivePlayground):
    playground.server.faults.fail("POST", "/playground/channels", status=500)
    chat.write("hello")
    chat.expect("#notice").to_contain_text("try again")
    chat.expect("#text").to_have_value("hello")
    chat.page.keyboard.press("Enter")
    chat.expect(".message .words").to_have_text("hello")
    chat.expect("#notice").to_be_hidden()
    assert len(chat.complaints) == 1  # the browser's own, about the answer 500
    chat.complaints.clear()


def test_a_message_that_is_too_long_is_said_to_be(chat: Chat, playground: LivePlayground):
    chat.write("a" * 2001)
    chat.expect("#counter").to_have_text("-1")
    chat.expect("#notice").to_contain_text("2000 characters")
    assert playground.messages() == []


def test_files_come_in_three_ways(chat: Chat, playground: LivePlayground, tmp_path: Path):
    chosen, large = tmp_path / "chosen.txt", tmp_path / "large.wav"
    chosen.write_bytes(b"x" * 2048)
    large.write_bytes(bytes(10 * 1024 * 1024 + 1))
    chat.page.set_input_files("#files", large)
    chat.expect("#notice").to_contain_text("“large.wav” is over 10.0 MB")
    chat.expect("#staged").to_be_hidden()
    with chat.page.expect_file_chooser() as chooser:
        chat.page.get_by_label("Attach files").click()
    chooser.value.set_files(chosen)
    chat.drop("dropped.txt", "dragover")
    chat.expect("#drop").to_be_visible()
    chat.drop("dropped.txt")
    chat.expect("#drop").to_be_hidden()
    chat.drop("pasted.txt", "paste")
    chat.drop("unwanted.txt", "paste")
    chat.page.get_by_label("Remove unwanted.txt").click()
    chat.page.get_by_label("Send the message").click()
    chat.expect("#staged").to_be_hidden()
    [message] = playground.messages()
    names = [file.filename for file in message.attachments]
    assert names == ["chosen.txt", "dropped.txt", "pasted.txt"]
    chat.expect(".card a[download]").to_have_text(names)
    chat.expect(".card small").to_have_text(["2 KB", "1 byte", "1 byte"])


def test_each_channel_keeps_its_draft_and_counts_news(chat: Chat, playground: LivePlayground):
    chat.page.fill("#text", "a draft")
    chat.page.locator("#channels a", has_text="Undertone").click()
    chat.expect("#channel-name").to_have_text("@Undertone")
    chat.expect("#text").to_have_value("")
    playground.as_bot("POST", "/messages", content="psst")
    chat.expect("#channels a:has-text('voice-notes') .unread").to_have_text("1 new")
    assert chat.page.title().startswith("(1) ")
    chat.page.go_back()
    chat.expect(".message .words").to_have_text("psst")
    chat.expect(".unread").to_have_count(0)
    chat.expect("#text").to_have_value("a draft")


def test_the_bot_is_seen_typing_until_its_answer_comes(chat: Chat, playground: LivePlayground):
    playground.as_bot("POST", "/typing")
    chat.expect("#typing").to_have_text("Undertone is typing…")
    chat.expect("#announcer").to_have_text("Undertone is typing.")
    playground.as_bot("POST", "/messages", content="Here it is.")
    chat.expect(".message .words").to_have_text("Here it is.")
    chat.expect("#typing").to_be_empty()
    chat.expect("#announcer").to_have_text("Undertone: Here it is.")


def test_words_are_styled(chat: Chat, playground: LivePlayground):
    for words in MARKDOWN:
        playground.say(words)
    chat.expect(".message").to_have_count(len(MARKDOWN))
    parts = chat.page.locator(".message .words > *")
    assert parts.evaluate_all("all => all.map(one => one.innerHTML)") == list(MARKDOWN.values())


def test_an_embed_is_drawn_with_all_its_parts(chat: Chat, playground: LivePlayground):
    embed = {
        "title": "😊 Happy",
        "description": "**bold**\n```\nhappy ███ 74%\n```",
        "color": 0xF0E442,
        "fields": [
            {"name": "Length", "value": "3.9 s", "inline": True},
            {"name": "Speech", "value": "**81 %**", "inline": True},
        ],
        "image": {"url": "attachment://plot.png"},
        "footer": {"text": "A guess"},
    }
    playground.as_bot("POST", "/messages", embeds=[embed], file=("plot.png", png()))
    drawn = chat.page.locator(".embed")
    assert drawn.evaluate("box => getComputedStyle(box).borderLeftColor") == "rgb(240, 228, 66)"
    for part, text in {
        "h3": "😊 Happy",
        ".words strong >> nth=0": "bold",
        "pre": "happy ███ 74%",
        "dt >> nth=1": "Speech",
        "dd strong": "81 %",
    }.items():
        assert drawn.locator(part).inner_text() == text
    assert "A guess" in drawn.locator(".foot-line").inner_text()
    assert drawn.locator("img").evaluate(WIDTH) == 30


def test_attached_pictures_and_sounds_are_shown(chat: Chat, playground: LivePlayground):
    words = "Happy is far ahead"
    described = [{"id": 0, "filename": "plot.png", "description": words}]
    playground.as_bot("POST", "/messages", attachments=described, file=("plot.png", png()))
    assert chat.page.get_by_alt_text(words).evaluate(WIDTH) == 30
    playground.say(files=[Upload(filename="a.wav", data=wav(65.0, rate=8_000))])
    chat.expect(".sound .file a").to_have_text("a.wav")
    position = chat.page.get_by_label("Position in a.wav")
    chat.expect(".sound .player").to_contain_text("1:05")
    assert "of 1 minute 5 seconds" in position.get_attribute("aria-valuetext")
    note = Upload(filename="b.ogg", data=b"x", duration=65.0, waveform="no Base64")
    note = playground.say(voice=note)
    chat.expect("[aria-label='voice message from You, 1 minute 5 seconds']").to_be_visible()
    playground.call(playground.world.delete, note)
    chat.expect(".message").to_have_count(2)


def test_a_reply_and_an_address_lead_to_a_message(chat: Chat, playground: LivePlayground):
    question = playground.say("Who is there?")
    playground.say("filler\n" * 60)
    address = f"https://discord.com/channels/17/{VOICE_NOTES_ID}/{question.id}"
    reference = {"message_id": str(question.id)}
    playground.as_bot("POST", "/messages", content=address, message_reference=reference)
    chat.expect(".reply").to_contain_text("You Who is there?")
    for link in (".reply button", ".words a"):
        chat.page.locator(link).click()
        chat.expect(f"#message-{question.id}").to_be_in_viewport()
        chat.expect(f"#message-{question.id}").to_be_focused()
    playground.call(playground.world.delete, question)
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


def test_what_people_write_is_never_run_or_loaded(chat: Chat, playground: LivePlayground):
    playground.say(HOSTILE)
    playground.say("x", files=[Upload(filename=HOSTILE, data=b"x", content_type="text/html")])
    for part in (
        {"title": HOSTILE},
        {"description": HOSTILE, "footer": {"text": HOSTILE}},
        {"fields": [{"name": HOSTILE, "value": HOSTILE}]},
        {"author": {"name": HOSTILE}, "image": {"url": "https://example.org/spy.png"}},
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


def test_the_page_comes_back_and_shows_nothing_twice(chat: Chat, playground: LivePlayground):
    playground.say("before")
    chat.expect(".message").to_have_count(1)
    port = int(playground.url.rsplit(":", 1)[1])
    playground.run(playground.server.stop())
    chat.expect("#connection").to_contain_text("The connection to the playground is lost")
    chat.expect("#presence").to_be_hidden()
    chat.write("later")
    chat.expect("#notice").to_contain_text("The playground could not be reached")
    playground.say("meanwhile")
    playground.server._wanted_port = port
    playground.run(playground.server.start())
    chat.expect("#connection").to_be_hidden()
    chat.expect("#presence").to_be_visible()
    chat.expect("#notice").to_be_hidden()
    chat.expect("#text").to_have_value("later")
    chat.expect(".message").to_have_count(2)
    playground.say("after")
    chat.expect(".message .words").to_have_text(["before", "meanwhile", "after"])
    chat.complaints.clear()  # the browser's own, about socket and request
