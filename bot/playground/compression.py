"""The gateway's transport compression: one stream for the life of a connection."""

import importlib
import zlib
from collections.abc import Callable
from typing import Any

Compress = Callable[[str], bytes]  # one message to the bytes of one web socket frame


def compressor(name: str) -> Compress | None:
    """Give a fresh compressor of the kind that a client asks for; None if there is no such kind.

    discord.py asks for ``zstd-stream`` where Python can read it, and else for ``zlib-stream``.
    """
    if name == "zlib-stream":
        return _zlib_stream()
    if name == "zstd-stream":
        return _zstd_stream()
    return None


def _zlib_stream() -> Compress:
    stream = zlib.compressobj()

    def compress(text: str) -> bytes:
        return stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)

    return compress


def _zstd_stream() -> Compress | None:
    builtin, package = _module("compression.zstd"), _module("zstandard")
    if builtin is not None:
        stream = builtin.ZstdCompressor()
        return lambda text: bytes(stream.compress(text.encode(), stream.FLUSH_BLOCK))
    if package is not None:
        stream = package.ZstdCompressor().compressobj()
        flush = package.COMPRESSOBJ_FLUSH_BLOCK
        return lambda text: bytes(stream.compress(text.encode()) + stream.flush(flush))
    return None


def _module(name: str) -> Any:
    """Import a module that only some Pythons have."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
