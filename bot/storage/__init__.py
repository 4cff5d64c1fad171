"""The database: preferences, opt-outs, counts of verdicts, and no emotions of people.

A `StorageError` at start ends the bot. Later the bot goes on without the database, and the error's
text is logged, not sent to Discord. The callers of `Storage` then do this:

- ``preferences``: `Storage` returns the last known ones. If there are none it raises, and the
  caller uses `UNKNOWN`: only requests are answered.
- ``is_opted_out``: the note is not analysed, and the person is asked to try again later.
- ``claim``: the message is answered, unless this process has answered it.
- ``opt_out``, ``opt_in``, ``set_preferences``, ``reset_preferences``: the person is told.
- ``count_verdict``: the person is thanked all the same.
- ``commands_digest``: no commands are registered until the next start.
- ``forget_guild``: the error is logged.
"""

from bot.storage.address import DEFAULT_DATABASE_URL, DatabaseAddress
from bot.storage.preferences import DEFAULTS, UNKNOWN, Preferences
from bot.storage.storage import PreferenceLevels, Storage

__all__ = [
    "DEFAULTS",
    "DEFAULT_DATABASE_URL",
    "UNKNOWN",
    "DatabaseAddress",
    "PreferenceLevels",
    "Preferences",
    "Storage",
]
