"""The gateway's transport compression: one stream for the life of a connection."""

import importlib.util
import zlib
from collections.abc import Callable

Compress = Callable[[str], bytes]  # one message to the bytes of one web socket frame


def compressor(name: str) -> Compress | None:
    """Return a fresh compressor of the kind that a client asks for, None for an unknown kind.

    discord.py asks for ``zstd-stream`` where Python can read it, and else for ``zlib-stream``.
    """
    if name == "zlib-stream":
        zlib_stream = zlib.compressobj()
        return lambda text: (
            zlib_stream.compress(text.encode()) + zlib_stream.flush(zlib.Z_SYNC_FLUSH)
        )
    if name == "zstd-stream" and importlib.util.find_spec("zstandard"):
        package = importlib.import_module("zstandard")
        stream = package.ZstdCompressor().compressobj()
        flush = package.COMPRESSOBJ_FLUSH_BLOCK
        return lambda text: bytes(stream.compress(text.encode()) + stream.flush(flush))
    if name == "zstd-stream" and importlib.util.find_spec("compression"):  # Python 3.14
        stream = importlib.import_module("compression.zstd").ZstdCompressor()
        return lambda text: bytes(stream.compress(text.encode(), stream.FLUSH_BLOCK))
    return None
