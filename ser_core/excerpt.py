"""Parts of a file on disk as if they were in memory, or a file of their own.

Uncompressed, an hour of sound is hundreds of megabytes: they are read when they are decoded.
"""

import io
import os
from typing import BinaryIO

from ser_core.errors import AudioUnreadableError


class FileBytes:
    """The bytes of an open file, of which those are read that are asked for.

    Parameters
    ----------
    file
        Open for reading; where it stands does not matter.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = os.fstat(file.fileno()).st_size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, span: slice) -> bytes:
        start, end, _ = span.indices(self._size)
        try:
            self._file.seek(start)
            return self._file.read(max(0, end - start))
        except OSError as cause:
            raise AudioUnreadableError(
                "The recording cannot be read to its end: check the file, or copy it elsewhere."
            ) from cause


class Excerpt(io.RawIOBase):
    """A header of one's own and, behind it, a stretch of an open file: a file to decode.

    Parameters
    ----------
    header
        What comes first.
    file
        Open for reading.
    start, end
        Offsets of the stretch in it.
    """

    def __init__(self, header: bytes, file: BinaryIO, start: int, end: int) -> None:
        self._header = header
        self._file = file
        self._start = start
        self._size = len(header) + end - start
        self._position = 0
        self._is_broken = False

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Say where it stands."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go elsewhere, as in any file."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override] # as it is called
        """Read on; at the end, or where the file gives no more, 0.

        What is amiss is only noted, for it is libsndfile that asks, and no error gets through that.
        """
        position, left = self._position, max(0, self._size - self._position)
        if position < len(self._header):
            read = self._header[position : position + len(buffer)]
        else:
            try:
                self._file.seek(self._start + position - len(self._header))
                read = self._file.read(min(len(buffer), left))
            except OSError:
                read = b""
            self._is_broken |= left > 0 and not read and len(buffer) > 0
        buffer[: len(read)] = read
        self._position += len(read)
        return len(read)

    def check(self) -> None:
        """Raise an `AudioUnreadableError` if the file gave less than was to be read of it."""
        if self._is_broken:
            raise AudioUnreadableError(
                "The recording changed, or went away, while it was read: try again."
            )
