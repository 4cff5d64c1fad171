"""The people who have given a verdict on an answer, so that each gives one.

No id is kept, but a keyed hash of person and answer together. The key is random at each start and
stays in memory. After a restart, or some thousand further verdicts, a person may give another.
"""

import hashlib
import secrets

from bot.bounded_dict import BoundedDict

KEY_BYTES = 32
HASH_BYTES = 16
MAX_VOTES = 10_000  # hashes, one and a half megabytes


class Voters:
    """The people who have given a verdict, by answer."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(KEY_BYTES)
        self._hashes: BoundedDict[bytes, None] = BoundedDict(MAX_VOTES)

    def has(self, person_id: int, answer_id: int) -> bool:
        """Return whether a person has given a verdict on an answer."""
        return self._hash(person_id, answer_id) in self._hashes

    def add(self, person_id: int, answer_id: int) -> bool:
        """Add a person's verdict on an answer; return False where they had given one."""
        if self.has(person_id, answer_id):
            return False
        self._hashes[self._hash(person_id, answer_id)] = None
        return True

    def remove(self, person_id: int, answer_id: int) -> None:
        """Remove a verdict that could not be counted."""
        self._hashes.pop(self._hash(person_id, answer_id), None)

    def _hash(self, person_id: int, answer_id: int) -> bytes:
        text = f"{person_id} {answer_id}".encode()
        return hashlib.blake2b(text, key=self._key, digest_size=HASH_BYTES).digest()
