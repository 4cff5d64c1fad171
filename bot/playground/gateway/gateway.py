"""The gateway: the web socket over which the bot identifies itself and receives events."""

import asyncio
import json
from typing import Any, Final

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from discord import Intents

from bot.playground.gateway.compression import compressor
from bot.playground.gateway.events import API_VERSION, discord_event, ready_json
from bot.playground.gateway.session import Session
from bot.playground.send_queue import CLOSE_SECONDS, SendQueue
from bot.playground.world import World, events

HEARTBEAT_SECONDS = 41.25  # interval of the bot's heartbeats
ACK_SECONDS = 0.03  # delay of an acknowledgement: discord.py records the heartbeat after sending it
MISSED_HEARTBEATS = 2  # after which the session times out
MAX_MESSAGE_BYTES = 4096  # of a message from the bot
MAX_MESSAGES_PER_MINUTE = 120  # from the bot on one connection
MAX_SESSIONS = 8  # kept; the oldest without a connection is forgotten
NORMAL_CLOSURES = (WSCloseCode.OK, WSCloseCode.GOING_AWAY)  # after which no session can be resumed
HIGHEST_INTENT_BIT = 25  # DIRECT_MESSAGE_POLLS

HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE, RESUME = 1, 2, 3, 4, 6
RECONNECT, REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 8, 9, 10, 11
CLOSE_REASONS: Final = {
    4001: "Unknown opcode.",
    4002: "Error while decoding payload.",
    4003: "Not authenticated.",
    4004: "Authentication failed.",
    4005: "Already authenticated.",
    4007: "Invalid seq.",
    4008: "You are being rate limited.",
    4009: "Session timed out.",
    4012: "Invalid API version.",
    4013: "Invalid intent(s).",
    4014: "Disallowed intent(s).",
}

Json = dict[str, Any]


class _CloseWith(Exception):  # noqa: N818 (it is caught, and ends the connection)
    def __init__(self, code: int) -> None:
        super().__init__(CLOSE_REASONS[code])
        self.code = code


class Gateway:
    """Discord's gateway, version 10, with JSON encoding.

    Attributes
    ----------
    url
        The URL at which the bot resumes.
    heartbeat_seconds
        The heartbeat interval that is sent to the bot, in seconds.
    connections
        The open connections.
    """

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self.token = token
        self.url = ""
        self.heartbeat_seconds = HEARTBEAT_SECONDS
        self.connections: set[Connection] = set()
        self._sessions: dict[str, Session] = {}
        world.subscribe(self._dispatch)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Handle ``/gateway``: a web socket, until the bot disconnects."""
        query = request.query
        compress = None
        if "compress" in query:
            compress = compressor(query["compress"])
            if compress is None:
                raise web.HTTPBadRequest(text="This kind of compression is not available here.")
        socket = web.WebSocketResponse(
            timeout=CLOSE_SECONDS, max_msg_size=MAX_MESSAGE_BYTES, compress=False
        )
        await socket.prepare(request)

        async def write(message: Json) -> None:
            text = json.dumps(message, separators=(",", ":"))
            if compress is None:
                await socket.send_str(text)
            else:
                await socket.send_bytes(compress(text))

        queue = SendQueue(socket, request.transport, write)
        connection = Connection(self, socket, queue)
        self.connections.add(connection)
        try:
            supported = query.get("v") == str(API_VERSION) and query.get("encoding") == "json"
            await connection.run(supported=supported)
        finally:
            self.connections.discard(connection)
            connection.detach()
            self.update_presence()
            await queue.stop()
        return socket

    def begin_session(self, intents: Intents) -> Session:
        """Begin a session, and forget the oldest disconnected one if there are too many."""
        disconnected = [one.id for one in self._sessions.values() if one.send is None]
        for session_id in disconnected[: max(0, len(self._sessions) + 1 - MAX_SESSIONS)]:
            self.forget_session(session_id)
        session = Session(intents)
        self._sessions[session.id] = session
        return session

    def find_session(self, session_id: object) -> Session | None:
        """Return a session that a bot can resume; None if there is none with this id."""
        return self._sessions.get(session_id) if isinstance(session_id, str) else None

    def forget_session(self, session_id: str) -> None:
        """Forget a session, so that the bot cannot resume it and has to identify."""
        self._sessions.pop(session_id, None)

    def forget_all_sessions(self) -> None:
        """Forget every session, so that the bot has to identify."""
        self._sessions.clear()

    def update_presence(self) -> None:
        """Set whether the bot is online: whether any connection has a session."""
        self.world.set_bot_online(any(one.session for one in self.connections))

    def abort_connections(self) -> None:
        """Abort the bot's connections without a close frame, as on a network failure."""
        for connection in tuple(self.connections):
            connection.queue.abort()

    def close(self) -> None:
        """Close the bot's connections when the playground stops."""
        for connection in tuple(self.connections):
            connection.queue.close()

    def _dispatch(self, event: events.Event) -> None:
        for session in self._sessions.values():
            described = discord_event(self.world, event, session.intents)
            if described is not None:
                session.dispatch(*described)


