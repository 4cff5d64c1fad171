"""What the bot keeps between one start and the next: settings of servers, and no one's feelings.

A `StorageError` at start ends the bot, with its sentence. Later on it must not keep the bot from
answering, and its text is for the log, not for people on Discord. What a caller then does:

- ``preferences``: what was last known goes on to hold, inside `Storage`. An error means that
  nothing is known of that server: go by `UNKNOWN`, so answer who asks, and nobody else.
- ``is_opted_out``: if it cannot be known, the note is not analysed. Say to try again in a while.
- ``claim``: answer, unless this process has answered it already.
- ``opt_out``, ``opt_in``, ``set_preferences``, ``reset_preferences``: say that it did not work.
- ``count_verdict``: say thank you all the same; one count less is no loss.
- ``commands_digest``: register nothing; the commands come with the next start.
- ``forget_guild``: log it.
"""

from bot.storage.address import DEFAULT_DATABASE_URL, DatabaseAddress
from bot.storage.preferences import DEFAULTS, UNKNOWN, Preferences
from bot.storage.storage import Levels, Storage

__all__ = [
    "DEFAULTS",
    "DEFAULT_DATABASE_URL",
    "UNKNOWN",
    "DatabaseAddress",
    "Levels",
    "Preferences",
    "Storage",
]
