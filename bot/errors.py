"""Every error that `bot` raises on purpose; the text of each is a sentence for a person."""


class BotError(Exception):
    """Root of every error that the bot raises on purpose."""
