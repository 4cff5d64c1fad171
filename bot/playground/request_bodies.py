"""Request bodies: JSON and multipart forms, with limits on their size."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.playground.errors import TooManyFilesError, UploadError, UploadTooLargeError
from bot.playground.world import MAX_FILE_BYTES, MAX_FILES, Upload

MEBIBYTE = 1024 * 1024  # bytes
MAX_TEXT_BYTES = MEBIBYTE  # of a JSON body, or of all text fields of a form together
MAX_FIELDS = 100  # of a form, including files
CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Form:
    """A multipart form: text fields by name, and files with the names of their fields."""

    texts: Mapping[str, str] = field(default_factory=dict)
    files: tuple[tuple[str, Upload], ...] = ()


async def read_body(request: web.Request, *, max_bytes: int) -> bytes:
    """Read a whole body.

    Raises
    ------
    UploadTooLargeError
        The body is larger than the limit.
    """
    body = bytearray()
    async for chunk in request.content.iter_chunked(CHUNK_BYTES):
        body += chunk
        if len(body) > max_bytes:
            raise UploadTooLargeError(f"That is larger than {max_bytes // MEBIBYTE} MiB.")
    return bytes(body)


async def read_json(request: web.Request) -> Any:
    """Read a JSON body; an empty body is read as an empty object.

    Raises
    ------
    UploadError
        The body is larger than the limit, or not JSON.
    """
    return parse_json(await read_body(request, max_bytes=MAX_TEXT_BYTES) or b"{}")


def parse_json(text: str | bytes) -> Any:
    """Parse JSON.

    Raises
    ------
    UploadError
        The text is not JSON.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise UploadError("The request body contains invalid JSON.") from cause


async def read_form(request: web.Request) -> Form:
    """Read a multipart form.

    Raises
    ------
    UploadError
        The form is malformed, or has too many files or too large ones.
    """
    texts: dict[str, str] = {}
    files: list[tuple[str, Upload]] = []
    remaining_text_bytes, n_fields = MAX_TEXT_BYTES, 0
    if request.content_type != "multipart/form-data":
        raise UploadError("Send a multipart form.")
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if not isinstance(part, BodyPartReader) or not part.name:
                raise UploadError("The form has a part that is neither a field nor a file.")
            n_fields += 1
            if n_fields > MAX_FIELDS:
                raise UploadTooLargeError("The form has too many fields.")
            if part.filename is None:
                data = await _read_part(part, remaining_text_bytes, "The text is too long.")
                remaining_text_bytes -= len(data)
                texts[part.name] = data.decode()
                continue
            if len(files) == MAX_FILES:
                raise TooManyFilesError(
                    f"A message takes at most {MAX_FILES} files: send the rest after."
                )
            data = await _read_part(
                part,
                MAX_FILE_BYTES,
                f"Your file is too large: “{part.filename[:100]}” is over the limit of "
                f"{MAX_FILE_BYTES // MEBIBYTE} MiB.",
            )
            declared = part.headers.get("Content-Type")
            upload = Upload(filename=part.filename, data=data, content_type=declared)
            files.append((part.name, upload))
    except (ValueError, HttpProcessingError) as cause:
        raise UploadError("The form is broken: send it again.") from cause
    return Form(texts, tuple(files))


async def _read_part(part: BodyPartReader, max_bytes: int, message: str) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(CHUNK_BYTES):
        data += chunk
        if len(data) > max_bytes:
            raise UploadTooLargeError(message)
    return bytes(data)
