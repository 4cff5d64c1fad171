"""What people can do with the bot, as discord.py's cogs: commands, the Apps menu, listeners.

The tree of their commands is here too, and its registration with Discord. The cogs are thin: how a
voice note is answered, and what the buttons do, is in `bot.answers`.
"""

from bot.cogs.accuracy import Accuracy
from bot.cogs.command_tree import CommandTree
from bot.cogs.hear import Hear
from bot.cogs.help import Help
from bot.cogs.privacy import Privacy
from bot.cogs.registration import Registration
from bot.cogs.server_settings import ServerSettings
from bot.cogs.voice_notes import VoiceNotes

__all__ = [
    "Accuracy",
    "CommandTree",
    "Hear",
    "Help",
    "Privacy",
    "Registration",
    "ServerSettings",
    "VoiceNotes",
]
