"""Each message is answered once."""

import pytest

from bot.claims import RecentClaims


class Book:
    """Stands in for a database, which outlives the bot."""

    def __init__(self, *claimed: int) -> None:
        self.claimed = set(claimed)
        self.asked = 0

    async def claim(self, message_id: int) -> bool:
        self.asked += 1
        new = message_id not in self.claimed
        self.claimed.add(message_id)
        return new


async def test_a_message_is_claimed_once():
    claims = RecentClaims()
    assert [await claims.claim(number) for number in (1, 2, 1, 2, 3)] == [
        True,
        True,
        False,
        False,
        True,
    ]


async def test_only_so_many_are_remembered():
    claims = RecentClaims(most=2)
    for number in (1, 2, 3):
        await claims.claim(number)
    assert [await claims.claim(number) for number in (3, 1)] == [False, True]


async def test_what_was_claimed_before_a_restart_is_known_to_what_outlives_it():
    book = Book(1)
    claims = RecentClaims(book)
    assert [await claims.claim(number) for number in (1, 2, 2)] == [False, True, False]
    assert book.asked == 2


async def test_if_that_fails_a_message_is_rather_answered_twice_than_never(
    caplog: pytest.LogCaptureFixture,
):
    class Broken:
        async def claim(self, message_id: int) -> bool:
            raise OSError("a secret")

    claims = RecentClaims(Broken())
    assert await claims.claim(1)
    assert not await claims.claim(1)
    assert "a secret" not in caplog.text
