"""Hostile files made of real ones; a seed and a number make the same file each time."""

import functools
import random
import struct
from collections.abc import Callable

import numpy as np

from tests.ser_core.audio.recordings import RECIPES, Recipe, _ogg_checksum, encode
from tests.voices import SAMPLE_RATE, talk

SECONDS = 2.0  # of speech in each real file
MOST_FLIPS = 64
MOST_REPEATED = 32_768  # bytes; at 8 kbit/s, half a minute
HEADER = 256  # bytes at the beginning, which are changed more often than their share
LIES = (0, 1, 0x7F, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF0, 0xFFFF_FFFF)
OGG_HEADER = 27  # bytes of a page before its table of segments

Mutation = Callable[[random.Random, bytes, bytes], bytes]


@functools.cache
def originals() -> dict[str, bytes]:
    """Return a real file of every kind that is accepted, by the name of its recipe."""
    return {name: _encoded(recipe) for name, recipe in RECIPES.items()}


def _encoded(recipe: Recipe) -> bytes:
    sound = talk(SECONDS)
    points = np.arange(round(SECONDS * recipe.sample_rate)) * SAMPLE_RATE / recipe.sample_rate
    return encode(np.interp(points, np.arange(sound.size), sound), recipe)


def hostile(seed: int, number: int) -> tuple[str, bytes]:
    """Return the hostile file of a number, and its description."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311 - it keeps no secret
    files = originals()
    name, other = chance.choice(sorted(files)), chance.choice(sorted(files))
    data, words = files[name], []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        mutation = chance.choice(MUTATIONS)
        words.append(mutation.__name__)
        data = mutation(chance, data, files[other])
    return f"{name}: {', '.join(words)}", data


def _position(chance: random.Random, data: bytes) -> int:
    """Choose a place in a file, every other time in its header."""
    end = min(HEADER, len(data)) if chance.random() < 0.5 else len(data)
    return chance.randrange(max(end, 1))


def flip_bits(chance: random.Random, data: bytes, _: bytes) -> bytes:
    """Flip a few bits."""
    changed = bytearray(data)
    for _number in range(chance.randint(1, MOST_FLIPS) if changed else 0):
        changed[_position(chance, data)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def truncate(chance: random.Random, data: bytes, _: bytes) -> bytes:
    """Cut the end off."""
    return data[: _position(chance, data)]


def lie_of_lengths(chance: random.Random, data: bytes, _: bytes) -> bytes:
    """Overwrite what may be a length with another."""
    changed = bytearray(data)
    for _number in range(chance.randint(1, 4)):
        size, order = chance.choice((2, 4, 8)), chance.choice("<>")
        lie = chance.choice((*LIES, len(data), 2 * len(data), chance.getrandbits(32)))
        code = {2: "H", 4: "I", 8: "Q"}[size]
        packed = struct.pack(order + code, lie & (1 << 8 * size) - 1)
        at = _position(chance, data)
        changed[at : at + size] = packed[: max(0, len(changed) - at)]
    return bytes(changed)


def splice(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Replace the end by that of another file."""
    return data[: _position(chance, data)] + other[_position(chance, other) :]


def swap_headers(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Replace the header by that of another file."""
    size = chance.choice((4, 8, 12, 16, 44, 64, 128, HEADER))
    return other[:size] + data[size:]


def overwrite(chance: random.Random, data: bytes, _: bytes) -> bytes:
    """Overwrite a part with noise or zeros."""
    at, size = _position(chance, data), chance.randint(1, 4096)
    filling = chance.randbytes(size) if chance.random() < 0.5 else bytes(size)
    return data[:at] + filling[: len(data) - at] + data[at + size :]


def repeat(chance: random.Random, data: bytes, _: bytes) -> bytes:
    """Repeat a part many times, but not so often that it is a valid recording of minutes."""
    at, size = _position(chance, data), chance.randint(1, 2048)
    return (
        data[:at]
        + data[at : at + size] * chance.randint(2, max(3, MOST_REPEATED // size))
        + data[at:]
    )


def leave_out(chance: random.Random, data: bytes, _: bytes) -> bytes:
    """Leave out a part."""
    at = _position(chance, data)
    return data[:at] + data[at + chance.randint(1, 4096) :]


def noise_with_a_name(chance: random.Random, data: bytes, _: bytes) -> bytes:
    """Keep the header, and replace the rest by noise."""
    return data[: chance.choice((0, 4, 12, 32))] + chance.randbytes(chance.randint(0, 20_000))


def spoil_pages(chance: random.Random, data: bytes, _: bytes) -> bytes:
    """Damage the contents of an Ogg file's pages, and correct their checksums.

    With a wrong checksum, a decoder would skip the page and never read its contents.
    """
    changed, at, is_ogg = bytearray(data), 0, False
    while (at := bytes(changed).find(b"OggS", at)) >= 0 and at + OGG_HEADER <= len(changed):
        table = changed[at + OGG_HEADER : at + OGG_HEADER + changed[at + OGG_HEADER - 1]]
        begin = at + OGG_HEADER + len(table)
        end = begin + sum(table)
        if end > len(changed):
            break
        is_ogg = True
        for _number in range(chance.choice((0, 0, 1, 4)) if end > begin else 0):
            changed[chance.randrange(begin, end)] = chance.randrange(256)
        changed[at + 22 : at + 26] = bytes(4)
        checksum = _ogg_checksum(bytes(changed[at:end]))
        changed[at + 22 : at + 26] = checksum.to_bytes(4, "little")
        at = end
    return bytes(changed) if is_ogg else flip_bits(chance, data, b"")


MUTATIONS: tuple[Mutation, ...] = (
    flip_bits,
    truncate,
    lie_of_lengths,
    splice,
    swap_headers,
    overwrite,
    repeat,
    leave_out,
    noise_with_a_name,
    spoil_pages,
)
