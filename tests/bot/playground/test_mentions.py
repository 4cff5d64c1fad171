"""Who is pinged, and who is not."""

import pytest

from bot.playground.errors import ApiError
from bot.playground.mentions import AllowedMentions, Pings, pings_of, with_mentions
from bot.playground.people import BOT, YOU, Person

SAM, LEE, ROLE = 11, 22, 33
EVERYTHING = f"<@{SAM}> <@!{LEE}> <@{SAM}> <@&{ROLE}> @everyone <@99> <@&98>"


def pings(
    content: str,
    allowed: AllowedMentions | None = None,
    *,
    replied_to: int | None = None,
    may_ping_everyone: bool = True,
) -> Pings:
    return pings_of(
        content,
        allowed=allowed or AllowedMentions(),
        people=(SAM, LEE),
        roles=(ROLE,),
        may_ping_everyone=may_ping_everyone,
        replied_to=replied_to,
    )


def test_everybody_who_is_named_and_there_is_pinged_once() -> None:
    assert pings(EVERYTHING) == Pings(people=(SAM, LEE), roles=(ROLE,), everyone=True)


@pytest.mark.parametrize(
    "content", ["", "<@>", "<@x>", "@sam", "someone@everyones.example", "@ here"]
)
def test_other_words_ping_nobody(content: str) -> None:
    assert pings(content) == Pings()


def test_who_may_not_ping_everyone_does_not() -> None:
    assert not pings("@here", may_ping_everyone=False).everyone


def test_a_reply_pings_its_author_unless_that_is_not_wanted() -> None:
    assert pings("yes", replied_to=SAM).people == (SAM,)
    assert pings(f"<@{SAM}>", replied_to=SAM).people == (SAM,)
    assert pings("yes", AllowedMentions.from_json({"parse": []}), replied_to=SAM) == Pings()
    wanted = AllowedMentions.from_json({"parse": [], "replied_user": True})
    assert pings("yes", wanted, replied_to=SAM).people == (SAM,)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, Pings(people=(SAM, LEE), roles=(ROLE,), everyone=True)),
        ({}, Pings()),
        ({"parse": []}, Pings()),
        ({"parse": ["users"]}, Pings(people=(SAM, LEE))),
        ({"parse": ["everyone"]}, Pings(everyone=True)),
        ({"parse": ["roles"], "users": [str(LEE)]}, Pings(people=(LEE,), roles=(ROLE,))),
        ({"roles": [ROLE]}, Pings(roles=(ROLE,))),
    ],
)
def test_only_what_is_allowed_is_pinged(given: object, expected: Pings) -> None:
    assert pings(EVERYTHING, AllowedMentions.from_json(given)) == expected


@pytest.mark.parametrize(
    "given",
    [
        [],
        "none",
        {"parse": "users"},
        {"parse": ["cats"]},
        {"parse": ["users"], "users": ["1"]},
        {"users": ["x"]},
        {"users": [{}]},
        {"roles": list(range(101))},
    ],
)
def test_nonsense_is_refused(given: object) -> None:
    with pytest.raises(ApiError) as refused:
        AllowedMentions.from_json(given)
    assert refused.value.code == 50035


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
def test_a_name_with_an_at_sign_becomes_a_mention(typed: str, sent: str) -> None:
    your = Person(id=5, name="Your", colour="#000000")
    assert with_mentions(typed, (YOU, BOT, your)) == sent
