"""What people ask of the bot by name: its slash commands, and its entry in the Apps menu.

`install` gives a client all of them; `Commands.register` tells Discord of them.
"""

from bot.commands.installation import Commands, install
from bot.commands.services import Services

__all__ = ["Commands", "Services", "install"]
