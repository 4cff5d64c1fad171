"""The body of a message that a bot sends or edits: JSON, or a form with JSON and files."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from aiohttp import web
from pydantic import Field, field_validator, model_validator

from bot.playground.errors import ApiError, TooManyFilesError
from bot.playground.request_bodies import parse_json, read_form, read_json
from bot.playground.rest.components import Row, with_ids
from bot.playground.rest.validation import (
    Model,
    check_unique,
    invalid,
    optional_text,
    required_text,
    validate,
)
from bot.playground.world import MAX_FILES, AllowedMentions, Message, MessageFlag, Upload, World

MAX_CONTENT = 2_000  # characters
MAX_EMBED_TEXT = 6_000  # characters, of all embeds of a message together
SETTABLE_FLAGS = (
    MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.VOICE_MESSAGE
)  # the flags that a bot may set
FILE_FIELD = re.compile(r"files\[(\d{1,9})\]")

Json = dict[str, Any]


class EmbedField(Model):
    """A field of an embed."""

    name: str = required_text(256)
    value: str = required_text(1_024)
    inline: bool = False


class EmbedAuthor(Model):
    """The author of an embed, above its title."""

    name: str = required_text(256)


class EmbedFooter(Model):
    """The footer of an embed."""

    text: str = required_text(2_048)


class EmbedImage(Model):
    """The image of an embed."""

    url: str


class Embed(Model):
    """An embed, with the fields that the bot uses."""

    type: Literal["rich"] = "rich"
    title: str | None = optional_text(256)
    description: str | None = optional_text(4_096)
    color: int | None = Field(default=None, ge=0, le=0xFFFFFF)
    author: EmbedAuthor | None = None
    footer: EmbedFooter | None = None
    image: EmbedImage | None = None
    fields: list[EmbedField] = Field(default=[], max_length=25)

    @model_validator(mode="after")
    def _check(self) -> "Embed":
        if not any(value for name, value in self if name != "type"):
            raise invalid("BASE_TYPE_REQUIRED", "This field is required")
        return self

    @property
    def length(self) -> int:
        """The number of characters of all texts."""
        texts = [self.title or "", self.description or ""]
        texts += [self.author.name] if self.author else []
        texts += [self.footer.text] if self.footer else []
        texts += [text for field in self.fields for text in (field.name, field.value)]
        return sum(map(len, texts))


class Mentions(Model):
    """Discord's allowed mentions object."""

    parse: list[Literal["users", "roles", "everyone"]] = Field(default=[])
    users: list[int] = Field(default=[], max_length=100)
    replied_user: bool = False


class File(Model):
    """The metadata of a file: of an upload by its number, of an existing file by its id."""

    id: str
    filename: str = ""
    description: str | None = None
    duration_secs: float | None = None
    waveform: str | None = None


class Reference(Model):
    """The reference to the message that is replied to."""

    message_id: int
    channel_id: int | None = None
    fail_if_not_exists: bool = True


class MessageBody(Model):
    """A message to send, or the changes of a message to edit."""

    content: str | None = optional_text(MAX_CONTENT)
    embeds: list[Embed] | None = Field(default=None, max_length=10)
    components: list[Row] | None = Field(default=None, max_length=5)
    flags: int = 0
    allowed_mentions: Mentions | None = None
    attachments: list[File] | None = None
    message_reference: Reference | None = None
    nonce: str | None = optional_text(25)
    uploads: list[Upload] = Field(default=[], max_length=0)  # added from the form afterwards

    @field_validator("embeds")
    @classmethod
    def _check_embeds(cls, embeds: list[Embed] | None) -> list[Embed] | None:
        if sum(embed.length for embed in embeds or ()) > MAX_EMBED_TEXT:
            message = f"Embed size exceeds maximum size of {MAX_EMBED_TEXT}"
            raise invalid("MAX_EMBED_SIZE_EXCEEDED", message)
        return embeds

    @field_validator("components")
    @classmethod
    def _check_components(cls, rows: list[Row] | None) -> list[Row] | None:
        check_unique(
            [component.custom_id for row in rows or () for component in row.components],
            "COMPONENT_CUSTOM_ID_DUPLICATED",
            "Component custom id cannot be duplicated",
        )
        return rows

    @property
    def ephemeral(self) -> bool:
        """Whether the message is ephemeral; only for responses to interactions."""
        return bool(self.flags & MessageFlag.EPHEMERAL)

    @property
    def mentions(self) -> AllowedMentions:
        """The allowed mentions of the message."""
        allowed = self.allowed_mentions
        if allowed is None:
            return AllowedMentions()
        return AllowedMentions(
            everyone="everyone" in allowed.parse,
            every_person="users" in allowed.parse,
            people=frozenset(allowed.users),
            replied_person=allowed.replied_user,
        )

    def changes(self) -> Json:
        """Return the fields of `Message` that the body sets, with their values."""
        changes: Json = {}
        if "content" in self.model_fields_set:
            changes["content"] = self.content or ""
        if "embeds" in self.model_fields_set:
            changes["embeds"] = [embed.to_json() for embed in self.embeds or ()]
        if "components" in self.model_fields_set:
            changes["components"] = with_ids(self.components or [])
        if "flags" in self.model_fields_set:
            changes["flags"] = MessageFlag(self.flags & SETTABLE_FLAGS)
        return changes


