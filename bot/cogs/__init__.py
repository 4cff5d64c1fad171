"""What people ask of the bot by name: its slash commands, and its entry in the Apps menu."""

from bot.cogs.command_tree import Tree

__all__ = [
    "Tree",
]
