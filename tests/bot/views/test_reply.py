"""The replies, in every language and within Discord's limits."""

import json
import string
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analysis.result import AnalysisResult, DrawTimeline, Segment
from bot.i18n.languages import CODES, ENGLISH, Language, language_for
from bot.views.embed import MAX_AUTHOR_LENGTH, QUIET_COLOUR, printable_name
from bot.views.reply import (
    MAX_EMBEDS,
    MAX_EMBEDS_LENGTH,
    MAX_FILES_BYTES,
    AttachmentResult,
    Reply,
    build_details,
    build_notice,
    build_reply,
)
from bot.views.style import DetailLevel, ReplyStyle
from bot.views.trouble import Trouble, trouble_of
from ser_core.audio.signatures import damaged_error
from ser_core.emotions import BY_NAME, EMOTION_NAMES
from tests.bot.results import SILENCE, UNSURE, long_result, ranked, short_result

GOLDEN = json.loads((Path(__file__).parent / "golden_replies.json").read_text(encoding="utf-8"))
"""By language and by case; after a change that is meant, run this module as a script."""

BROKEN = trouble_of(damaged_error("Ogg"))

CASES = {
    "sure": [AttachmentResult("a.ogg", short_result())],
    "not sure": [AttachmentResult("a.ogg", UNSURE)],
    "silence": [AttachmentResult("a.ogg", SILENCE)],
    "long": [AttachmentResult("a.ogg", long_result())],
    "trouble": [AttachmentResult("a.ogg", BROKEN)],
    "several": [
        AttachmentResult("a.ogg", short_result()),
        AttachmentResult("b.ogg", BROKEN),
        AttachmentResult("c.ogg", SILENCE),
    ],
}


def described(reply: Reply) -> dict[str, Any]:
    """Return a reply as it is sent to Discord."""
    return {
        "content": reply.content,
        "embeds": [embed.to_dict() for embed in reply.embeds],
        "pictures": [[picture.name, picture.alt] for picture in reply.images],
    }


def all_replies(code: str) -> dict[str, Any]:
    style = ReplyStyle(language=language_for(code))
    replies = {case: build_reply(results, style=style) for case, results in CASES.items()}
    replies["compact"] = build_reply(
        [AttachmentResult("a.ogg", long_result(timeline_image=None))],
        style=ReplyStyle(language=style.language, detail=DetailLevel.COMPACT),
    )
    with_model = replace(long_result(), model="encoder")
    replies["details"] = build_details([AttachmentResult("a.ogg", with_model)], style=style)
    replies["progress"] = build_notice(185.0, style=style)
    replies["words"] = build_reply(CASES["long"], style=style).as_text()
    return {case: described(reply) for case, reply in replies.items()}


@pytest.mark.parametrize("code", CODES)
def test_replies_are_the_golden_ones_in_every_language(code: str):
    assert all_replies(code) == GOLDEN[code]


class Marked(Language):
    """A language that puts all translated text in marks."""

    def text(self, message: str, /, **values: object) -> str:
        return f"⟦{self._format(message, values)}⟧"

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        return self.text(many, count=count, **values)

    def length(self, seconds: float) -> str:
        return "⟦time⟧"


def unmarked(text: str) -> str:
    """Return the text outside all marks, which may be nested."""
    depth, left = 0, ""
    for character in text:
        depth += {"⟦": 1, "⟧": -1}.get(character, 0)
        left += character if not depth else ""
    return left


@pytest.mark.parametrize("case", CASES)
def test_all_text_is_translated(case: str):
    style = ReplyStyle(language=Marked("en", ENGLISH._catalogue))
    for reply in (build_reply(CASES[case], style=style), build_details(CASES[case], style=style)):
        said = [reply.content, *(picture.alt for picture in reply.images)]
        for embed in reply.embeds:
            said += [embed.title, embed.footer.text]
            said += [text for field in embed.fields for text in (field.name, field.value)]
            if "```" not in (embed.description or ""):  # names in bars are cut to their width
                said.append(embed.description)
        left = "".join(unmarked(text) for text in said if text)
        assert not set(left) & set(string.ascii_letters), left


