"""Files: uploads, attachments of messages, and the CDN that serves them.

Files are only kept in memory, and the oldest are dropped when there are too many. As on Discord,
the content type and the name come from the sender. So files are served with type sniffing disabled,
and anything that a browser could execute is sent as a download.
"""

import mimetypes
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from bot.playground.errors import PlaygroundError

MAX_FILE_BYTES = 10 * 1024 * 1024  # Discord's limit without Nitro
MAX_FILES = 10  # in one message
MAX_STORED_BYTES = 2 * MAX_FILES * MAX_FILE_BYTES  # of all files: enough for two full messages
MAX_STEM, MAX_SUFFIX = 100, 20  # characters of a file name

FOLDERS = ("attachments", "ephemeral-attachments")  # of the CDN
DEFAULT_TYPE = "application/octet-stream"
TYPE_PATTERN = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+_-]{0,99}(?:;\s*[a-z0-9=_.\-\"]{1,80})*", re.I)
# Types that the standard library lacks, or for which Discord has another name.
TYPES_BY_SUFFIX = {
    ".amr": "audio/amr",
    ".flac": "audio/x-flac",
    ".m4a": "audio/mp4",
    ".mkv": "video/x-matroska",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".weba": "audio/webm",
    ".webp": "image/webp",
}
SHOWN_IN_PAGE = re.compile(r"(audio|video)/|image/(png|jpeg|gif|webp)\b", re.I)

# Only the standard library's own table, since that of the system differs between machines.
_types: Final = mimetypes.MimeTypes(filenames=())


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file to attach to a message; all but the data is declared by the sender."""

    filename: str
    data: bytes
    content_type: str | None = None  # None: guessed from the file name
    description: str | None = None
    duration: float | None = None  # seconds; of a voice message
    waveform: str | None = None  # base64 of at most 256 amplitudes; of a voice message


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """An attachment of a message or a command.

    Attributes
    ----------
    title
        The original file name; `filename` is the sanitised one.
    embedded
        Whether the file is shown in an embed instead of among the attachments.
    ephemeral
        Whether the file is an option of a command, or in an ephemeral message.
    """

    id: int
    filename: str
    title: str
    size: int  # bytes
    url: str
    content_type: str
    description: str | None = None
    duration: float | None = None  # seconds
    waveform: str | None = None
    embedded: bool = False
    ephemeral: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return Discord's attachment object."""
        described = {
            "id": str(self.id),
            "filename": self.filename,
            "title": self.title if self.title != self.filename else None,
            "size": self.size,
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.content_type,
            "description": self.description,
            "duration_secs": self.duration,
            "waveform": self.waveform,
            "ephemeral": self.ephemeral or None,
        }
        return {key: value for key, value in described.items() if value is not None}


class AttachmentStore:
    """The files of all attachments up to a total size, and the routes that serve them.

    Attributes
    ----------
    base_url
        The base URL of the server; set when it listens.
    size
        Total size of the stored files in bytes.
    """

    def __init__(self, *, max_bytes: int = MAX_STORED_BYTES) -> None:
        self.base_url = ""
        self.size = 0
        self._max_bytes = max_bytes
        self._files: dict[str, tuple[Attachment, bytes]] = {}  # by path, the oldest first

    def keep(
        self, channel_id: int, attachment_id: int, upload: Upload, *, ephemeral: bool = False
    ) -> Attachment:
        """Store a file, and drop the oldest files to make room for it.

        Raises
        ------
        PlaygroundError
            The file is larger than the store.
        """
        size = len(upload.data)
        if size > self._max_bytes:
            raise PlaygroundError("The file is larger than all the room that the playground has.")
        while self.size + size > self._max_bytes:
            self.discard(next(iter(self._files.values()))[0])
        filename = safe_filename(upload.filename)
        path = f"/{FOLDERS[ephemeral]}/{channel_id}/{attachment_id}/{quote(filename)}"
        attachment = Attachment(
            id=attachment_id,
            filename=filename,
            title=upload.filename,
            size=size,
            url=f"{self.base_url}{path}",
            content_type=content_type_of(filename, upload.content_type),
            description=upload.description,
            duration=upload.duration,
            waveform=upload.waveform,
            ephemeral=ephemeral,
        )
        self._files[path] = (attachment, upload.data)
        self.size += size
        return attachment

    def copy(self, attachment: Attachment, channel_id: int, attachment_id: int) -> Attachment:
        """Store a copy of a file; return the attachment unchanged if the file was dropped."""
        _, data = self._files.get(self._path_of(attachment), (None, None))
        if data is None:
            return attachment
        upload = Upload(
            filename=attachment.title,
            data=data,
            content_type=attachment.content_type,
            description=attachment.description,
            duration=attachment.duration,
            waveform=attachment.waveform,
        )
        return self.keep(channel_id, attachment_id, upload)

    def discard(self, attachment: Attachment) -> None:
        """Drop a file, if it is still stored."""
        if self._files.pop(self._path_of(attachment), None):
            self.size -= attachment.size

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the CDN."""
        place = "{channel_id}/{attachment_id}/{filename}"
        return [web.get(f"/{folder}/{place}", self._serve) for folder in FOLDERS]

    async def _serve(self, request: web.Request) -> web.Response:
        attachment, data = self._files.get(quote(request.path), (None, b""))
        if attachment is None:
            raise web.HTTPNotFound(text="This content is no longer available.")
        disposition = "inline" if SHOWN_IN_PAGE.match(attachment.content_type) else "attachment"
        headers = {
            "Cache-Control": "private, max-age=3600, immutable",
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(attachment.filename)}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Content-Type": attachment.content_type,
        }
        return web.Response(body=data, headers=headers)

    def _path_of(self, attachment: Attachment) -> str:
        return attachment.url.removeprefix(self.base_url)


def safe_filename(name: str) -> str:
    """Return a file name without path, spaces and special characters, as Discord does."""
    last = PurePosixPath(name.replace("\\", "/")).name
    cleaned = PurePosixPath(re.sub(r"[^\w.\-]", "", re.sub(r"\s+", "_", last)))
    stem, suffix = cleaned.stem[:MAX_STEM], cleaned.suffix[:MAX_SUFFIX]
    return stem + suffix if stem.strip(".") else "unknown"


def content_type_of(filename: str, declared: str | None) -> str:
    """Return the declared content type if it is valid, or else that of the file name."""
    if declared and declared != DEFAULT_TYPE and TYPE_PATTERN.fullmatch(declared):
        return declared
    suffix = PurePosixPath(filename).suffix.lower()
    return TYPES_BY_SUFFIX.get(suffix) or _types.guess_type("x" + suffix)[0] or DEFAULT_TYPE
