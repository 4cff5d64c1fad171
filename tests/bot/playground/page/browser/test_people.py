"""Being one of several people: who sees what, in which language, and how it is switched."""

from playwright.sync_api import expect

from bot.playground.world.channels import DIRECT_ID, FRIENDS_DIRECT_ID, GENERAL_ID
from bot.playground.world.people import BOT_ID, FRIEND, MODERATOR, YOU
from tests.bot.playground.page.browser.conftest import Chat, LivePlayground, OpenChat
from tests.playground import Upload


def become(chat: Chat, name: str) -> None:
    chat.page.get_by_role("radio", name=name).check()
    # Until the server has told what that person sees: the list of people has only the others.
    expect(chat.page.get_by_role("button", name=name, exact=True)).to_have_count(0)


def test_the_switch_is_kept_through_a_reload_and_by_the_keyboard(chat: Chat):
    you = chat.page.get_by_role("radio", name="You")
    expect(you).to_be_checked()
    you.focus()
    chat.page.keyboard.press("ArrowDown")
    robin = chat.page.get_by_role("radio", name="Robin")
    expect(robin).to_be_checked()
    expect(chat.page.get_by_role("button", name="Morgan")).to_be_visible()
    expect(chat.page.get_by_role("button", name="Robin", exact=True)).to_have_count(0)
    expect(robin).to_be_focused()
    chat.page.reload()
    expect(robin).to_be_checked()
    assert f"person={FRIEND.id}" in chat.page.url


def test_conversations_and_drafts_are_each_persons_own(
    open_chat: OpenChat, playground: LivePlayground
):
    chat = open_chat(channel=DIRECT_ID)
    playground.say("mine", channel=DIRECT_ID)
    chat.expect(".message .words").to_have_text("mine")
    chat.page.fill("#text", "half a thou")
    become(chat, "Robin")
    chat.expect("#channel-name").to_have_text("@Undertone")
    chat.expect(".message").to_have_count(0)
    chat.expect("#text").to_have_value("")
    chat.write("Robin's")
    chat.expect(".message .words").to_have_text("Robin's")
    become(chat, "You")
    chat.expect(".message .words").to_have_text("mine")
    chat.expect("#text").to_have_value("half a thou")
    assert [one.content for one in playground.messages(FRIENDS_DIRECT_ID)] == ["Robin's"]


def test_each_person_sees_commands_in_their_language(chat: Chat, playground: LivePlayground):
    german = {"name_localizations": {"de": "hilfe"}, "description_localizations": {"de": "Hilft."}}
    playground.register({"name": "help"} | german)
    languages = chat.page.get_by_label("Your Discord’s language")
    shown = ["American English", "Deutsch", "Español de España", "Polski"]
    expect(languages.get_by_role("option")).to_have_text(shown)
    languages.select_option("Deutsch")
    chat.page.fill("#text", "/")
    expect(chat.page.get_by_role("option", name="/hilfe")).to_contain_text("Hilft.")
    become(chat, "Robin")
    expect(languages).to_have_value("en-US")
    become(chat, "You")
    expect(languages).to_have_value("de")
    assert playground.world.locale_of(YOU.id) == "de"


def test_two_people_talk_without_the_bot(open_chat: OpenChat):
    you, robin = open_chat(), open_chat()
    become(robin, "Robin")
    you.page.get_by_role("button", name="Robin").click()
    you.expect("#channel-name").to_have_text("@Robin")
    you.write("psst")
    robin.page.get_by_role("link", name="You").click()
    robin.expect(".message .words").to_have_text("psst")
    robin.expect("#welcome").to_contain_text("You and You")
    become(robin, "Morgan")
    robin.expect("#channel-name").to_have_text("#voice-notes")


def test_only_some_may_delete_a_message(chat: Chat, playground: LivePlayground):
    playground.say("oops")
    more = chat.page.get_by_role("button", name="More")
    delete = chat.page.get_by_role("menuitem", name="Delete")
    become(chat, "Robin")
    more.click()
    expect(chat.page.get_by_role("menuitem", name="Reply", exact=True)).to_be_visible()
    expect(delete).to_have_count(0)
    chat.page.keyboard.press("Escape")
    become(chat, "Morgan")
    more.click()
    delete.click()
    chat.expect(".message").to_have_count(0)
    chat.expect("#announcer").to_have_text("Message deleted.")
    assert playground.messages() == []


def test_a_message_is_forwarded_and_shown_as_such(chat: Chat, playground: LivePlayground):
    note = Upload(filename="note.txt", data=b"x", content_type="text/plain")
    playground.say("look **here**", files=[note])
    chat.page.get_by_role("button", name="More").click()
    chat.page.get_by_role("menuitem", name="Forward…").click()
    places = chat.page.get_by_role("listbox", name="Forward to")
    expect(places.get_by_role("option", name="#voice-notes")).to_be_focused()
    chat.page.keyboard.press("ArrowDown")
    chat.page.keyboard.press("Enter")
    chat.expect("#announcer").to_have_text("Forwarded to #general.")
    chat.page.get_by_role("link", name="general").click()
    forwarded = chat.page.locator(".message .forwarded")
    expect(forwarded).to_contain_text("Forwarded")
    expect(forwarded.locator("strong")).to_have_text("here")
    expect(forwarded.get_by_role("link", name="note.txt")).to_be_visible()
    chat.expect(".message .reply").to_have_count(0)
    assert len(playground.messages(GENERAL_ID)) == 1


def test_a_reply_is_shown_and_can_be_called_off(chat: Chat, playground: LivePlayground):
    question = playground.say("What?", author=MODERATOR)
    more = chat.page.get_by_role("button", name="More: message from Morgan")
    more.press("Enter")
    chat.page.get_by_role("menuitem", name="Reply", exact=True).press("Enter")
    chat.expect("#replying").to_contain_text("Replying to Morgan What?")
    chat.expect("#text").to_be_focused()
    chat.page.keyboard.press("Escape")
    chat.expect("#replying").to_be_hidden()
    more.click()
    chat.page.get_by_role("menuitem", name="Reply and mention Undertone").click()
    chat.expect("#text").to_have_value("@Undertone ")
    chat.page.keyboard.type("listen")
    chat.page.keyboard.press("Enter")
    chat.expect(".message .reply").to_contain_text("Morgan What?")
    chat.expect("#replying").to_be_hidden()
    reply = playground.messages()[1]
    assert (reply.reply_to, reply.content) == (question.id, f"<@{BOT_ID}> listen")
    assert set(reply.mentions) == {BOT_ID, MODERATOR.id}


def test_an_address_of_nobody_is_your_own(chat: Chat, playground: LivePlayground):
    for nobody in ("17", "x"):
        chat.page.goto(f"{playground.url}/?person={nobody}")
        expect(chat.page.get_by_role("radio", name="You")).to_be_checked()
    chat.complaints.clear()  # the browser's own, about the socket


def test_on_a_phone_all_that_is_behind_a_button(open_chat: OpenChat, playground: LivePlayground):
    playground.say("hello")
    chat = open_chat(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    robin = chat.page.get_by_role("radio", name="Robin")
    expect(robin).to_be_hidden()
    chat.page.get_by_role("button", name="You are You").tap()
    chat.page.get_by_text("Robin").last.tap()
    expect(robin).to_be_checked()
    chat.page.keyboard.press("Escape")
    expect(robin).to_be_hidden()
    expect(chat.page.get_by_role("button", name="You are Robin")).to_be_focused()
    expect(chat.page.get_by_role("button", name="More")).to_have_css("opacity", "1")
