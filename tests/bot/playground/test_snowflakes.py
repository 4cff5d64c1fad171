"""Ids carry the time at which they were made."""

from datetime import UTC, datetime, timedelta

import discord
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.snowflakes import SnowflakeMaker, moment_of, number, snowflake_at, timestamp

MOMENTS = st.datetimes(datetime(2015, 1, 2), datetime(2090, 1, 1), timezones=st.just(UTC))


@given(MOMENTS)
def test_an_id_carries_its_moment_as_discord_py_reads_it(moment: datetime) -> None:
    snowflake = snowflake_at(moment)
    assert abs(moment_of(snowflake) - moment) <= timedelta(milliseconds=1)
    assert discord.utils.snowflake_time(snowflake) == moment_of(snowflake)


@given(MOMENTS)
def test_a_timestamp_is_read_back_by_discord_py(moment: datetime) -> None:
    assert discord.utils.parse_time(timestamp(moment)) == moment


def test_ids_only_ever_grow() -> None:
    new_id = SnowflakeMaker()
    ids = [new_id() for _ in range(20_000)]
    assert ids == sorted(set(ids))
    assert abs(moment_of(ids[0]) - datetime.now(UTC)) < timedelta(minutes=1)


@given(st.text(max_size=30))
def test_a_text_that_is_no_id_is_nothings_id(text: str) -> None:
    assert number(text) == (
        int(text) if text.isascii() and text.isdigit() and len(text) < 21 else 0
    )
