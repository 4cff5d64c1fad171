"""Which attachments of a message are meant to be heard.

Names and types are what the sender says of a file. They tell what was meant, and nothing more: what
is in a file, its bytes decide.
"""

from pathlib import PurePosixPath

import discord

from bot.views import MAX_EMBEDS
from ser_core.file_endings import AUDIO_ENDINGS, VIDEO_ENDINGS

UNTOLD_TYPES = frozenset({"", "application/octet-stream"})
"""Types that say nothing of what a file is."""


def find_recordings(
    message: discord.Message, *, addressed: bool, audio_files: bool = True
) -> list[discord.Attachment]:
    """Find the attachments of a message that are meant to be heard: of what it forwards too.

    Parameters
    ----------
    message
        Any message.
    addressed
        Whether it is for the bot. Among people a video is a video, and the bot keeps quiet; said to
        the bot, a video, and a file that does not say what it is, are meant to be heard too.
    audio_files
        Whether files are heard, and not voice messages only.

    Returns
    -------
    list of discord.Attachment
        Its own first, in its order, then those that it forwards; as many as one reply can answer.
    """
    parts: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    found = [
        attachment
        for part in parts
        for attachment in _meant(part, addressed=addressed, audio_files=audio_files)
    ]
    return found[:MAX_EMBEDS]


def _meant(
    part: discord.Message | discord.MessageSnapshot, *, addressed: bool, audio_files: bool
) -> list[discord.Attachment]:
    """Find the attachments that are meant to be heard, in a message or in what it forwards."""
    return [
        attachment
        for attachment in part.attachments
        if part.flags.voice
        or attachment.is_voice_message()
        or (audio_files and _claims_audio(attachment))
        or (audio_files and addressed and _may_be_audio(attachment))
    ]


def _claims_audio(attachment: discord.Attachment) -> bool:
    """Tell whether an attachment's declared type or name says that it is a recording."""
    return _declared(attachment).startswith("audio/") or _extension(attachment) in AUDIO_ENDINGS


def _may_be_audio(attachment: discord.Attachment) -> bool:
    """Tell whether an attachment may hold a recording, by what is declared of it."""
    declared, extension = _declared(attachment), _extension(attachment)
    if declared.startswith("video/") or extension in VIDEO_ENDINGS:
        return True
    return declared in UNTOLD_TYPES and not extension


def _declared(attachment: discord.Attachment) -> str:
    return (attachment.content_type or "").lower().partition(";")[0].strip()


def _extension(attachment: discord.Attachment) -> str:
    return PurePosixPath(attachment.filename).suffix.lower()
