"""A dictionary with a maximum size."""

from bot.bounded_dict import BoundedDict


def test_the_entry_that_was_set_the_longest_ago_is_dropped_first():
    kept: BoundedDict[int, str] = BoundedDict(2)
    for number in (1, 2, 1, 3):
        kept[number] = str(number)
    assert list(kept.items()) == [(1, "1"), (3, "3")]
    kept.update({4: "4"})
    assert list(kept) == [3, 4]
