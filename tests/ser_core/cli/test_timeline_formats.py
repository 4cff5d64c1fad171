"""Timelines in the formats of other programs."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_core.cli import timeline_formats
from ser_core.cli.timeline_formats import TimelineFormat, write
from ser_core.inference.timeline import Segment, Timeline
from ser_core.models.prediction import Prediction
from tests.timelines import timeline

HAPPY = Prediction({"happy": 0.72, "sad": 0.28}, threshold=0.5)
UNSURE = Prediction({"happy": 0.4, "sad": 0.35, "angry": 0.25}, threshold=0.5)
TIMELINE = timeline((2.5, HAPPY), (60.5009, UNSURE), (3598.2491, None))

LONGEST = 5 * 3600.0  # seconds
TIME = r"(\d\d+):(\d\d):(\d\d)[,.](\d\d\d)"


lengths = st.floats(0.0, LONGEST) | st.floats(0.0, 0.002)
parts = st.lists(st.tuples(lengths, st.sampled_from([HAPPY, UNSURE, None])), max_size=20)
timelines = parts.map(lambda parts: timeline(*parts))


def times_of(text):
    """Return the times of subtitles, in seconds."""
    cues = [list(map(int, cue)) for cue in re.findall(f"^{TIME} --> {TIME}$", text, re.MULTILINE)]
    return [np.reshape(cue, (2, 4)) @ (3600, 60, 1, 0.001) for cue in cues]


def test_audacity_reads_start_end_and_words_with_tabs_between():
    assert write(TIMELINE, TimelineFormat.AUDACITY) == (
        "0.000000\t2.500000\thappy (72 %)\n"
        "2.500000\t63.000900\tnot sure: happy or sad?\n"
        "63.000900\t3661.250000\tno speech\n"
    )


def test_subrip_numbers_its_subtitles_and_writes_a_comma_in_times():
    assert write(TIMELINE, TimelineFormat.SRT) == (
        "1\n00:00:00,000 --> 00:00:02,500\nhappy (72 %)\n\n"
        "2\n00:00:02,500 --> 00:01:03,001\nnot sure: happy or sad?\n"
    )


def test_webvtt_shows_emotions_in_their_colours():
    assert write(TIMELINE, TimelineFormat.VTT) == (
        "WEBVTT\n\nSTYLE\n::cue(.happy) { color: #f0e442 }\n\n"
        "00:00:00.000 --> 00:00:02.500\n<c.happy>happy (72 %)</c>\n\n"
        "00:00:02.500 --> 00:01:03.001\nnot sure: happy or sad?\n"
    )


def test_a_recording_of_no_length_is_a_file_without_cues():
    texts = [write(Timeline(()), timeline_format) for timeline_format in TimelineFormat]
    assert texts == ["", "", "WEBVTT\n"]


def test_times_are_as_people_write_them():
    written = [times for times, _ in timeline_formats.turns(TIMELINE)]
    assert written == ["0:00.0 – 0:02.5", "0:02.5 – 1:03.0", "1:03.0 – 1:01:01.2"]
    assert timeline_formats.minutes(59.96) == "1:00.0"


def test_what_a_model_of_ones_own_calls_an_emotion_cannot_break_a_file():
    name = "a\tb\n\n1 --> <script>&"
    odd = Timeline((Segment(0.0, 1.0, Prediction({name: 1.0})),))
    audacity, srt, vtt = (write(odd, timeline_format) for timeline_format in TimelineFormat)
    assert audacity == "0.000000\t1.000000\ta b 1 --> <script>& (100 %)\n"
    assert srt.splitlines()[2:] == ["a b 1 → <script>& (100 %)"]
    assert vtt.splitlines()[2:] == [
        "00:00:00.000 --> 00:00:01.000",
        "a b 1 --&gt; &lt;script&gt;&amp; (100 %)",
    ]


@given(timelines)
def test_times_come_back_in_order_without_overlaps(timeline):
    for timeline_format in (TimelineFormat.SRT, TimelineFormat.VTT):
        text = write(timeline, timeline_format)
        found = times_of(text)
        kept = [
            (one.start, one.end)
            for one in timeline.segments
            if one.prediction and round(1000 * one.end) > round(1000 * one.start)
        ]
        np.testing.assert_allclose(np.reshape(found, (-1, 2)), np.reshape(kept, (-1, 2)), atol=6e-4)
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(found))
        assert all(end > start for start, end in found)


@given(timelines)
def test_audacitys_labels_are_one_line_each_with_three_fields(timeline):
    rows = [line.split("\t") for line in write(timeline, TimelineFormat.AUDACITY).splitlines()]
    assert [len(row) for row in rows] == [3] * len(timeline.segments)
    for (start, end, _), segment in zip(rows, timeline.segments, strict=True):
        assert (float(start), float(end)) == pytest.approx((segment.start, segment.end), abs=1e-6)
