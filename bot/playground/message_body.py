"""The body in which a bot sends or edits a message: JSON, or a form of JSON and files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from bot.playground.attachments import MAX_FILES, Attachment, Upload
from bot.playground.checks import Problems
from bot.playground.errors import UploadError, too_many_files
from bot.playground.forms import parse_json, read_form, read_json
from bot.playground.messages import NO_FLAGS, MessageFlag

Json = dict[str, Any]

SETTABLE_FLAGS = (
    MessageFlag.SUPPRESS_EMBEDS
    | MessageFlag.SUPPRESS_NOTIFICATIONS
    | MessageFlag.VOICE_MESSAGE
    | MessageFlag.COMPONENTS_V2
)  # those that a bot may set
MAX_NONCE = 25  # characters
FILE_FIELD = re.compile(r"files\[(\d{1,9})\]")


@dataclass(frozen=True)
class MessageBody:
    """What was sent: the message's JSON, and the files with what that says of them."""

    payload: Json
    uploads: tuple[Upload, ...] = ()

    @property
    def flags(self) -> MessageFlag:
        """The flags that a bot may set."""
        flags = self.payload.get("flags")
        return MessageFlag(flags & SETTABLE_FLAGS) if isinstance(flags, int) else NO_FLAGS

    @property
    def ephemeral(self) -> bool:
        """Whether only the person who asked shall see it; for answers to interactions alone."""
        flags = self.payload.get("flags")
        return isinstance(flags, int) and bool(flags & MessageFlag.EPHEMERAL)

    @property
    def components(self) -> list[Json]:
        """The buttons and menus, as they are."""
        components = self.payload.get("components")
        return [part for part in components if isinstance(part, dict)] if components else []

    @property
    def nonce(self) -> str | None:
        """The sender's own mark, which is given back."""
        nonce = self.payload.get("nonce")
        return None if nonce is None else str(nonce)[:MAX_NONCE]

    def kept(self, attachments: Sequence[Attachment]) -> frozenset[int] | None:
        """Give the ids of the files that shall stay in a message; None for all of them."""
        listed = self.payload.get("attachments")
        if not isinstance(listed, list):
            return None
        ids = {str(item.get("id")) for item in listed if isinstance(item, dict)}
        return frozenset(file.id for file in attachments if str(file.id) in ids)


async def read_message_body(request: web.Request) -> MessageBody:
    """Read what a bot sends as a message.

    Raises
    ------
    ApiError
        It is not what Discord asks for (50035, 50109, 30015).
    UploadError
        A file, or all of it, is too large, or the form is broken.
    """
    payload, files = await _read(request)
    return _message_body(payload, files)


async def read_callback_body(request: web.Request) -> tuple[Any, MessageBody]:
    """Read what a bot answers at first to an interaction: the kind of answer, and the message.

    Raises
    ------
    ApiError
        It is not what Discord asks for (50035, 50109, 30015).
    UploadError
        A file, or all of it, is too large, or the form is broken.
    """
    payload, files = await _read(request)
    return payload.get("type"), _message_body(_object(payload.get("data") or {}), files)


async def _read(request: web.Request) -> tuple[Json, tuple[tuple[str, Upload], ...]]:
    if not request.content_type.startswith("multipart/"):
        return _object(await read_json(request)), ()
    form = await read_form(request)
    payload = _object(parse_json(form.texts.get("payload_json", "{}")))
    payload.update({key: text for key, text in form.texts.items() if key == "content"})
    return payload, form.files


def _message_body(payload: Json, files: Sequence[tuple[str, Upload]]) -> MessageBody:
    listed = payload.get("attachments")
    told = {
        str(item.get("id")): item
        for item in (listed if isinstance(listed, list) else [])
        if isinstance(item, dict)
    }
    uploads = []
    for name, upload in files:
        index = FILE_FIELD.fullmatch(name)
        uploads.append(_described(upload, told.get(index[1], {}) if index else {}))
    return MessageBody(payload, tuple(uploads))


def check_file_count(count: int) -> None:
    """Check how many files a message would have.

    Raises
    ------
    ApiError
        They are too many (30015).
    """
    if count > MAX_FILES:
        raise too_many_files()


def _described(upload: Upload, told: Json) -> Upload:
    duration, waveform = told.get("duration_secs"), told.get("waveform")
    return replace(
        upload,
        filename=str(told.get("filename") or upload.filename),
        description=str(told["description"]) if told.get("description") else None,
        duration=float(duration) if isinstance(duration, int | float) else None,
        waveform=waveform if isinstance(waveform, str) else None,
    )


def _object(value: Any) -> Json:
    if isinstance(value, dict):
        return value
    problems = Problems()
    problems.add((), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
    problems.raise_if_any()
    raise UploadError("The request body is not a JSON object.")
