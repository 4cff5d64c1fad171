"""The messages that are answered, and the answers: the whole bot in a playground."""

from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bot.playground.world.events import Event, MessageCreated, TypingStarted
from bot.playground.world.people import Person
from bot.views.embed import FOOTER
from ser_core.emotions import BY_NAME, EMOTION_NAMES
from tests.bot.conftest import MAX_FILE_BYTES, Undertone
from tests.bot.harness import Json
from tests.bot.recordings import broken, long_voice, picture, silence, voice
from tests.bot_process import at_work, until
from tests.playground import Upload

pytestmark = pytest.mark.asyncio(loop_scope="session")


def assert_is_answered(reply: Json) -> None:
    """Check that a reply shows an emotion, or that it is not sure, and pings nobody."""
    (embed,) = reply["embeds"]
    name = embed["title"].split()[1].rstrip(",").lower()
    if name in BY_NAME:
        assert embed["color"] == BY_NAME[name].colour
    else:
        assert "not sure" in embed["title"].lower()
    assert all(f"\n{each}" in embed["description"] for each in EMOTION_NAMES)
    assert embed["footer"]["text"] == FOOTER
    assert_pings_nobody(reply)


def assert_is_sentence(reply: Json, words: str) -> None:
    """Check that a reply is one plain sentence with some words in it, and pings nobody."""
    assert words in reply["content"]
    assert reply["content"].endswith((".", "?"))
    assert "\n" not in reply["content"]
    assert not reply["embeds"]
    assert_pings_nobody(reply)


def assert_pings_nobody(reply: Json) -> None:
    assert (reply["mentions"], reply["mention_roles"]) == ([], [])
    assert not reply["mention_everyone"]


@pytest.mark.parametrize("place", ["server", "direct"])
async def test_a_voice_message_is_answered(undertone: Undertone, place: str):
    assert_is_answered(await undertone.ask(voice=voice(), channel=getattr(undertone, place)))


async def test_the_emotion_in_a_real_voice_is_named(undertone: Undertone, corpora: Path):
    clip = corpora / "originals" / "03-01-05-02-01-01-02.wav"  # angry, and strongly so
    recording = Upload(filename=clip.name, data=clip.read_bytes())
    reply = await undertone.ask(voice=recording)
    assert_is_answered(reply)
    assert "Angry" in reply["embeds"][0]["title"]


@pytest.mark.parametrize(
    ("name", "content_type", "is_audio"),
    [
        ("a song of mine.wav", "audio/wav", True),
        ("note.WAV", "application/octet-stream", True),
        ("recording", "audio/wav", True),
        ("holiday.mp4", "video/mp4", False),
        ("recording", "application/octet-stream", False),
    ],
)
async def test_audio_files_are_answered_and_other_media_only_in_messages_to_the_bot(
    undertone: Undertone, name: str, content_type: str, is_audio: bool
):
    file = replace(voice(name), content_type=content_type)
    among_people = await undertone.send(file, content="listen!")
    assert_is_answered(await undertone.ask(file, content=undertone.mention))
    assert_is_answered(await undertone.ask(file, channel=undertone.direct))
    if is_audio:
        assert_is_answered(await undertone.reply_to(among_people))
    else:
        assert undertone.replies_to(among_people) == []


async def test_videos_beside_an_audio_file_are_heard_too(undertone: Undertone):
    video = replace(voice("holiday.webm"), content_type="video/webm")
    unknown = replace(voice("recording"), content_type="application/octet-stream")
    reply = await undertone.ask(video, voice("one.wav"), unknown, picture())
    names = [embed["author"]["name"] for embed in reply["embeds"]]
    assert names == ["holiday.webm", "one.wav"]


async def test_the_bot_types_before_it_answers(undertone: Undertone):
    seen: list[Event] = []
    stop = undertone.world.subscribe(seen.append)
    await undertone.ask(voice=voice())
    stop()
    bot = undertone.world.bot.id
    kinds = [
        type(event)
        for event in seen
        if (isinstance(event, TypingStarted) and event.person_id == bot)
        or (isinstance(event, MessageCreated) and event.message.author_id == bot)
    ]
    assert kinds == [TypingStarted, MessageCreated]


async def test_several_files_get_one_reply_with_an_embed_that_names_each(undertone: Undertone):
    reply = await undertone.ask(voice("one.wav"), picture(), broken(), silence())
    names = [embed["author"]["name"] for embed in reply["embeds"]]
    assert names == ["one.wav", "broken.mp3", "silence.wav"]
    heard, refused, silent = reply["embeds"]
    assert "sure" in heard["title"]
    assert refused["description"].endswith(".")
    assert "no speech" in silent["title"]
    assert_pings_nobody(reply)
    (named,) = (await undertone.ask(picture(), voice("mine.wav")))["embeds"]
    assert named["author"]["name"] == "mine.wav"


async def test_messages_of_bots_and_without_audio_are_ignored(undertone: Undertone):
    other = Person(id=undertone.world.new_id(), name="Rhythm", colour="#000000", bot=True)
    undertone.world.people[other.id] = other
    spoken = await undertone.send(voice(), author=other)
    picture_alone = await undertone.send(picture(), content="hello Undertone")
    await undertone.ask(voice=voice())  # is handled after both
    assert undertone.replies_to(spoken) == undertone.replies_to(picture_alone) == []


