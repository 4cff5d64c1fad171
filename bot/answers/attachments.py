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
        The message to search.
    addressed
        Whether the message is addressed to the bot: then videos, and files of unknown type, count
        as well. Videos beside a recording that counts anyway always do, so that of several
        attachments none is passed over.
    audio_files
        Whether to include files, and not only voice messages.

    Returns
    -------
    list of discord.Attachment
        The message's own first, in its order, then the forwarded ones; as many as one reply can
        show.
    """
    parts: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    attachments = [(part, attachment) for part in parts for attachment in part.attachments]

    def counts(part: discord.Message | discord.MessageSnapshot, one: discord.Attachment) -> bool:
        is_voice = part.flags.voice or one.is_voice_message()
        return is_voice or (audio_files and _is_audio(one))

    with_videos = audio_files and (addressed or any(counts(*each) for each in attachments))
    found = [
        one
        for part, one in attachments
        if counts(part, one)
        or (with_videos and _is_video(one))
        or (addressed and audio_files and _is_of_unknown_type(one))
    ]
    return found[:MAX_EMBEDS]


def _is_audio(attachment: discord.Attachment) -> bool:
    """Return whether an attachment is audio by its declared type or its name."""
    return _declared(attachment).startswith("audio/") or _extension(attachment) in AUDIO_ENDINGS


def _is_video(attachment: discord.Attachment) -> bool:
    """Return whether an attachment is a video by its declared type or its name."""
    return _declared(attachment).startswith("video/") or _extension(attachment) in VIDEO_ENDINGS


def _is_of_unknown_type(attachment: discord.Attachment) -> bool:
    """Return whether neither an attachment's declared type nor its name tells what it is."""
    return _declared(attachment) in UNKNOWN_TYPES and not _extension(attachment)


def _declared(attachment: discord.Attachment) -> str:
    return (attachment.content_type or "").lower().partition(";")[0].strip()


def _extension(attachment: discord.Attachment) -> str:
    return PurePosixPath(attachment.filename).suffix.lower()
