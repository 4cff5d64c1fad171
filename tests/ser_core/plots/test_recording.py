"""Pictures of a recording, and their alternative texts."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from ser_core.emotions import BY_NAME, EMOTION_NAMES, EMOTIONS, NO_SPEECH, NOT_SURE
from ser_core.inference.streaming import WindowPrediction
from ser_core.plots.lettering import LETTERS, shown
from ser_core.plots.picture import LIGHT
from ser_core.plots.recording import draw_recording
from tests.timelines import SOUND, TIMELINE, UNSURE, sure, timeline
from tests.voices import silence

PARTS = (0, 0, 1, 1, 2, 2, 3, 3, 3)  # of which segment the window is that ends at each second
HEARD = [
    WindowPrediction(float(end), TIMELINE.segments[part].prediction, -20.0)
    for end, part in enumerate(PARTS)
]


@pytest.fixture(scope="module")
def picture():
    return draw_recording(SOUND, TIMELINE, HEARD, name="talk $x_1$.wav")


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_every_stretch_is_named_in_words_and_times(picture):
    assert picture.alt == (
        "The recording talk $x_1$.wav, 0:08.0 long: happy (80 %) at 0:00.0 – 0:02.5; "
        "not sure: neutral or calm? at 0:02.5 – 0:04.0; sad (80 %) at 0:04.0 – 0:06.0; "
        "no speech at 0:06.0 – 0:08.0. "
        "In all: happy 31 %, sad 25 %, no speech 25 %, not sure 19 %."
    )


def test_each_stretch_of_the_waveform_has_its_emotions_own_colour(picture):
    stretches = picture.figure.axes[0].collections
    assert [to_hex(one.get_edgecolor()[0]) for one in stretches] == [
        BY_NAME["happy"].hex_colour,
        LIGHT.muted,
        BY_NAME["sad"].hex_colour,
        LIGHT.faint,
    ]
    assert [bool(one.get_hatch()) for one in stretches] == [False, True, False, False]
    begins = [one.get_paths()[0].vertices[:, 0].min() for one in stretches]
    assert begins == pytest.approx([0.0, 2.5, 4.0, 6.0], abs=0.02)


def test_names_are_written_where_there_is_room_and_letters_where_there_is_not():
    many = timeline((40, sure("fearful")), (2, sure("disgust")), (0.1, UNSURE))
    band = draw_recording(SOUND, many, (), name="x").figure.axes[1]
    assert texts(band) == ["fearful", "D"]


def test_probabilities_fill_the_whole_height_while_somebody_speaks_and_nothing_else(picture):
    likely = picture.figure.axes[3]
    assert len(likely.collections) == len(EMOTION_NAMES)
    corners = np.concatenate([area.get_paths()[0].vertices for area in likely.collections])
    assert corners[:, 0].min() == 0
    assert corners[:, 0].max() <= 6.0
    assert corners[:, 1].max() == pytest.approx(1.0)


def test_the_file_is_called_by_its_name_and_not_by_a_formula_in_it(picture):
    title = picture.figure.texts[0]
    assert title.get_text() == "talk $x_1$.wav"
    assert not title.get_parse_math()


def test_every_emotion_has_a_letter_and_a_colour_of_its_own():
    assert set(LETTERS) == {*EMOTION_NAMES, NOT_SURE, NO_SPEECH}
    assert len(set(LETTERS.values())) == len(LETTERS)
    colours = {emotion.hex_colour for emotion in EMOTIONS} | {LIGHT.muted, LIGHT.faint}
    assert len(colours) == len(EMOTIONS) + 2


def test_a_recording_of_hours_and_one_of_no_length_can_be_drawn():
    hours = timeline(*((60.0, sure(EMOTION_NAMES[minute % 8])) for minute in range(180)))
    picture = draw_recording(SOUND, hours, (), name="hours.wav")
    assert "and 168 more turns" in picture.alt
    assert picture.png(dpi=30).startswith(b"\x89PNG")
    empty = draw_recording(silence(0), timeline(), (), name="0")
    assert "0:00.0 long: nothing" in empty.alt
    assert empty.png(dpi=30).startswith(b"\x89PNG")


def test_the_words_are_in_the_file_too(tmp_path, picture):
    picture.save(tmp_path / "picture.svg")
    written = (tmp_path / "picture.svg").read_text(encoding="utf-8")
    assert "not sure: neutral or calm? at 0:02.5" in written


def test_letters_that_the_font_lacks_are_no_reason_to_complain(tmp_path, recwarn):
    draw_recording(SOUND, TIMELINE, HEARD, name="録音\n.wav").save(tmp_path / "picture.png")
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]
    assert shown("録音\n.wav") == "録音�.wav"
