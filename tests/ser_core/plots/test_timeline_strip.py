"""The small picture of a timeline for a chat, in either theme and in other languages."""

import io

import numpy as np
import pytest
from PIL import Image

from ser_core.emotions import BY_NAME
from ser_core.plots import timeline_strip
from ser_core.plots.lettering import first_letters
from ser_core.plots.picture import DARK, LIGHT
from tests.timelines import SOUND, TIMELINE, UNSURE, sure, timeline
from tests.voices import silence

GERMAN = {"happy": "fröhlich", "not sure": "unsicher", "sad": "traurig", "no speech": "Stille"}


def names_in(picture):
    (axes,) = picture.figure.axes
    return [text.get_text() for text in axes.texts]


@pytest.mark.parametrize("style", [LIGHT, DARK])
def test_a_strip_is_small_and_shows_each_colour_on_either_theme(style):
    picture = timeline_strip.draw(SOUND, TIMELINE, style=style)
    data = picture.png(dpi=timeline_strip.DPI)
    assert len(data) < 50_000
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (800, 200)
        assert image.text["Description"] == picture.alt
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    seen = {"#{:02x}{:02x}{:02x}".format(*pixel) for pixel in np.unique(pixels, axis=0).tolist()}
    emotions = {BY_NAME["happy"].hex_colour, BY_NAME["sad"].hex_colour}
    assert emotions | {style.background, style.muted} <= seen
    assert BY_NAME["angry"].hex_colour not in seen


@pytest.mark.parametrize("names", [None, GERMAN], ids=["English", "German"])
def test_a_strip_names_what_is_heard_in_any_language(names):
    expected = GERMAN.values() if names else GERMAN
    assert names_in(timeline_strip.draw(SOUND, TIMELINE, names=names)) == list(expected)


def test_where_there_is_no_room_emotions_have_letters_and_silence_has_none():
    narrow = timeline((92.0, sure("sad")), (4.0, None), (4.0, UNSURE))
    for names in (None, GERMAN):
        written = names_in(timeline_strip.draw(SOUND, narrow, names=names))
        assert written[1:] == ["?"]


@pytest.mark.parametrize("seconds", [12.0, 75.0, 3600.0])
def test_no_time_is_cut_off_at_an_edge(seconds):
    figure = timeline_strip.draw(SOUND, timeline((seconds, UNSURE))).figure
    figure.draw_without_rendering()
    (axes,) = figure.axes
    labels = [one for one in axes.get_xticklabels() if 0 <= one.get_position()[0] <= seconds]
    extents = [label.get_window_extent() for label in labels]
    assert extents
    assert all(extent.x0 >= 0 and extent.x1 <= figure.bbox.width for extent in extents)


def test_a_recording_of_no_length_can_be_drawn():
    empty = timeline_strip.draw(silence(0), timeline())
    assert "0:00.0 long: nothing" in empty.alt
    assert empty.png(dpi=30).startswith(b"\x89PNG")


def test_letters_are_as_many_as_tell_names_apart():
    names = {"angry": "wütend", "surprised": "überrascht", "not sure": "unsicher"}
    assert first_letters(names) == {"wütend": "W", "überrascht": "Ü", "unsicher": "U"}
    assert first_letters({"sad": "smutek", "fearful": "strach"}) == {"smutek": "Sm", "strach": "St"}
