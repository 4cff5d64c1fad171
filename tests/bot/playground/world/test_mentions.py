"""Who is pinged, and who is not."""

import pytest

from bot.playground.rest.message_body import MessageBody
from bot.playground.rest.validation import validate
from bot.playground.world import mentions
from bot.playground.world.people import BOT, YOU, Person

SAM, LEE = 11, 22
NAMED = f"<@{SAM}> <@!{LEE}> <@{SAM}> @everyone <@99>"


def allowed(given: object) -> mentions.AllowedMentions:
    return validate(MessageBody, {"allowed_mentions": given}).mentions


def pinged(content: str, given: object = None, replied_to: int | None = None) -> tuple[int, ...]:
    return mentions.mentioned_people(content, allowed(given), (SAM, LEE), replied_to=replied_to)


@pytest.mark.parametrize(
    "content", ["", "<@>", "<@x>", "@sam", "someone@everyones.example", "@ here"]
)
def test_words_that_name_nobody_ping_nobody(content: str):
    assert pinged(content) == ()
    assert not mentions.mentions_everyone(content, mentions.AllowedMentions())


def test_a_reply_pings_its_author_unless_that_is_not_wanted():
    assert pinged("yes", replied_to=SAM) == (SAM,)
    assert pinged(f"<@{SAM}>", replied_to=SAM) == (SAM,)
    assert pinged("yes", {"parse": []}, SAM) == ()
    assert pinged("yes", {"parse": [], "replied_user": True}, SAM) == (SAM,)


@pytest.mark.parametrize(
    ("given", "people", "everyone"),
    [
        (None, (SAM, LEE), True),
        ({}, (), False),
        ({"parse": []}, (), False),
        ({"parse": ["users"]}, (SAM, LEE), False),
        ({"parse": ["everyone"]}, (), True),
        ({"parse": ["roles"], "users": [str(LEE)]}, (LEE,), False),
    ],
)
def test_only_who_is_allowed_is_pinged(given: object, people: tuple[int, ...], everyone: bool):
    assert pinged(NAMED, given) == people
    assert mentions.mentions_everyone(NAMED, allowed(given)) == everyone


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("@Undertone hello", f"<@{BOT.id}> hello"),
        ("hello @undertone!", f"hello <@{BOT.id}>!"),
        ("@you and @Undertone", f"<@{YOU.id}> and <@{BOT.id}>"),
        ("@Undertones", "@Undertones"),
        ("me@undertone", "me@undertone"),
        (f"<@{BOT.id}>", f"<@{BOT.id}>"),
        ("@Your mother", "<@5> mother"),
    ],
)
def test_a_name_with_an_at_sign_becomes_a_mention(typed: str, sent: str):
    your = Person(id=5, name="Your", colour="#000000")
    assert mentions.with_mentions(typed, (YOU, BOT, your)) == sent
