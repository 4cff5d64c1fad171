"""What people ask of the bot by name: its slash commands, and its entry in the Apps menu."""