async def test_a_message_to_the_bot_without_a_recording_gets_a_hint_once(undertone: Undertone):
    first = await undertone.ask(content="hello", channel=undertone.direct)
    assert_is_sentence(first, "Send me a voice message")
    second = await undertone.send(content="hello?", channel=undertone.direct)
    await undertone.ask(voice=voice(), channel=undertone.direct)
    assert undertone.replies_to(second) == []
    mentioned = await undertone.ask(picture(), content=f"{undertone.mention} look")
    assert_is_sentence(mentioned, "Send me a voice message")


@pytest.mark.parametrize(
    ("claimed", "words"),
    [
        (replace(voice(), data=bytes(MAX_FILE_BYTES + 1)), "larger than 9 MB"),
        (
            Upload(filename="voice.ogg", data=b"OggS", duration=601.0, waveform="AAAA"),
            "longer than 10 minutes",
        ),
    ],
    ids=["too large", "too long"],
)
async def test_a_file_that_is_too_large_or_long_by_its_metadata_is_not_fetched(
    undertone: Undertone, claimed: Upload, words: str
):
    fetches = undertone.playground.faults.delay("GET", "/attachments", seconds=0, times=None)
    assert_is_sentence(await undertone.ask(claimed), words)
    assert fetches.hits == 0


async def test_a_recording_that_is_longer_than_it_claims_is_refused_too(undertone: Undertone):
    lying = replace(long_voice(minutes=10.5), duration=3.0, waveform="AAAA")
    assert_is_sentence(await undertone.ask(voice=lying), "minutes")


async def test_typing_that_fails_keeps_nobody_from_an_answer(undertone: Undertone):
    typing = undertone.playground.faults.fail("POST", "/typing", status=403, code=50013)
    assert_is_answered(await undertone.ask(voice=voice()))
    assert typing.hits == 1


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, 50013, "lacks a permission"),
        (403, 50001, "closed to the bot"),
        (403, 50007, "takes no direct messages"),
        (404, 10008, "message is gone"),
        (403, 90001, "blocks the bot"),
        (400, 50035, "status 400, code 50035"),
    ],
)
async def test_a_refused_reply_is_one_line_in_the_log_and_the_next_goes_through(
    undertone: Undertone, caplog: pytest.LogCaptureFixture, status: int, code: int, reason: str
):
    times = 2 if code == 50013 else 1  # the second time for the same in plain words
    undertone.playground.faults.fail(
        "POST", "/messages", status=status, code=code, message="Refused", times=times
    )
    message = await undertone.send(voice=voice())
    await until(lambda: "could not be sent" in caplog.text)
    assert_is_answered(await undertone.ask(voice=voice()))
    assert undertone.replies_to(message) == []
    (warning,) = [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert reason in warning.getMessage()
    assert warning.exc_info is None


async def test_where_the_bot_may_send_no_embeds_it_answers_in_plain_text(undertone: Undertone):
    undertone.playground.faults.deny(undertone.server, "embed_links")
    reply = await undertone.ask(voice=voice())
    assert reply["embeds"] == []
    assert "Not sure, closest:" in reply["content"] or "% sure" in reply["content"]
    assert all(f"\n{name}" in reply["content"] for name in EMOTION_NAMES)
    assert FOOTER in reply["content"]
    assert_pings_nobody(reply)


@pytest.mark.parametrize("has_pictures", [True, False])
async def test_a_long_voice_note_is_answered_with_its_segments_and_an_image_where_that_is_allowed(
    undertone: Undertone, has_pictures: bool
):
    if not has_pictures:
        undertone.playground.faults.deny(undertone.server, "attach_files")
    (embed,) = (await undertone.ask(long_voice(minutes=0.25)))["embeds"]
    assert [field["name"] for field in embed["fields"]] == ["Length", "Speech", "Over time"]
    assert "0:00–" in embed["fields"][2]["value"]
    assert ("recording of 15 seconds" in str(embed.get("image"))) == has_pictures


async def test_the_notice_of_a_long_recording_is_replaced_by_the_answer(undertone: Undertone):
    minute = replace(long_voice(minutes=1), duration=60.0, waveform="AAAA")
    message = await undertone.send(voice=minute)
    first = await undertone.reply_to(message)
    assert first["content"] == "🎧 I am listening to 1 minute of voice: that takes me a moment."
    await until(lambda: undertone.replies_to(message)[0]["embeds"])
    (answer,) = undertone.replies_to(message)
    assert answer["id"] == first["id"]
    assert answer["content"] == ""
    assert "image" in answer["embeds"][0]
    assert_pings_nobody(answer)


async def test_a_deleted_message_is_not_answered(
    undertone: Undertone, caplog: pytest.LogCaptureFixture
):
    undertone.playground.faults.delay("GET", "/attachments", seconds=0.5)
    message = await undertone.send(voice=voice())
    undertone.world.delete(undertone.world.message(undertone.server, message))
    await until(lambda: "could not be sent" in caplog.text or "not analysed" in caplog.text)
    assert_is_answered(await undertone.ask(voice=voice()))
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_worker_that_is_killed_costs_one_voice_note(undertone: Undertone):
    message = await undertone.send(long_voice(minutes=8.75))  # as no other test: not remembered
    worker = await at_work(psutil.Process())
    worker.kill()
    assert_is_sentence(await undertone.reply_to(message), "stopped me in the middle")
    assert_is_answered(await undertone.ask(voice=voice()))
