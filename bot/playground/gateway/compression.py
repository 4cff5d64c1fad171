"""The gateway's transport compression: one compressed stream for each connection."""

import importlib.util
import zlib
from collections.abc import Callable

Compress = Callable[[str], bytes]  # a message → the content of a web socket frame


def compressor(name: str) -> Compress | None:
    """Return a new compressor with Discord's name of the algorithm; None if it is unknown.

    discord.py asks for ``zstd-stream`` if it can decompress it, and else for ``zlib-stream``.
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
