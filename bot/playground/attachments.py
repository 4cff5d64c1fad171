"""Files: what is sent (`Upload`), what a message shows of it (`Attachment`), and the CDN.

The bytes are kept in memory only, the oldest thrown out first when there are too many. Type and
name come from the sender, as on Discord, so what is served is fenced in: no sniffing of types, and
anything that a browser could run is offered as a download.
"""

import io
import mimetypes
import re
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web
from PIL import Image, UnidentifiedImageError

from bot.playground.errors import PlaygroundError
from bot.playground.snowflakes import number

MEBIBYTE = 1024 * 1024  # bytes
MAX_FILE_BYTES = 10 * MEBIBYTE  # Discord's limit for one file without a paid plan
MAX_FILES = 10  # in one message
MAX_STORED_BYTES = 2 * MAX_FILES * MAX_FILE_BYTES  # of all files; always room for two full messages
MAX_FILENAME_LENGTH, MAX_SUFFIX_LENGTH = 120, 20  # characters

FOLDERS = ("attachments", "ephemeral-attachments")  # of the CDN
DEFAULT_TYPE = "application/octet-stream"
TYPE_PATTERN = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+_-]{0,99}(?:;\s*[a-z0-9=_.\-\"]{1,80})*", re.I)
# What the standard library does not know, or Discord calls otherwise.
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
PICTURE_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
SHOWN_IN_PAGE = re.compile(r"(audio|video)/|image/(png|jpeg|gif|webp)\b", re.I)

# The standard library's own table: the one of the machine differs from machine to machine.
_types: Final = mimetypes.MimeTypes(filenames=())


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file on its way into a message; all but the bytes is what the sender claims."""

    filename: str
    data: bytes
    content_type: str | None = None  # None: by the file's name
    description: str | None = None
    duration: float | None = None  # seconds; of a voice message
    waveform: str | None = None  # base64 of at most 256 amplitudes; of a voice message


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file in a message."""

    id: int
    filename: str
    title: str | None  # the name before it was made safe, where that changed it
    size: int  # bytes
    url: str
    content_type: str
    description: str | None
    width: int | None  # pixels
    height: int | None  # pixels
    duration: float | None  # seconds
    waveform: str | None
    embedded: bool = False  # shown in an embed, and so not by itself
    ephemeral: bool = False  # given to a command, or in a message that only one person sees

    def to_json(self) -> dict[str, Any]:
        """Describe it as Discord does."""
        described: dict[str, Any] = {
            "id": str(self.id),
            "filename": self.filename,
            "size": self.size,
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.content_type,
            "content_scan_version": 0,
        }
        optional = {
            "title": self.title,
            "description": self.description,
            "width": self.width,
            "height": self.height,
            "duration_secs": self.duration,
            "waveform": self.waveform,
        }
        if self.ephemeral:
            described["ephemeral"] = True
        described.update({key: value for key, value in optional.items() if value is not None})
        return described


@dataclass(frozen=True)
class _StoredFile:
    channel_id: int
    filename: str
    content_type: str
    data: bytes


class AttachmentStore:
    """Keeps the bytes of every attachment, as long as there is room, and serves them.

    Parameters
    ----------
    max_bytes
        Room for the bytes of all files together.
    """

    def __init__(self, *, max_bytes: int = MAX_STORED_BYTES) -> None:
        self.base_url = ""  # of the server, once it is known
        self._max_bytes = max_bytes
        self._files: OrderedDict[int, _StoredFile] = OrderedDict()
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes that are kept now."""
        return self._size

    def keep(
        self, channel_id: int, attachment_id: int, upload: Upload, *, ephemeral: bool = False
    ) -> Attachment:
        """Take a file in, and throw out the oldest ones if there is no room for it.

        Raises
        ------
        PlaygroundError
            The file alone is larger than all the room there is.
        """
        size = len(upload.data)
        if size > self._max_bytes:
            raise PlaygroundError("The file is larger than all the room that the playground has.")
        while self._size + size > self._max_bytes:
            self.discard(next(iter(self._files)))
        folder = FOLDERS[ephemeral]
        filename = safe_filename(upload.filename)
        content_type = content_type_of(filename, upload.content_type)
        self._files[attachment_id] = _StoredFile(channel_id, filename, content_type, upload.data)
        self._size += size
        width, height = (
            picture_size(upload.data) if content_type.startswith("image/") else (None,) * 2
        )
        return Attachment(
            id=attachment_id,
            filename=filename,
            title=upload.filename if upload.filename != filename else None,
            size=size,
            url=f"{self.base_url}/{folder}/{channel_id}/{attachment_id}/{quote(filename)}",
            content_type=content_type,
            description=upload.description,
            width=width,
            height=height,
            duration=upload.duration,
            waveform=upload.waveform,
            ephemeral=ephemeral,
        )

    def copy(self, attachment: Attachment, channel_id: int, attachment_id: int) -> Attachment:
        """Take a file in again; if it is there no more, give its description alone."""
        file = self._files.get(attachment.id)
        if file is None:
            return attachment
        upload = Upload(
            filename=attachment.title or attachment.filename,
            data=file.data,
            content_type=attachment.content_type,
            description=attachment.description,
            duration=attachment.duration,
            waveform=attachment.waveform,
        )
        return self.keep(channel_id, attachment_id, upload)

    def discard(self, attachment_id: int) -> None:
        """Throw a file out, if it is still there."""
        file = self._files.pop(attachment_id, None)
        if file is not None:
            self._size -= len(file.data)

    def routes(self) -> list[web.RouteDef]:
        """Give the routes of the CDN."""
        place = "{channel_id}/{attachment_id}/{filename}"
        return [web.get(f"/{folder}/{place}", self.serve) for folder in FOLDERS]

    async def serve(self, request: web.Request) -> web.Response:
        """Answer GET and HEAD ``/attachments/{channel_id}/{attachment_id}/{filename}``."""
        file = self._files.get(number(request.match_info["attachment_id"]))
        asked = (number(request.match_info["channel_id"]), request.match_info["filename"])
        if file is None or asked != (file.channel_id, file.filename):
            raise web.HTTPNotFound(text="This content is no longer available.")
        disposition = "inline" if SHOWN_IN_PAGE.match(file.content_type) else "attachment"
        headers = {
            "Accept-Ranges": "bytes",
            "Cache-Control": "private, max-age=3600, immutable",
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(file.filename)}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Content-Type": file.content_type,
        }
        size = len(file.data)
        part = _range_of(request, size)
        if part is None:
            return web.Response(body=file.data, headers=headers)
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
        return web.Response(
            status=206, body=memoryview(file.data)[part.start : part.stop], headers=headers
        )


def safe_filename(name: str) -> str:
    """Turn a sender's file name into one without a path, spaces or signs, as Discord does."""
    last = PurePosixPath(name.replace("\\", "/")).name
    cleaned = re.sub(r"[^\w.\-]", "", re.sub(r"\s+", "_", last))
    suffix = PurePosixPath(cleaned).suffix[:MAX_SUFFIX_LENGTH]
    stem = PurePosixPath(cleaned).stem[: MAX_FILENAME_LENGTH - MAX_SUFFIX_LENGTH]
    return stem + suffix if stem.strip(".") else "unknown"


def content_type_of(filename: str, declared: str | None) -> str:
    """Give the type that the sender declares, or else that the file's name suggests."""
    if declared and declared != DEFAULT_TYPE and TYPE_PATTERN.fullmatch(declared):
        return declared
    suffix = PurePosixPath(filename).suffix.lower()
    return TYPES_BY_SUFFIX.get(suffix) or _types.guess_type("x" + suffix)[0] or DEFAULT_TYPE


def picture_size(data: bytes) -> tuple[int | None, int | None]:
    """Read width and height, in pixels, from a picture's header; None twice if it is not one."""
    try:
        with Image.open(io.BytesIO(data), formats=PICTURE_FORMATS) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None, None
    return width, height


def _range_of(request: web.Request, size: int) -> range | None:
    """Give the bytes that are asked for, or None for all of them."""
    try:
        wanted = request.http_range
    except ValueError:
        return None  # not a range that anybody understands: RFC 9110 says to ignore it
    if wanted.start is None and wanted.stop is None:
        return None
    part = range(size)[wanted]
    if not part:
        raise web.HTTPRequestRangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return part
