"""A dictionary with a maximum size."""

from collections import UserDict
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class BoundedDict(UserDict[Key, Value]):
    """A dictionary that drops the entries that were set the longest ago when it is full."""

    def __init__(self, max_entries: int) -> None:
        super().__init__()
        self.max_entries = max_entries

    def __setitem__(self, key: Key, value: Value) -> None:
        self.pop(key, None)  # an entry that is set again moves to the end
        super().__setitem__(key, value)
        while len(self) > self.max_entries:
            del self[next(iter(self))]
