"""Where recordings begin and end in a file, and whether the last one breaks off."""

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_core.audio.structure import MAX_PARTS, read_structure
from tests.ser_core.audio.recordings import RECIPES, recording

FOLLOWED = ["wav-16", "aiff", "caf", "ogg-opus", "webm", "webm-live", "m4a", "m4a-fragments", "mov"]


@pytest.mark.parametrize("name", RECIPES)
def test_a_whole_recording_is_one_part_that_is_not_cut_off(name):
    data = recording(name)
    structure = read_structure(io.BytesIO(data))
    assert structure.parts == ((0, len(data)),)
    assert not structure.is_cut_off


@pytest.mark.parametrize("name", FOLLOWED)
@pytest.mark.parametrize("lost", [2, 3, 500])
def test_lost_bytes_at_the_end_are_noticed(name, lost):
    assert read_structure(io.BytesIO(recording(name)[:-lost])).is_cut_off


@pytest.mark.parametrize("name", ["wav-16", "aiff", "ogg-opus", "webm", "m4a"])
def test_recordings_that_were_joined_are_found(name):
    data = recording(name)
    length = len(data)
    structure = read_structure(io.BytesIO(3 * data))
    assert structure.parts == ((0, length), (length, 2 * length), (2 * length, 3 * length))
    assert read_structure(io.BytesIO((2 * data)[:-600])).is_cut_off


def test_there_is_an_end_to_what_is_looked_for():
    wav = b"RIFF\x04\0\0\0WAVE"
    structure = read_structure(io.BytesIO(wav * (3 * MAX_PARTS)))
    assert len(structure.parts) == MAX_PARTS
    assert structure.parts[-1][1] == len(wav) * 3 * MAX_PARTS


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF, 0xFFFFFFDB, 0x7FFFFFFF])
def test_a_length_that_was_never_known_is_no_cut(length):
    data = bytearray(recording("wav-16"))
    place = data.index(b"data") + 4
    for at in (4, place):
        data[at : at + 4] = length.to_bytes(4, "little")
        assert not read_structure(io.BytesIO(bytes(data))).is_cut_off


@given(
    st.sampled_from([b"RIFF", b"FORM", b"OggS", b"\x1a\x45\xdf\xa3", b"\0\0\0\x08ftyp"]),
    st.binary(max_size=400),
)
def test_parts_cover_a_file_whatever_is_in_it(beginning, rest):
    data = beginning + rest
    parts = read_structure(io.BytesIO(data)).parts
    assert parts[0][0] == 0
    assert parts[-1][1] == len(data)
    assert all(end == start for (_, end), (start, _) in pairwise(parts))
