"""The gateway's streams are read by discord.py's own decompressors."""

import json

import discord.utils
import pytest

from bot.playground.gateway.compression import compressor

MESSAGES = [json.dumps({"number": number, "text": "é" * number}) for number in (0, 1, 5_000, 1)]


def test_zstd_is_read_back_where_python_knows_it() -> None:
    compress = compressor("zstd-stream")
    stream = discord.utils._ActiveDecompressionContext()
    if stream.COMPRESSION_TYPE != "zstd-stream":
        pytest.skip("zstd comes with Python 3.14, or with the package zstandard")
    assert compress is not None
    assert [stream.decompress(compress(message)) for message in MESSAGES] == MESSAGES
