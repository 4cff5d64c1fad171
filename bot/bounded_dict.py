"""A dictionary that keeps to a size."""

from collections import UserDict
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class BoundedDict(UserDict[Key, Value]):
    """A dictionary of at most so many entries: those that were set the longest ago go first."""

    def __init__(self, max_entries: int) -> None:
        super().__init__()
        self.max_entries = max_entries

    def __setitem__(self, key: Key, value: Value) -> None:
        self.pop(key, None)  # what is set again stands at the end
        super().__setitem__(key, value)
        while len(self) > self.max_entries:
            del self[next(iter(self))]