@pytest.mark.parametrize("name", EMOTION_NAMES)
def test_an_embed_shows_the_top_emotion_with_its_emoji_its_colour_and_its_confidence(name: str):
    (embed,) = build_reply([AttachmentResult("a.ogg", short_result(top=name))]).embeds
    assert embed.title == f"{BY_NAME[name].emoji} {name.capitalize()}, 72% sure"
    assert embed.colour == discord.Colour(BY_NAME[name].colour)


def test_the_card_of_a_mixed_recording_names_its_two_largest_emotions():
    mixed = replace(long_result(), is_sure=False, is_mixed=True)
    (embed,) = build_reply([AttachmentResult("a.ogg", mixed)]).embeds
    assert embed.title == "🔀 Mixed: angry, then neutral"


def test_below_the_confidence_that_a_server_wants_the_answer_is_not_sure():
    results = [AttachmentResult("a.ogg", short_result(confidence=0.72))]
    (sure,) = build_reply(results, style=ReplyStyle(min_confidence=0.72)).embeds
    (unsure,) = build_reply(results, style=ReplyStyle(min_confidence=0.73)).embeds
    assert "72% sure" in str(sure.title)
    assert str(unsure.title).startswith("🤔 Not sure, closest: happy or ")
    assert unsure.colour == discord.Colour(QUIET_COLOUR)
    segments = build_reply(
        [AttachmentResult("a.ogg", long_result())], style=ReplyStyle(min_confidence=0.9)
    )
    assert "😠" not in str(segments.embeds[0].fields[-1].value)


def test_images_are_drawn_with_the_names_of_the_language():
    options = ReplyStyle(language=language_for("de"), min_confidence=0.4).analysis_options
    assert dict(options.names)["no speech"] == "keine Stimme"
    assert dict(options.names)["angry"] == "wütend"
    assert dict(options.names)["not sure"] == "unsicher"
    assert (options.draw_timeline, options.min_confidence) == (DrawTimeline.LONG, 0.4)
    assert (
        ReplyStyle(detail=DetailLevel.COMPACT).analysis_options.draw_timeline is DrawTimeline.NEVER
    )


@pytest.mark.parametrize("outcome", [short_result(), Trouble("That file is broken.")], ids=str)
def test_a_single_result_names_its_file_where_the_message_has_others(
    outcome: AnalysisResult | Trouble,
):
    (embed,) = build_reply([AttachmentResult("a.ogg", outcome)], named=True).embeds
    assert embed.author.name == "a.ogg"


def test_several_embeds_as_plain_text_are_a_line_each():
    results = [
        AttachmentResult("*a*.ogg", short_result()),
        AttachmentResult("b.mp3", Trouble("That file is broken.")),
    ]
    assert (build_reply(results).as_text().content or "").splitlines() == [
        r"\*a\*.ogg: 😊 Happy, 72% sure",
        "b.mp3: That file is broken.",
    ]


def test_a_short_notes_picture_is_described_to_a_tenth_of_a_second_and_its_card_has_no_turns():
    short = replace(
        short_result(top="angry", seconds=4.68),
        segments=(Segment(0.0, 2.9, ranked("angry", 0.8)), Segment(2.9, 4.68, ())),
        timeline_image=b"\x89PNG",
    )
    reply = build_reply([AttachmentResult("a.ogg", short)])
    assert reply.images[0].alt.endswith(": 0:00.0–0:02.9 angry, 80%; 0:02.9–0:04.6 no speech")
    assert "Over time" not in {field.name for field in reply.embeds[0].fields}


def test_no_turn_seems_to_end_after_the_recording():
    long = replace(long_result(), duration=12.7)
    long = replace(long, segments=(Segment(0.0, 12.7, ranked("angry", 0.8)),))
    reply = build_reply([AttachmentResult("a.ogg", long)])
    assert "`0:00–0:12` 😠" in str(reply.embeds[0].fields[-1].value)
    assert ": 0:00–0:12 angry" in reply.images[0].alt