class Connection:
    """A web socket of a bot."""

    def __init__(self, gateway: Gateway, socket: web.WebSocketResponse, queue: SendQueue) -> None:
        self.gateway = gateway
        self.queue = queue
        self.session: Session | None = None
        self._socket = socket
        self._clock = asyncio.get_running_loop()
        self._last_heartbeat = self._clock.time()
        self._minute = (self._clock.time(), 0)  # its beginning, and the number of messages since

    async def run(self, *, supported: bool) -> None:
        """Receive messages until the bot disconnects, or the connection has to be closed."""
        if not supported:
            self._close(4012)
            return
        interval = self.gateway.heartbeat_seconds
        self.queue.put({"op": HELLO, "d": {"heartbeat_interval": round(interval * 1000)}})
        while True:
            timeout = interval * MISSED_HEARTBEATS - (self._clock.time() - self._last_heartbeat)
            try:
                message = await self._socket.receive(timeout=max(timeout, 0.001))
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._end_session(message)
                    return
                self._handle(self._decode(message.data))
            except TimeoutError:
                self._close(4009)
                return
            except _CloseWith as close:
                self._close(close.code)
                return

    def detach(self) -> None:
        """Detach the session, so that the bot can resume it."""
        if self.session is not None:
            self.session.send = None
            self.session = None

    def _end_session(self, message: WSMessage) -> None:
        """Forget the session if the bot closed the connection with a normal code."""
        is_normal = message.type is WSMsgType.CLOSE and message.data in NORMAL_CLOSURES
        if is_normal and self.session is not None:
            self.gateway.forget_session(self.session.id)

    def _close(self, code: int) -> None:
        self.queue.close(code, CLOSE_REASONS[code])

    def _decode(self, data: str | bytes) -> Json:
        began, count = self._minute
        if self._clock.time() - began > 60:
            began, count = self._clock.time(), 0
        self._minute = began, count + 1
        if count >= MAX_MESSAGES_PER_MINUTE:
            raise _CloseWith(4008)
        try:
            payload = json.loads(data)
        except (ValueError, RecursionError) as cause:
            raise _CloseWith(4002) from cause
        if not isinstance(payload, dict) or not isinstance(payload.get("op"), int):
            raise _CloseWith(4002)
        return payload

    def _handle(self, payload: Json) -> None:
        op, data = payload["op"], payload.get("d")
        if op == HEARTBEAT:
            self._last_heartbeat = self._clock.time()
            self._clock.call_later(ACK_SECONDS, self.queue.put, {"op": HEARTBEAT_ACK})
            return
        if op not in (IDENTIFY, RESUME, PRESENCE, VOICE_STATE, REQUEST_MEMBERS):
            raise _CloseWith(4001)
        if not isinstance(data, dict):
            raise _CloseWith(4002)
        if op not in (IDENTIFY, RESUME):  # the playground ignores the others
            if self.session is None:
                raise _CloseWith(4003)
            return
        if self.session is not None:
            raise _CloseWith(4005)
        if data.get("token") != self.gateway.token:
            raise _CloseWith(4004)
        self._identify(data) if op == IDENTIFY else self._resume(data)

    def _identify(self, data: Json) -> None:
        world, value = self.gateway.world, data.get("intents")
        if not isinstance(value, int) or not 0 <= value < 1 << HIGHEST_INTENT_BIT + 1:
            raise _CloseWith(4013)
        intents, allowed = Intents(value), world.privileged_intents
        privileged = Intents(members=True, presences=True, message_content=True)
        if intents & privileged & ~allowed:
            raise _CloseWith(4014)
        session = self.gateway.begin_session(intents)
        self._attach(session)
        ready = ready_json(world, session_id=session.id, resume_url=self.gateway.url)
        session.dispatch("READY", ready)
        if intents.guilds and world.bot_is_member:
            session.dispatch("GUILD_CREATE", world.guild_json())

    def _resume(self, data: Json) -> None:
        session, sequence = self.gateway.find_session(data.get("session_id")), data.get("seq")
        if session is None or not isinstance(sequence, int):
            self.queue.put({"op": INVALID_SESSION, "d": False})
            return
        if not session.knows(sequence):
            self.gateway.forget_session(session.id)
            raise _CloseWith(4007)
        if not session.can_replay(sequence):
            self.gateway.forget_session(session.id)
            self.queue.put({"op": INVALID_SESSION, "d": False})
            return
        self._attach(session)
        session.replay(sequence)

    def _attach(self, session: Session) -> None:
        """Attach a session to this connection, and close any other connection that has it."""
        for other in self.gateway.connections - {self}:
            if other.session is session:
                other.detach()
                other.queue.close(4009, CLOSE_REASONS[4009])
        session.send = self.queue.put
        self.session = session
        self.gateway.update_presence()
