"""The queries and changes, on SQLite and on Postgres."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StorageError
from bot.storage import DEFAULTS, Preferences, Storage
from bot.storage.storage import DISCORD_EPOCH_SECONDS, FRESH_SECONDS, MILLISECOND_SHIFT
from bot.storage.tables import ANSWERED, METADATA, OPT_OUTS, PREFERENCES, SECRET_KEYS, VERDICTS
from tests.bot.storage.conftest import Place

GUILD, OTHER_GUILD = 1_100_000_000_000_000_001, 1_100_000_000_000_000_002
CHANNEL, OTHER_CHANNEL = 1_200_000_000_000_000_001, 1_200_000_000_000_000_002
PERSON, OTHER_PERSON = 1_300_000_000_000_000_001, 1_300_000_000_000_000_002
APPLICATION = 1_400_000_000_000_000_001
WEEK = 7 * 24 * 3600.0
HOUR = 3600.0


@pytest_asyncio.fixture
async def storage(place: Place) -> AsyncIterator[Storage]:
    async with Storage.open(place.url) as storage:
        yield storage


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


async def break_off(storage: Storage) -> None:
    """Let the database fail from now on: its tables are gone."""
    async with storage._database.write() as connection:
        await connection.run_sync(METADATA.drop_all)


def message_at(seconds: float, number: int = 0) -> int:
    """Return the id of a message that was written at a time, in seconds since 1970."""
    return (int(seconds * 1000) - DISCORD_EPOCH_SECONDS * 1000 << MILLISECOND_SHIFT) + number


async def test_where_no_preferences_are_set_the_defaults_hold(storage: Storage):
    assert await storage.preferences(GUILD, CHANNEL) == DEFAULTS
    assert await storage.preferences(None, CHANNEL) == DEFAULTS
    assert await storage.preference_levels(GUILD) == {}


async def test_a_channel_wins_over_its_server_and_inherits_the_rest(storage: Storage):
    await storage.set_preferences(GUILD, None, automatic=False, min_confidence=0.3)
    await storage.set_preferences(GUILD, CHANNEL, automatic=True, language="pt-BR")
    assert await storage.preferences(GUILD, CHANNEL) == Preferences(
        automatic=True, min_confidence=0.3, language="pt-BR"
    )
    assert await storage.preferences(GUILD, OTHER_CHANNEL) == Preferences(
        automatic=False, min_confidence=0.3
    )
    assert await storage.preferences(OTHER_GUILD, CHANNEL) == DEFAULTS


async def test_a_change_leaves_the_rest_and_none_is_inherited_again(storage: Storage):
    await storage.set_preferences(GUILD, None, detail="compact")
    await storage.set_preferences(GUILD, CHANNEL, detail="full")
    await storage.set_preferences(GUILD, CHANNEL, private=True)
    await storage.set_preferences(GUILD, CHANNEL, detail=None)
    server, channel = Preferences(detail="compact"), Preferences(private=True)
    assert await storage.preference_levels(GUILD) == {None: server, CHANNEL: channel}
    assert (await storage.preferences(GUILD, CHANNEL)).detail == "compact"
    await storage.set_preferences(GUILD, CHANNEL, private=None)
    assert await storage.preference_levels(GUILD) == {None: server}


async def test_a_reset_of_preferences_is_of_one_level_only(storage: Storage):
    for channel in (None, CHANNEL, OTHER_CHANNEL):
        await storage.set_preferences(GUILD, channel, private=True)
    await storage.reset_preferences(GUILD, None)
    await storage.reset_preferences(GUILD, CHANNEL)
    assert await storage.preference_levels(GUILD) == {OTHER_CHANNEL: Preferences(private=True)}
    assert not (await storage.preferences(GUILD, CHANNEL)).private


async def test_what_is_set_and_counted_lasts_over_a_restart(place: Place):
    wanted = {"automatic": False, "audio_files": False, "detail": "compact"}
    wanted |= {"min_confidence": 0.1, "private": True, "language": "de"}
    async with Storage.open(place.url) as storage:
        await storage.set_preferences(GUILD, CHANNEL, **wanted)
        await storage.count_verdict(GUILD, heard="sad", said="calm")
        await storage.set_commands_digest(APPLICATION, "abc")
    async with Storage.open(place.url) as storage:
        assert await storage.preferences(GUILD, CHANNEL) == Preferences(**wanted)
        assert await storage.preference_levels(GUILD) == {CHANNEL: Preferences(**wanted)}
        assert await storage.verdicts(GUILD) == {("sad", "calm"): 1}
        assert await storage.commands_digest(APPLICATION) == "abc"


@pytest.mark.parametrize(
    "change",
    [
        {"min_confidence": 1.01},
        {"min_confidence": float("nan")},
        {"detail": "verbose"},
        {"language": "Klingon!"},
    ],
)
async def test_a_preference_without_sense_is_refused(storage: Storage, change: dict[str, object]):
    with pytest.raises(ValidationError, match=f"Preferences\n{next(iter(change))}"):
        await storage.set_preferences(GUILD, None, **change)
    assert await storage.preference_levels(GUILD) == {}


async def test_changes_of_different_things_at_once_all_last(place: Place):
    async with Storage.open(place.url) as one, Storage.open(place.url) as other:
        await asyncio.gather(
            one.set_preferences(GUILD, None, detail="compact"),
            other.set_preferences(GUILD, None, private=True),
            one.set_preferences(GUILD, None, automatic=False),
            other.set_preferences(GUILD, None, language="fr"),
        )
        assert await one.preference_levels(GUILD) == {
            None: Preferences(detail="compact", private=True, automatic=False, language="fr")
        }


async def test_the_database_is_not_asked_for_each_message(storage: Storage):
    await storage.set_preferences(GUILD, CHANNEL, private=True)
    before = await storage.preferences(GUILD, CHANNEL)
    await storage.preferences(OTHER_GUILD, CHANNEL)
    await break_off(storage)
    assert await storage.preferences(GUILD, CHANNEL) == before
    assert await storage.preferences(GUILD, OTHER_CHANNEL) == DEFAULTS
    assert await storage.preferences(OTHER_GUILD, CHANNEL) == DEFAULTS


async def test_preferences_that_another_bot_changed_are_seen_after_a_while(place: Place):
    clock = Clock()
    async with (
        Storage.open(place.url, clock=clock) as one,
        Storage.open(place.url) as other,
    ):
        assert await one.preferences(GUILD, CHANNEL) == DEFAULTS
        await other.set_preferences(GUILD, CHANNEL, private=True)
        assert await one.preferences(GUILD, CHANNEL) == DEFAULTS
        clock.now += FRESH_SECONDS
        assert (await one.preferences(GUILD, CHANNEL)).private


async def test_when_the_database_fails_the_last_known_preferences_hold(
    place: Place, caplog: pytest.LogCaptureFixture
):
    clock = Clock()
    async with Storage.open(place.url, clock=clock) as storage:
        await storage.set_preferences(GUILD, CHANNEL, automatic=False)
        before = await storage.preferences(GUILD, CHANNEL)
        await break_off(storage)
        clock.now += FRESH_SECONDS
        for _ in range(5):
            assert await storage.preferences(GUILD, CHANNEL) == before
        assert len(caplog.records) == 1, "the failing database is not asked each time"
        with pytest.raises(StorageError):
            await storage.preferences(OTHER_GUILD, CHANNEL)


async def test_what_was_read_while_it_was_changed_is_not_kept(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
):
    read = storage._database.read

    @contextlib.asynccontextmanager
    async def overtaken() -> AsyncIterator[AsyncConnection]:
        async with read() as connection:
            yield connection
        await storage.set_preferences(GUILD, None, private=True)

    with monkeypatch.context() as patch:
        patch.setattr(storage._database, "read", overtaken)
        assert await storage.preference_levels(GUILD) == {}
    assert (await storage.preferences(GUILD, CHANNEL)).private


async def test_who_opts_out_is_out_over_restarts_until_they_opt_in(place: Place):
    for _ in range(2):
        async with Storage.open(place.url) as storage:
            await storage.opt_out(PERSON)
    async with Storage.open(place.url) as storage:
        assert await storage.is_opted_out(PERSON)
        assert not await storage.is_opted_out(OTHER_PERSON)
        async with storage._database.read() as connection:
            count = await connection.execute(select(func.count()).select_from(OPT_OUTS))
            assert count.scalar() == 1
        for _ in range(2):
            await storage.opt_in(PERSON)
            assert not await storage.is_opted_out(PERSON)


async def test_an_opt_out_told_to_one_bot_holds_for_another_at_once(place: Place):
    async with Storage.open(place.url) as one, Storage.open(place.url) as other:
        assert not await other.is_opted_out(PERSON)
        await one.opt_out(PERSON)
        assert await other.is_opted_out(PERSON)


async def test_an_opt_out_that_cannot_be_known_or_kept_is_an_error(storage: Storage):
    await storage.opt_out(PERSON)
    await break_off(storage)
    with pytest.raises(StorageError):
        await storage.opt_out(OTHER_PERSON)
    for person in (PERSON, OTHER_PERSON):
        with pytest.raises(StorageError):
            await storage.is_opted_out(person)


async def test_two_databases_give_a_person_different_hashes(place: Place, tmp_path: Path):
    elsewhere = Place(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    async with Storage.open(place.url) as one, Storage.open(elsewhere.url) as other:
        assert one._hash(PERSON) != other._hash(PERSON)


async def test_bots_that_start_at_once_agree_on_the_key(place: Place):
    async def key() -> bytes:
        async with Storage.open(place.url) as storage:
            return storage._key

    async with Storage.open(place.url) as first:
        async with first._database.write() as connection:
            await connection.execute(SECRET_KEYS.delete())
        keys = await asyncio.gather(*(key() for _ in range(4)))
    assert len(set(keys)) == 1


async def test_verdicts_are_counted_by_server(storage: Storage):
    for heard, said in [("sad", "sad"), ("sad", "calm"), ("sad", "sad"), ("not sure", "happy")]:
        await storage.count_verdict(GUILD, heard=heard, said=said)
    await storage.count_verdict(OTHER_GUILD, heard="angry", said="angry")
    assert await storage.verdicts(GUILD) == {
        ("sad", "sad"): 2,
        ("sad", "calm"): 1,
        ("not sure", "happy"): 1,
    }


async def test_no_verdict_is_lost_when_many_come_at_once(place: Place):
    async with Storage.open(place.url) as one, Storage.open(place.url) as other:
        counted = [
            storage.count_verdict(GUILD, heard="calm", said="neutral")
            for storage in (one, other) * 20
        ]
        await asyncio.gather(*counted)
        assert await one.verdicts(GUILD) == {("calm", "neutral"): 40}


@pytest.mark.parametrize(("heard", "said"), [("sad", "not sure"), ("Ann", "sad"), ("sad", "")])
async def test_only_verdicts_on_emotions_are_counted(storage: Storage, heard: str, said: str):
    with pytest.raises(ValueError, match="emotions"):
        await storage.count_verdict(GUILD, heard=heard, said=said)
    assert await storage.verdicts(GUILD) == {}


async def test_a_server_that_the_bot_left_is_forgotten(storage: Storage):
    for guild in (GUILD, OTHER_GUILD):
        await storage.set_preferences(guild, CHANNEL, private=True)
        await storage.count_verdict(guild, heard="sad", said="sad")
        await storage.preferences(guild, CHANNEL)
    await storage.forget_guild(GUILD)
    assert await storage.preferences(GUILD, CHANNEL) == DEFAULTS
    assert await storage.verdicts(GUILD) == {}
    assert (await storage.preferences(OTHER_GUILD, CHANNEL)).private
    assert await storage.verdicts(OTHER_GUILD) == {("sad", "sad"): 1}
    async with storage._database.read() as connection:
        for table in (PREFERENCES, VERDICTS):
            rows = await connection.execute(select(table).where(table.c.guild_id == GUILD))
            assert rows.all() == []


async def test_a_message_is_claimed_once_over_restarts(place: Place):
    message = message_at(time.time())
    claims = []
    for _ in range(2):
        async with Storage.open(place.url) as storage:
            claims += [await storage.claim(message), await storage.claim(message)]
    assert claims == [True, False, False, False]


async def test_of_many_claims_at_once_each_is_of_one_bot(place: Place):
    now = time.time()
    messages = [message_at(now, number) for number in range(40)]
    async with Storage.open(place.url) as one, Storage.open(place.url) as other:
        claims = [asyncio.gather(one.claim(each), other.claim(each)) for each in messages]
        assert [sum(won) for won in await asyncio.gather(*claims)] == [1] * len(messages)


async def test_messages_of_more_than_a_week_ago_are_forgotten_and_nobodys(place: Place):
    clock = Clock()
    first, second = message_at(clock.now), message_at(clock.now + WEEK)
    async with Storage.open(place.url, clock=clock) as storage:
        assert await storage.claim(first)
        clock.now += WEEK + HOUR
        assert await storage.claim(second)
        async with storage._database.read() as connection:
            kept = (await connection.execute(select(ANSWERED.c.message_id))).scalars().all()
        assert kept == [second]
        assert not await storage.claim(first)


async def test_the_digest_of_commands_is_kept_for_each_application(storage: Storage):
    assert await storage.commands_digest(APPLICATION) is None
    await storage.set_commands_digest(APPLICATION, "one")
    await storage.set_commands_digest(APPLICATION, "two")
    assert await storage.commands_digest(APPLICATION) == "two"
    assert await storage.commands_digest(APPLICATION + 1) is None
