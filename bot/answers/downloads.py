"""The download of attachments, from Discord's own servers alone, and within limits."""

from typing import Self

import aiohttp
from yarl import URL

from bot.errors import VoiceNoteError

ATTACHMENT_ORIGINS = frozenset(
    URL(origin) for origin in ("https://cdn.discordapp.com", "https://media.discordapp.net")
)
CHUNK_BYTES = 64 * 1024
CONNECT_SECONDS = 10.0


def too_large(max_bytes: int) -> VoiceNoteError:
    """Return the error for a file that is too large, in the megabytes that Discord shows."""
    return VoiceNoteError(
        "That file is larger than {size} MB, which is the most I take in: please send a shorter "
        "recording.",
        size=max_bytes / 2**20,
    )


class Downloads:
    """Downloads attachments over a session of its own.

    discord.py's ``Attachment.read`` has no limit on size, time or origin. This session has all
    three, follows no redirect, accepts no cookie, asks for no compression (a small body could
    become a huge one), and has no token.

    Parameters
    ----------
    max_bytes
        The largest body that is accepted.
    seconds
        The time-out of one download as a whole.
    origins
        The only origins that attachments are fetched from.
    """

    def __init__(self, max_bytes: int, seconds: float, origins: frozenset[URL]) -> None:
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._origins = origins
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": "identity"},
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=self._seconds, connect=CONNECT_SECONDS),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(self, attachment_url: str) -> bytes:
        """Return the body of the attachment at a URL.

        Raises
        ------
        VoiceNoteError
            It is too large, takes too long, is gone, or does not come from Discord.
        """
        if self._session is None:
            raise VoiceNoteError("I am being switched off: please send it again in a minute.")
        try:
            url = URL(attachment_url)
            if url.origin() not in self._origins:
                raise VoiceNoteError("I only listen to files that were uploaded to Discord.")
            async with self._session.get(url, allow_redirects=False) as response:
                if response.status != 200:
                    raise VoiceNoteError("Discord did not give me that file: please send it again.")
                return await self._read(response)
        except TimeoutError as cause:
            raise VoiceNoteError(
                "That file took too long to arrive: please send it again."
            ) from cause
        except (aiohttp.ClientError, ValueError) as cause:
            raise VoiceNoteError(
                "I could not fetch that file from Discord: please send it again."
            ) from cause

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        """Read a body up to the limit, whatever its headers say."""
        if (response.content_length or 0) > self._max_bytes:
            raise too_large(self._max_bytes)
        body = bytearray()
        async for chunk in response.content.iter_chunked(CHUNK_BYTES):
            body += chunk
            if len(body) > self._max_bytes:
                raise too_large(self._max_bytes)
        return bytes(body)