class CallbackBody(Model):
    """The callback of an interaction."""

    type: int
    data: MessageBody = Field(default_factory=MessageBody)


async def read_message_body(request: web.Request) -> MessageBody:
    """Read the body of a message.

    Raises
    ------
    ApiError, UploadError
        The body is invalid (50035, 50109, 30015) or too large (40005).
    """
    payload, files = await _read(request)
    return _with_files(validate(MessageBody, payload), files)


async def read_callback_body(request: web.Request) -> CallbackBody:
    """Read the callback of an interaction; raises the errors of `read_message_body`."""
    payload, files = await _read(request)
    body = validate(CallbackBody, payload)
    _with_files(body.data, files)
    return body


def post_body(world: World, body: MessageBody, message: Message) -> Message:
    """Post a message of a bot.

    Parameters
    ----------
    message
        The channel, the author, and whatever else is not in the body.

    Raises
    ------
    ApiError
        The message is empty (50006) or has too many files (30015).
    """
    changes = body.changes()
    changes["flags"] = changes.get("flags", MessageFlag.NONE) | message.flags
    message = replace(message, **changes, nonce=body.nonce)
    _check_size(message, len(body.uploads))
    return world.post(message, uploads=body.uploads, allowed_mentions=body.mentions)


def edit_with_body(world: World, message: Message, body: MessageBody) -> Message:
    """Edit a message of a bot.

    Raises
    ------
    ApiError
        The message would be empty (50006) or have too many files (30015).
    """
    changes, kept = body.changes(), message.attachments
    if body.attachments is not None:
        ids = {file.id for file in body.attachments}
        kept = tuple(file for file in kept if str(file.id) in ids)
    if "flags" in changes:
        changes["flags"] |= message.flags & ~MessageFlag.SUPPRESS_EMBEDS
    _check_size(replace(message, **changes), len(kept) + len(body.uploads))
    return world.edit(
        message, uploads=body.uploads, kept=kept, allowed_mentions=body.mentions, **changes
    )


def _check_size(message: Message, files: int) -> None:
    if files > MAX_FILES:
        raise TooManyFilesError(f"A message takes at most {MAX_FILES} files.")
    if not (message.content or message.embeds or message.components or files):
        raise ApiError(400, 50006, "Cannot send an empty message")


async def _read(request: web.Request) -> tuple[Any, Sequence[tuple[str, Upload]]]:
    if not request.content_type.startswith("multipart/"):
        return await read_json(request), ()
    form = await read_form(request)
    return parse_json(form.texts.get("payload_json", "{}")), form.files


def _with_files(body: MessageBody, files: Sequence[tuple[str, Upload]]) -> MessageBody:
    """Add uploads to a body, with the metadata that the body has of them."""
    metadata = {file.id: file for file in body.attachments or ()}
    for name, upload in files:
        number = FILE_FIELD.fullmatch(name)
        file = metadata.get(number[1]) if number else None
        if file is not None:
            upload = replace(
                upload,
                filename=file.filename or upload.filename,
                description=file.description,
                duration=file.duration_secs,
                waveform=file.waveform,
            )
        body.uploads.append(upload)
    return body
