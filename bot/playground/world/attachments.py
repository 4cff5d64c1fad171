"""Files: what is sent (`Upload`), what a message shows of it (`Attachment`), and the CDN.

The bytes are kept in memory only; the oldest go first when there are too many. Type and name come
from the sender, as on Discord, so the files are served without sniffing of types, and anything
that a browser could run is offered as a download.
"""

import mimetypes
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from bot.playground.errors import PlaygroundError

MAX_FILE_BYTES = 10 * 1024 * 1024  # Discord's limit for one file without a paid plan
MAX_FILES = 10  # in one message
MAX_STORED_BYTES = 2 * MAX_FILES * MAX_FILE_BYTES  # of all files: room for two full messages
MAX_STEM, MAX_SUFFIX = 100, 20  # characters of a file's name

FOLDERS = ("attachments", "ephemeral-attachments")  # of the CDN
DEFAULT_TYPE = "application/octet-stream"
TYPE_PATTERN = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+_-]{0,99}(?:;\s*[a-z0-9=_.\-\"]{1,80})*", re.I)
# Types that the standard library lacks, or that Discord names differently.
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

# The standard library's own table: the one of the machine differs from machine to machine.
_types: Final = mimetypes.MimeTypes(filenames=())


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file on its way into a message; all but the bytes is the sender's claim."""

    filename: str
    data: bytes
    content_type: str | None = None  # None: by the file's name
    description: str | None = None
    duration: float | None = None  # seconds; of a voice message
    waveform: str | None = None  # base64 of at most 256 amplitudes; of a voice message


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file in a message.

    Attributes
    ----------
    title
        The name before it was made safe.
    embedded
        Whether an embed shows it, in place of the message itself.
    ephemeral
        Whether it was given to a command, or is in a message that only one person sees.
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
    """The bytes of every attachment, as long as there is room, and the routes that serve them.

    Attributes
    ----------
    base_url
        Of the server, once it is known.
    size
        Bytes that are kept now.
    """

    def __init__(self, *, max_bytes: int = MAX_STORED_BYTES) -> None:
        self.base_url = ""
        self.size = 0
        self._max_bytes = max_bytes
        self._files: dict[str, tuple[Attachment, bytes]] = {}  # by path, the oldest first

    def keep(
        self, channel_id: int, attachment_id: int, upload: Upload, *, ephemeral: bool = False
    ) -> Attachment:
        """Store a file, and drop the oldest ones if there is no room for it.

        Raises
        ------
        PlaygroundError
            The file alone is larger than all the room there is.
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
        """Store a file again; return its old description if it is no longer there."""
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
        """Drop a file, if it is still there."""
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
    """Return a sender's file name without a path, spaces or signs, as Discord does."""
    last = PurePosixPath(name.replace("\\", "/")).name
    cleaned = PurePosixPath(re.sub(r"[^\w.\-]", "", re.sub(r"\s+", "_", last)))
    stem, suffix = cleaned.stem[:MAX_STEM], cleaned.suffix[:MAX_SUFFIX]
    return stem + suffix if stem.strip(".") else "unknown"


def content_type_of(filename: str, declared: str | None) -> str:
    """Return the type that the sender declares, or else the one of the file's name."""
    if declared and declared != DEFAULT_TYPE and TYPE_PATTERN.fullmatch(declared):
        return declared
    suffix = PurePosixPath(filename).suffix.lower()
    return TYPES_BY_SUFFIX.get(suffix) or _types.guess_type("x" + suffix)[0] or DEFAULT_TYPE
