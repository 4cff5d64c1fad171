"""What a bot sends, checked and made into a message to send or a change to one."""

from collections.abc import Sequence
from typing import Any

from bot.playground.checks import checked_content, checked_embeds
from bot.playground.components import checked_components
from bot.playground.errors import ApiError
from bot.playground.mentions import AllowedMentions
from bot.playground.message_body import MessageBody, check_file_count
from bot.playground.messages import Draft, Message, MessageFlag, Revision


def draft_of(body: MessageBody, **rest: Any) -> Draft:
    """Make the message that a bot sends.

    Parameters
    ----------
    body
        What it sends.
    rest
        What is not in the body, as `Draft` has it: where, as whom.

    Raises
    ------
    ApiError
        It is empty (50006), has too many files (30015), or something is wrong in it (50035).
    """
    payload = body.payload
    check_file_count(len(body.uploads))
    flags = body.flags | rest.pop("flags", MessageFlag(0))
    draft = Draft(
        content=checked_content(payload),
        uploads=body.uploads,
        embeds=checked_embeds(payload),
        components=checked_components(payload),
        flags=flags,
        allowed_mentions=AllowedMentions.from_json(payload.get("allowed_mentions")),
        nonce=body.nonce,
        tts=bool(payload.get("tts", False)),
        **rest,
    )
    _check_not_empty(draft.content, draft.uploads, draft.embeds, draft.components)
    return draft


def revision_of(body: MessageBody, old: Message) -> Revision:
    """Make the change that a bot wants in one of its messages.

    Raises
    ------
    ApiError
        It would be empty (50006), have too many files (30015), or something is wrong (50035).
    """
    payload, kept = body.payload, body.kept(old.attachments)
    content = checked_content(payload) if "content" in payload else old.content
    embeds = checked_embeds(payload) if "embeds" in payload else old.embeds
    components: Sequence[Any] = old.components
    if "components" in payload:
        components = checked_components(payload)
    files = [file for file in old.attachments if kept is None or file.id in kept]
    check_file_count(len(files) + len(body.uploads))
    _check_not_empty(content, files, body.uploads, embeds, components)
    return Revision(
        content=content if "content" in payload else None,
        uploads=body.uploads,
        kept_attachments=kept,
        embeds=embeds if "embeds" in payload else None,
        components=components if "components" in payload else None,
        flags=body.flags | old.flags & ~MessageFlag.SUPPRESS_EMBEDS if "flags" in payload else None,
        allowed_mentions=AllowedMentions.from_json(payload.get("allowed_mentions")),
    )


def _check_not_empty(*parts: object) -> None:
    if not any(parts):
        raise ApiError(400, 50006, "Cannot send an empty message")
