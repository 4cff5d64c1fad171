"""The world: what happens in it is told to whoever listens, and to nobody else."""

import pytest

from bot.playground.attachments import Upload
from bot.playground.errors import ApiError, PlaygroundError
from bot.playground.events import (
    BotPresenceChanged,
    Event,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    TypingStarted,
)
from bot.playground.messages import Draft, Revision
from bot.playground.world import World


@pytest.fixture
def world() -> World:
    return World()


def draft(world: World, content: str = "hello", **options: object) -> Draft:
    channel_id = world.channel_named("general").id
    return Draft(channel_id=channel_id, author_id=world.you.id, content=content, **options)  # type: ignore[arg-type]


def test_listeners_are_told_of_everything_in_order_until_they_leave(world: World) -> None:
    heard: list[Event] = []
    leave = world.subscribe(heard.append)
    sent = world.post(draft(world))
    edited = world.edit(sent.channel_id, sent.id, Revision(content="goodbye"))
    world.start_typing(sent.channel_id, world.bot.id)
    world.set_bot_online(True)
    world.set_bot_online(True)
    world.delete(sent.channel_id, sent.id)
    leave()
    leave()
    world.post(draft(world))

    assert heard == [
        MessageCreated(sent),
        MessageEdited(edited),
        TypingStarted(sent.channel_id, world.bot.id),
        BotPresenceChanged(online=True),
        MessageDeleted(sent.channel_id, sent.id),
    ]


def test_what_is_refused_changes_nothing_and_is_told_to_nobody(world: World) -> None:
    heard: list[Event] = []
    world.subscribe(heard.append)
    upload = Upload(filename="a.ogg", data=b"OggS")
    with pytest.raises(ApiError, match="Unknown Message"):
        world.post(draft(world, uploads=[upload], reply_to=17))
    with pytest.raises(ApiError, match="Unknown Channel"):
        world.start_typing(17, world.bot.id)
    with pytest.raises(ApiError, match="Unknown Message"):
        world.edit(world.channel_named("general").id, 17, Revision(uploads=[upload]))
    assert heard == []
    assert world.attachments.size == 0


def test_the_places_and_people_are_the_same_at_every_start() -> None:
    first, second = World(), World()
    assert first.channels == second.channels
    assert first.people == second.people
    assert first.guild_json() == second.guild_json()


def test_a_channel_that_is_not_there_is_said(world: World) -> None:
    with pytest.raises(PlaygroundError, match="no channel 'nowhere'"):
        world.channel_named("nowhere")
