"""In which languages people use Discord: in memory, bounded, and forgotten at a restart.

Discord tells it with commands and buttons, and of messages never: so who has used one of these is
answered in that language in a direct conversation too, where no server says what is spoken.
"""

from collections import OrderedDict

import discord

MOST_PEOPLE = 10_000


class Tongues:
    """The languages of people, by their ids.

    Parameters
    ----------
    most
        Of how many people they are known; those who were met longest ago go first.
    """

    def __init__(self, most: int = MOST_PEOPLE) -> None:
        self._most = most
        self._locales: OrderedDict[int, discord.Locale] = OrderedDict()

    def note(self, person_id: int, locale: discord.Locale) -> None:
        """Note in which language somebody uses Discord."""
        self._locales.pop(person_id, None)
        self._locales[person_id] = locale
        while len(self._locales) > self._most:
            self._locales.popitem(last=False)

    def of(self, person_id: int) -> discord.Locale | None:
        """Give the language in which somebody uses Discord, where that is known."""
        return self._locales.get(person_id)
