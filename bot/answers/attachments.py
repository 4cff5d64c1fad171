"""The attachments of a message that are recordings, by their names and types.

Both come from the sender, so they only show what was meant; the decoder goes by a file's bytes.
"""

from pathlib import PurePosixPath

import discord

from bot.views import MAX_EMBEDS
from ser_core.file_endings import AUDIO_ENDINGS, VIDEO_ENDINGS

UNKNOWN_TYPES = frozenset({"", "application/octet-stream"})


def find_recordings(
    message: discord.Message, *, addressed: bool, audio_files: bool = True
) -> list[discord.Attachment]:
    """Return the recordings attached to a message, or to one that it forwards.

    Parameters
    ----------
    message
        Any message.
    addressed
        Whether it is addressed to the bot: then videos, and files of unknown type, count as well.
    audio_files
        Whether to include files, and not only voice messages.

    Returns
    -------
    list of discord.Attachment
        The message's own first, in its order, then the forwarded ones; as many as one reply can
        show.
    """
    parts: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    found = [
        attachment
        for part in parts
        for attachment in _recordings(part, addressed=addressed, audio_files=audio_files)
    ]
    return found[:MAX_EMBEDS]


def _recordings(
    part: discord.Message | discord.MessageSnapshot, *, addressed: bool, audio_files: bool
) -> list[discord.Attachment]:
    """Return the recordings attached to a message, or to a forwarded one."""
    return [
        attachment
        for attachment in part.attachments
        if part.flags.voice
        or attachment.is_voice_message()
        or (audio_files and _is_audio(attachment))
        or (audio_files and addressed and _may_be_audio(attachment))
    ]


def _is_audio(attachment: discord.Attachment) -> bool:
    """Return whether an attachment is audio by its declared type or its name."""
    return _declared(attachment).startswith("audio/") or _extension(attachment) in AUDIO_ENDINGS


def _may_be_audio(attachment: discord.Attachment) -> bool:
    """Return whether an attachment is a video, or of unknown type, by the same."""
    declared, extension = _declared(attachment), _extension(attachment)
    if declared.startswith("video/") or extension in VIDEO_ENDINGS:
        return True
    return declared in UNKNOWN_TYPES and not extension


def _declared(attachment: discord.Attachment) -> str:
    return (attachment.content_type or "").lower().partition(";")[0].strip()


def _extension(attachment: discord.Attachment) -> str:
    return PurePosixPath(attachment.filename).suffix.lower()
