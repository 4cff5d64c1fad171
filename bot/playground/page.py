"""The page's own side of the server: its files, its live events, and what a person sends."""

import asyncio
import json
import logging
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from bot.playground import voice_message
from bot.playground.attachments import Upload
from bot.playground.checks import MAX_CONTENT
from bot.playground.errors import (
    ApiError,
    PlaygroundError,
    UploadError,
    UploadTooLargeError,
)
from bot.playground.events import Event
from bot.playground.forms import read_body, read_form
from bot.playground.mentions import with_mentions
from bot.playground.messages import Draft, Message, MessageFlag
from bot.playground.outbox import CLOSE_SECONDS, Outbox
from bot.playground.page_events import page_event, page_state
from bot.playground.page_people import asking
from bot.playground.payloads import message_json
from bot.playground.snowflakes import number
from bot.playground.world import World

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Json = dict[str, Any]

STATIC = Path(__file__).parent / "static"
PREFIX = "/playground"
PING_SECONDS = 30.0  # after which a page that is gone is noticed
MAX_SOCKET_BYTES = 4096  # that the page may send over its socket; it has nothing to say there
WAV_TYPES = ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave")


class Page:
    """Serves the page, tells it what happens, and takes what a person sends.

    Parameters
    ----------
    world
        What the page shows.
    """

    def __init__(self, world: World) -> None:
        self._world: Final = world
        self._outboxes: dict[Outbox, int] = {}  # with the ids of the people who look
        world.subscribe(self._hear)

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the routes of the page itself."""
        return [
            web.get("/", self._index),
            web.static("/static", STATIC),
        ]

    def application(self, *others: web.RouteDef) -> web.Application:
        """Give the aiohttp application to mount at `PREFIX`, with other routes of its in it."""
        application = web.Application(middlewares=[_guard_errors])
        application.add_routes(
            [
                web.get("/events", self._events),
                web.post("/channels/{channel_id}/messages", self._send),
                web.post("/channels/{channel_id}/voice", self._send_voice),
                *others,
            ]
        )
        return application

    def close(self) -> None:
        """Say goodbye to every page that is open."""
        for outbox in tuple(self._outboxes):
            outbox.close()

    async def say(self, draft: Draft, *, recording: bytes | None = None) -> Message:
        """Send a message as a person.

        Parameters
        ----------
        draft
            The message; a name with an @ in its text becomes a mention.
        recording
            A WAV file that goes with it as a voice message.

        Raises
        ------
        UploadError
            There is nothing in it, too much text, or the recording cannot be used.
        ApiError
            There is no such channel.
        """
        self._world.channel(draft.channel_id)
        content = with_mentions(draft.content.strip(), self._world.people.values())
        if len(content) > MAX_CONTENT:
            raise UploadError(f"The message is too long: send at most {MAX_CONTENT} characters.")
        uploads = list(draft.uploads)
        flags = draft.flags
        if recording is not None:
            uploads.append(await _encoded(recording))
            flags |= MessageFlag.VOICE_MESSAGE
        if not content and not uploads:
            raise UploadError("There is nothing to send: write something, or attach a file.")
        return self._world.post(replace(draft, content=content, uploads=uploads, flags=flags))

    async def _index(self, request: web.Request) -> web.StreamResponse:
        if request.host.startswith("localhost"):  # where it would be another site than its files
            raise web.HTTPFound(f"{self._world.attachments.base_url}{request.path_qs}")
        return web.FileResponse(STATIC / "index.html")

    async def _events(self, request: web.Request) -> web.WebSocketResponse:
        person = asking(self._world, request)
        socket = web.WebSocketResponse(
            timeout=CLOSE_SECONDS, heartbeat=PING_SECONDS, max_msg_size=MAX_SOCKET_BYTES
        )
        await socket.prepare(request)

        async def write(message: Json) -> None:
            await socket.send_str(json.dumps(message))

        outbox = Outbox(socket, request.transport, write)
        outbox.put(page_state(self._world, person.id))
        self._outboxes[outbox] = person.id
        try:
            async for _ in socket:
                pass
        finally:
            self._outboxes.pop(outbox, None)
            await outbox.stop()
        return socket

    async def _send(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        # Browsers send the lines of a form with CR LF; Discord has LF.
        content = form.texts.get("content", "").replace("\r\n", "\n")
        draft = self._draft(request, content, [file for _, file in form.files])
        if "reply_to" in form.texts:
            draft = replace(draft, reply_to=self._replied_to(draft, form.texts["reply_to"]))
        return self._created(await self.say(draft))

    async def _send_voice(self, request: web.Request) -> web.Response:
        if request.content_type not in WAV_TYPES:
            raise UploadError("The recording is not a WAV file: record it again.")
        recording = await read_body(request, max_bytes=voice_message.MAX_WAV_BYTES)
        return self._created(await self.say(self._draft(request), recording=recording))

    def _draft(
        self, request: web.Request, content: str = "", uploads: list[Upload] | None = None
    ) -> Draft:
        channel = self._world.channel(number(request.match_info["channel_id"]))
        person = asking(self._world, request)
        if not channel.seen_by(person.id):
            raise PlaygroundError("That conversation is between others.")
        return Draft(
            channel_id=channel.id,
            author_id=person.id,
            content=content,
            uploads=uploads or [],
        )

    def _replied_to(self, draft: Draft, wanted: str) -> int:
        message = self._world.find(draft.channel_id, number(wanted))
        if message.visible_to is not None:
            raise PlaygroundError("Only one person sees that message: nobody can reply to it.")
        return message.id

    def _created(self, message: Message) -> web.Response:
        return web.json_response(message_json(self._world, message), status=201)

    def _hear(self, event: Event) -> None:
        for outbox, person_id in tuple(self._outboxes.items()):
            told = page_event(self._world, event, person_id)
            if told is not None:
                outbox.put(told)


@web.middleware
async def _guard_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        return _complaint(f"{error}: reload the page.", status=error.status)
    except PlaygroundError as error:
        return _complaint(str(error), status=413 if isinstance(error, UploadTooLargeError) else 400)
    except web.HTTPException as error:
        return _complaint(f"{error.reason}: reload the page.", status=error.status)
    except Exception:
        log.exception("The playground failed at %s %s", request.method, request.path)
        return _complaint("The playground made a mistake: its log says which.", status=500)


async def _encoded(recording: bytes) -> Upload:
    abandoned = threading.Event()
    try:
        return await asyncio.to_thread(voice_message.encode, recording, abandoned=abandoned)
    finally:
        abandoned.set()  # a long one must not keep the playground from stopping


def _complaint(sentence: str, *, status: int) -> web.Response:
    return web.json_response({"error": sentence}, status=status)
