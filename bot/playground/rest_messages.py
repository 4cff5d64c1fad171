"""The REST API's routes for channels and the messages in them."""

from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from bot.playground.answers import answer, done
from bot.playground.attachments import Upload
from bot.playground.channels import Channel
from bot.playground.checks import unknown_reference
from bot.playground.drafts import draft_of, revision_of
from bot.playground.errors import ApiError, missing_access, missing_permissions, thread_archived
from bot.playground.message_body import read_message_body
from bot.playground.messages import Embed, Message
from bot.playground.payloads import message_json
from bot.playground.permissions import Intent, Permission
from bot.playground.snowflakes import number
from bot.playground.world import World

Json = dict[str, Any]

DEFAULT_HISTORY, MAX_HISTORY = 50, 100  # messages in one answer


class MessageRoutes:
    """What a bot does in channels: look, type, send, edit, delete.

    Parameters
    ----------
    world
        Where it does so.
    """

    def __init__(self, world: World) -> None:
        self._world: Final = world

    def routes(self) -> list[web.RouteDef]:
        """Give the routes, relative to the API."""
        channel = "/channels/{channel_id}"
        return [
            web.get(channel, self._channel),
            web.post(f"{channel}/typing", self._type),
            web.get(f"{channel}/messages", self._history),
            web.post(f"{channel}/messages", self._send),
            web.get(f"{channel}/messages/{{message_id}}", self._message),
            web.patch(f"{channel}/messages/{{message_id}}", self._edit),
            web.delete(f"{channel}/messages/{{message_id}}", self._delete),
        ]

    async def _channel(self, request: web.Request) -> web.Response:
        return answer(self._reach(request).to_json())

    async def _type(self, request: web.Request) -> web.Response:
        channel = self._reach(request, Permission.SEND_MESSAGES)
        self._world.start_typing(channel.id, self._world.bot.id)
        return done()

    async def _history(self, request: web.Request) -> web.Response:
        channel = self._reach(request)
        if Permission.READ_MESSAGE_HISTORY not in channel.bot_may:
            return answer([])
        limit = number(request.query.get("limit", str(DEFAULT_HISTORY)))
        limit = min(max(limit, 1), MAX_HISTORY)
        messages = self._world.messages(channel.id)
        if "after" in request.query:
            after = number(request.query["after"])
            messages = [message for message in messages if message.id > after][:limit]
        elif "before" in request.query:
            before = number(request.query["before"])
            messages = [message for message in messages if message.id < before][-limit:]
        elif "around" in request.query:
            around = number(request.query["around"])
            earlier = [message for message in messages if message.id < around][-(limit // 2) :]
            later = [message for message in messages if message.id >= around]
            messages = (earlier + later)[:limit]
        else:
            messages = messages[-limit:]
        return answer([self._json(message) for message in reversed(messages)])

    async def _message(self, request: web.Request) -> web.Response:
        return answer(self._json(self._find(request, self._reach(request))))

    async def _send(self, request: web.Request) -> web.Response:
        channel = self._reach(request, Permission.SEND_MESSAGES)
        if channel.kind == "dm" and self._world.refuses_bot(channel):
            raise ApiError(403, 50007, "Cannot send messages to this user")
        body = await read_message_body(request)
        draft = draft_of(
            body,
            channel_id=channel.id,
            author_id=self._world.bot.id,
            reply_to=self._reference(channel, body.payload.get("message_reference")),
        )
        _check_permissions(channel, embeds=draft.embeds, uploads=draft.uploads)
        if channel.archived:
            self._world.put_away(channel.id, archived=False)
        return answer(self._json(self._world.post(draft)))

    async def _edit(self, request: web.Request) -> web.Response:
        channel = self._reach(request)
        self._find(request, channel)
        body = await read_message_body(request)
        old = self._find(request, channel)  # it may have gone while the body was on its way
        _check_open(channel)
        if old.author_id != self._world.bot.id:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        revision = revision_of(body, old)
        if "embeds" in body.payload or body.uploads:
            embeds = old.embeds if revision.embeds is None else revision.embeds
            _check_permissions(channel, embeds=embeds, uploads=body.uploads)
        return answer(self._json(self._world.edit(channel.id, old.id, revision)))

    async def _delete(self, request: web.Request) -> web.Response:
        channel = self._reach(request)
        message = self._find(request, channel)
        _check_open(channel)
        if message.author_id != self._world.bot.id:
            if channel.kind == "dm":
                raise ApiError(403, 50003, "Cannot execute action on a DM channel")
            if Permission.MANAGE_MESSAGES not in channel.bot_may:
                raise missing_permissions()
        self._world.delete(channel.id, message.id)
        return done()

    def _reach(self, request: web.Request, *needed: Permission) -> Channel:
        """Find the channel, and check that the bot may do this in it."""
        channel = self._world.channel(number(request.match_info["channel_id"]))
        may = channel.bot_may
        if channel.parent_id is not None:
            may &= self._world.channel(channel.parent_id).bot_may
        if Permission.VIEW_CHANNEL not in may:
            raise missing_access()
        in_thread = {Permission.SEND_MESSAGES: Permission.SEND_MESSAGES_IN_THREADS}
        for permission in needed:
            if channel.kind == "thread":
                permission = in_thread.get(permission, permission)
            if permission not in may:
                raise missing_permissions()
        if needed and channel.locked:
            raise thread_archived()
        return channel

    def _find(self, request: web.Request, channel: Channel) -> Message:
        return self._world.message(channel.id, number(request.match_info["message_id"]))

    def _json(self, message: Message) -> Json:
        allowed = Intent.MESSAGE_CONTENT in self._world.privileged_intents
        return message_json(self._world, message, with_content=allowed)

    def _reference(self, channel: Channel, reference: Any) -> int | None:
        if not isinstance(reference, dict):
            return None
        if Permission.READ_MESSAGE_HISTORY not in channel.bot_may:
            raise ApiError(403, 160002, "Cannot reply without permission to read message history")
        message_id = number(str(reference.get("message_id")))
        here = str(reference.get("channel_id") or channel.id) == str(channel.id)
        if here and any(one.id == message_id for one in self._world.messages(channel.id)):
            return message_id
        if reference.get("fail_if_not_exists", True):
            raise unknown_reference()
        return None


def _check_open(channel: Channel) -> None:
    if channel.archived:
        raise thread_archived()


def _check_permissions(
    channel: Channel, *, embeds: Sequence[Embed], uploads: Sequence[Upload]
) -> None:
    may = channel.bot_may
    if embeds and Permission.EMBED_LINKS not in may:
        raise missing_permissions()
    if uploads and Permission.ATTACH_FILES not in may:
        raise missing_permissions()