def test_an_image_has_an_alternative_text_and_a_reply_without_it_keeps_the_rest():
    reply = build_reply([AttachmentResult("a.ogg", long_result())])
    [file] = reply.files()
    assert (file.description, file.fp.read()) == (reply.images[0].alt, reply.images[0].png)
    bare = reply.without_images()
    assert (bare.images, bare.embeds[0].image.url) == ((), None)
    assert bare.embeds[0].fields == reply.embeds[0].fields
    assert reply.embeds[0].image.url is not None


def test_of_very_many_segments_the_number_of_those_left_out_is_shown():
    (embed,) = build_reply([AttachmentResult("a.ogg", long_result(60))]).embeds
    assert "more turns" in str(embed.fields[-1].value)


def test_images_stay_within_discords_limit_for_one_message():
    large = long_result(timeline_image=bytes(MAX_FILES_BYTES // 2))
    reply = build_reply([AttachmentResult("a.ogg", large)] * 3)
    assert len(reply.images) == 2
    assert reply.embeds[2].image.url is None


emotions = st.one_of(st.sampled_from(EMOTION_NAMES), st.text(min_size=1, max_size=60))
likelihoods = st.lists(emotions, min_size=1, max_size=30, unique=True).map(
    lambda names: tuple((name, 1 / len(names)) for name in names)
)
segments = st.lists(
    st.builds(
        Segment,
        start=st.floats(0, 3600),
        end=st.floats(0, 3600),
        ranked=st.one_of(st.just(()), likelihoods),
        is_sure=st.booleans(),
    ),
    max_size=60,
).map(tuple)
outcomes = st.one_of(
    st.builds(
        AnalysisResult,
        ranked=st.one_of(st.just(()), likelihoods),
        duration=st.floats(0, 3600),
        speech_share=st.floats(0, 1),
        is_sure=st.booleans(),
        segments=segments,
        timeline_image=st.one_of(st.none(), st.just(b"\x89PNG")),
    ),
    st.just(BROKEN),
)
result_lists = st.lists(
    st.builds(AttachmentResult, filename=st.text(max_size=300), outcome=outcomes),
    min_size=1,
    max_size=11,
)
styles = st.builds(
    ReplyStyle,
    language=st.sampled_from(CODES).map(language_for),
    detail=st.sampled_from(DetailLevel),
    min_confidence=st.floats(0, 1),
)


def assert_is_within_discords_limits(reply: Reply) -> None:
    assert len(reply.content or "") <= 2000
    assert len(reply.embeds) <= MAX_EMBEDS == 10
    assert sum(len(embed) for embed in reply.embeds) <= MAX_EMBEDS_LENGTH == 6000
    assert len(reply.images) <= 10
    names = [picture.name for picture in reply.images]
    assert len(set(names)) == len(names)
    for picture in reply.images:
        assert 0 < len(picture.alt) <= 1024
    for embed in reply.embeds:
        assert 0 < len(embed.title or "-") <= 256
        assert 0 < len(embed.description or "-") <= 4096
        assert 0 < len(embed.author.name or "-") <= 256
        assert len(embed.footer.text or "") <= 2048
        assert len(embed.fields) <= 25
        for field in embed.fields:
            assert 0 < len(str(field.name)) <= 256
            assert 0 < len(str(field.value)) <= 1024


@given(result_lists, styles, st.booleans())
def test_every_reply_is_within_discords_limits(
    results: list[AttachmentResult], style: ReplyStyle, named: bool
):
    shown = build_reply(results, style=style, named=named)
    for reply in (shown, build_details(results, style=style)):
        assert_is_within_discords_limits(reply)
        assert_is_within_discords_limits(reply.without_images())
        assert_is_within_discords_limits(reply.as_text())


def test_a_file_name_is_shown_without_unprintable_characters():
    assert printable_name("note\u202egpj.ogg\n\x00", ENGLISH) == "notegpj.ogg"
    assert printable_name("\u200b\n", ENGLISH) == "A file without a name"
    assert len(printable_name("n" * 1000, ENGLISH)) == MAX_AUTHOR_LENGTH


if __name__ == "__main__":
    text = json.dumps({code: all_replies(code) for code in CODES}, ensure_ascii=False, indent=1)
    (Path(__file__).parent / "golden_replies.json").write_text(f"{text}\n", encoding="utf-8")
