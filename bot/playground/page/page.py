"""The server of the page: static files, a web socket for events, and routes for users' actions.

The query ``?person=ID`` of every route is the user; without it, it is the default user.
"""

import asyncio
import json
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from bot.playground import errors
from bot.playground.desktop import DesktopClient
from bot.playground.errors import PlaygroundError, UploadError
from bot.playground.gateway import Gateway
from bot.playground.page import voice_message
from bot.playground.page.events import (
    channel_json,
    interaction_json,
    page_event,
    page_state,
    person_json,
)
from bot.playground.request_bodies import parse_json, read_body, read_form, read_json
from bot.playground.rest import MAX_CONTENT, commands
from bot.playground.send_queue import CLOSE_SECONDS, SendQueue
from bot.playground.world import (
    LOCALES,
    Channel,
    Interaction,
    Message,
    MessageFlag,
    Person,
    Upload,
    World,
    events,
    message_json,
    with_mentions,
)

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Json = dict[str, Any]

STATIC = Path(__file__).parent / "static"
PING_SECONDS = 30.0  # between pings, by which closed pages are detected
MAX_SOCKET_BYTES = 4096  # of a message from the page, which sends none


class Page:
    """The page, with the routes and the events of all its users."""

    prefix: Final = "/playground"

    def __init__(self, world: World, client: DesktopClient, gateway: Gateway) -> None:
        self._world: Final = world
        self._client: Final = client
        self._gateway: Final = gateway
        self._queues: dict[SendQueue, int] = {}  # with the ids of the users
        world.subscribe(self._send_event)

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the routes of the page itself."""
        return [web.get("/", self._index), web.static("/static", STATIC)]

    def application(self) -> web.Application:
        """Return the aiohttp application to mount at `prefix`."""
        application = web.Application(middlewares=[_respond])
        channel = r"/channels/{channel_id:\d{1,20}}"
        message = channel + r"/messages/{message_id:\d{1,20}}"
        application.add_routes(
            [
                web.get("/events", self._events),
                web.post(f"{channel}/messages", self._send),
                web.post(f"{channel}/voice", self._send_voice),
                web.get(f"{channel}/commands", self._list_commands),
                web.post(f"{channel}/commands", self._use_command),
                web.post(f"{message}/component", self._use_component),
                web.post(f"{message}/forward", self._forward),
                web.delete(message, self._delete),
                web.post("/person", self._set_person),
                web.post("/conversations", self._begin_conversation),
                web.post("/gateway/drop", self._drop),
            ]
        )
        return application

    def close(self) -> None:
        """Close the web sockets of all open pages."""
        for queue in tuple(self._queues):
            queue.close()

    async def post(
        self, message: Message, *, uploads: Sequence[Upload] = (), recording: bytes | None = None
    ) -> Message:
        """Post a message of a person.

        Parameters
        ----------
        message
            The message to post; names with an @ in its text become mentions.
        uploads
            Files to attach.
        recording
            A WAV file, to post as a voice message.

        Raises
        ------
        UploadError
            The message is empty or too long, or the recording cannot be used.
        ApiError
            The channel is unknown.
        """
        content = with_mentions(message.content.strip(), self._world.people.values())
        if len(content) > MAX_CONTENT:
            raise UploadError(f"The message is too long: send at most {MAX_CONTENT} characters.")
        flags = message.flags
        if recording is not None:
            uploads = [*uploads, await _encoded(recording)]
            flags |= MessageFlag.VOICE_MESSAGE
        if not content and not uploads:
            raise UploadError("There is nothing to send: write something, or attach a file.")
        return self._world.post(replace(message, content=content, flags=flags), uploads=uploads)

    # The page and its events

    async def _index(self, request: web.Request) -> web.StreamResponse:
        if request.host.startswith("localhost"):  # another origin than that of the attachments
            raise web.HTTPFound(f"{self._world.attachments.base_url}{request.path_qs}")
        return web.FileResponse(STATIC / "index.html")

    async def _events(self, request: web.Request) -> web.WebSocketResponse:
        person = self._person(request)
        socket = web.WebSocketResponse(
            timeout=CLOSE_SECONDS, heartbeat=PING_SECONDS, max_msg_size=MAX_SOCKET_BYTES
        )
        await socket.prepare(request)

        async def write(event: Json) -> None:
            await socket.send_str(json.dumps(event))

        queue = SendQueue(socket, request.transport, write)
        queue.put(page_state(self._world, person.id))
        self._queues[queue] = person.id
        try:
            async for _ in socket:
                pass
        finally:
            self._queues.pop(queue, None)
            await queue.stop()
        return socket

    def _send_event(self, event: events.Event) -> None:
        for queue, person_id in tuple(self._queues.items()):
            described = page_event(self._world, event, person_id)
            if described is not None:
                queue.put(described)

    # Messages

    async def _send(self, request: web.Request) -> web.Response:
        channel, person = self._channel(request), self._person(request)
        form = await read_form(request)
        reply_to = None
        if "reply_to" in form.texts:
            answered = self._world.message(channel.id, _id(form.texts["reply_to"]))
            reply_to = _public(answered).id
        message = Message(
            channel_id=channel.id,
            author_id=person.id,
            # Browsers send line breaks in forms as CR LF; Discord has LF.
            content=form.texts.get("content", "").replace("\r\n", "\n"),
            reply_to=reply_to,
        )
        return self._created(await self.post(message, uploads=[file for _, file in form.files]))

    async def _send_voice(self, request: web.Request) -> web.Response:
        message = Message(channel_id=self._channel(request).id, author_id=self._person(request).id)
        recording = await read_body(request, max_bytes=voice_message.MAX_WAV_BYTES)
        return self._created(await self.post(message, recording=recording))

    async def _forward(self, request: web.Request) -> web.Response:
        message, person = _public(self._message(request)), self._person(request)
        target = self._seen_channel(person, _id((await _read_object(request)).get("channel_id")))
        return self._created(self._world.forward(message, target, person))

    async def _delete(self, request: web.Request) -> web.Response:
        self._client.delete(self._message(request), person=self._person(request))
        return web.json_response({})

    # Commands and components

    async def _list_commands(self, request: web.Request) -> web.Response:
        usable = self._client.commands(self._person(request), self._channel(request))
        return web.json_response({"commands": usable})

    async def _use_command(self, request: web.Request) -> web.Response:
        person, channel = self._person(request), self._channel(request)
        form = await read_form(request)
        asked = _object(parse_json(form.texts.get("command", "{}")))
        name = str(asked.get("name", ""))
        if asked.get("type", commands.CHAT_INPUT) == commands.CHAT_INPUT:
            values = _object(asked.get("options", {})) | dict(form.files)
            begun = self._client.use_command(name, values, person=person, channel=channel)
        else:
            message = self._world.message(channel.id, _id(asked.get("target_id")))
            begun = self._client.use_message_command(name, message, person=person)
        return _begun(begun)

    async def _use_component(self, request: web.Request) -> web.Response:
        person = self._person(request)
        asked = await _read_object(request)
        values = asked.get("values")
        begun = self._client.use_component(
            self._message(request),
            str(asked.get("custom_id", "")),
            [str(value) for value in values] if isinstance(values, list) else None,
            person=person,
        )
        return _begun(begun)

    # The user and the network

    async def _set_person(self, request: web.Request) -> web.Response:
        person = self._person(request)
        locale = (await _read_object(request)).get("locale")
        if locale not in LOCALES:
            raise PlaygroundError(f"There are these languages here: {', '.join(LOCALES)}.")
        self._world.set_locale(person.id, locale)
        return web.json_response(person_json(self._world, person))

    async def _begin_conversation(self, request: web.Request) -> web.Response:
        person = self._person(request)
        other = self._world.person(_id((await _read_object(request)).get("person_id")))
        if other.bot or other.id == person.id:
            raise PlaygroundError("Choose another person to talk to.")
        channel = self._world.private_channel([person, other])
        return web.json_response(channel_json(self._world, channel, person.id), status=201)

    async def _drop(self, request: web.Request) -> web.Response:
        if not (await _read_object(request)).get("resumable", True):
            self._gateway.forget_all_sessions()
        self._gateway.abort_connections()
        return web.json_response({})

    # Lookup of the objects in requests

    def _person(self, request: web.Request) -> Person:
        person = self._world.person(_id(request.query.get("person", self._world.you.id)))
        if person.bot:
            raise errors.unknown("User", 10013)
        return person

    def _channel(self, request: web.Request) -> Channel:
        return self._seen_channel(self._person(request), int(request.match_info["channel_id"]))

    def _seen_channel(self, person: Person, channel_id: int) -> Channel:
        channel = self._world.channel(channel_id)
        if not channel.seen_by(person.id):
            raise PlaygroundError("That conversation is between others.")
        return channel

    def _message(self, request: web.Request) -> Message:
        channel = self._channel(request)
        return self._world.message(channel.id, int(request.match_info["message_id"]))

    def _created(self, message: Message) -> web.Response:
        return web.json_response(message_json(self._world, message), status=201)


@web.middleware
async def _respond(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Respond to errors with a sentence for the user."""
    try:
        return await handler(request)
    except errors.ApiError as error:
        return _refusal(f"{error}: reload the page.", status=error.status)
    except UploadError as error:
        return _refusal(str(error), status=error.status)
    except PlaygroundError as error:
        return _refusal(str(error), status=400)
    except web.HTTPException as error:
        return _refusal(f"{error.reason}: reload the page.", status=error.status)
    except Exception:
        log.exception("The playground failed at %s %s", request.method, request.path)
        return _refusal("The playground made a mistake: its log says which.", status=500)


async def _encoded(recording: bytes) -> Upload:
    abandoned = threading.Event()
    try:
        return await asyncio.to_thread(voice_message.encode, recording, abandoned=abandoned)
    finally:
        abandoned.set()  # so that the thread of a long recording does not delay the shutdown


async def _read_object(request: web.Request) -> Json:
    return _object(await read_json(request))


def _object(value: Any) -> Json:
    if isinstance(value, dict):
        return value
    raise UploadError("The request is broken: reload the page.")


def _id(value: Any) -> int:
    """Return an id as an integer; 0, which is no id, if it is invalid."""
    text = str(value)
    return int(text) if text.isdecimal() and len(text) <= 20 else 0


def _public(message: Message) -> Message:
    if message.visible_to is not None:
        raise PlaygroundError("Only one person sees that message: it is not for others.")
    return message


def _begun(interaction: Interaction) -> web.Response:
    return web.json_response(interaction_json(interaction), status=201)


def _refusal(sentence: str, *, status: int) -> web.Response:
    return web.json_response({"error": sentence}, status=status)
