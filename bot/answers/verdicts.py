"""Who has said already whether an answer was right: so that everybody says it once of each.

Nobody's name or id is kept, but a keyed hash of person and answer together. Its key is made anew at
each start and never leaves the memory, so the hashes tell nothing to anybody who finds them. After
a restart, or some thousand further verdicts, a person may say it again.
"""

import hashlib
import secrets

from bot.bounded_dict import BoundedDict

KEY_BYTES = 32
HASH_BYTES = 16
MAX_VOTES = 10_000  # hashes, one and a half megabytes


class Voters:
    """Who has said it already."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(KEY_BYTES)
        self._hashes: BoundedDict[bytes, None] = BoundedDict(MAX_VOTES)

    def has(self, person_id: int, answer_id: int) -> bool:
        """Return whether somebody has said it of an answer."""
        return self._hash(person_id, answer_id) in self._hashes

    def add(self, person_id: int, answer_id: int) -> bool:
        """Remember that somebody says it of an answer; return False where they had before."""
        if self.has(person_id, answer_id):
            return False
        self._hashes[self._hash(person_id, answer_id)] = None
        return True

    def remove(self, person_id: int, answer_id: int) -> None:
        """Forget it again, because it could not be counted."""
        self._hashes.pop(self._hash(person_id, answer_id), None)

    def _hash(self, person_id: int, answer_id: int) -> bytes:
        text = f"{person_id} {answer_id}".encode()
        return hashlib.blake2b(text, key=self._key, digest_size=HASH_BYTES).digest()
