"""The routes for the messages of a channel."""

from typing import Any, Final

from aiohttp import web

from bot.playground.errors import ApiError, missing_permissions, unknown
from bot.playground.rest import message_body
from bot.playground.rest.message_body import MessageBody, Reference
from bot.playground.rest.responses import json_response, no_content
from bot.playground.rest.validation import invalid_form
from bot.playground.world import Channel, Message, World, message_json

Json = dict[str, Any]


class MessageRoutes:
    """The routes to type in a channel, and to send, read, edit and delete messages."""

    def __init__(self, world: World) -> None:
        self._world: Final = world

    def routes(self) -> list[web.RouteDef]:
        """Return the routes, relative to the API."""
        channel = r"/channels/{channel_id:\d{1,20}}"
        message = channel + r"/messages/{message_id:\d{1,20}}"
        return [
            web.post(f"{channel}/typing", self._type),
            web.post(f"{channel}/messages", self._send),
            web.get(message, self._get),
            web.patch(message, self._edit),
            web.delete(message, self._delete),
        ]

    async def _type(self, request: web.Request) -> web.Response:
        channel = self._channel(request, to_send=True)
        self._world.start_typing(channel.id, self._world.bot.id)
        return no_content()

    async def _send(self, request: web.Request) -> web.Response:
        channel = self._channel(request, to_send=True)
        body = await message_body.read_message_body(request)
        message = Message(
            channel_id=channel.id,
            author_id=self._world.bot.id,
            reply_to=self._reply_to(channel, body.message_reference),
        )
        _check_permissions(channel, body)
        return json_response(self._json(message_body.post_body(self._world, body, message)))

    async def _get(self, request: web.Request) -> web.Response:
        return json_response(self._json(self._message(request)))

    async def _edit(self, request: web.Request) -> web.Response:
        self._message(request)
        body = await message_body.read_message_body(request)
        message = self._message(request)  # it may have been deleted while the body was read
        if message.author_id != self._world.bot.id:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        _check_permissions(self._world.channel(message.channel_id), body)
        return json_response(self._json(message_body.edit_with_body(self._world, message, body)))

    async def _delete(self, request: web.Request) -> web.Response:
        message = self._message(request)
        channel = self._world.channel(message.channel_id)
        if message.author_id != self._world.bot.id:
            if not channel.in_server:
                raise ApiError(403, 50003, "Cannot execute action on a DM channel")
            if not channel.bot_permissions.manage_messages:
                raise missing_permissions()
        self._world.delete(message)
        return no_content()

    def _channel(self, request: web.Request, *, to_send: bool = False) -> Channel:
        """Return the channel, if the bot has the permissions to view it and to send there."""
        channel = self._world.channel(int(request.match_info["channel_id"]))
        if not channel.bot_permissions.view_channel:
            raise ApiError(403, 50001, "Missing Access")
        if to_send and not channel.bot_permissions.send_messages:
            raise missing_permissions()
        return channel

    def _message(self, request: web.Request) -> Message:
        channel = self._channel(request)
        message = self._world.message(channel.id, int(request.match_info["message_id"]))
        if message.visible_to is not None:
            raise unknown("Message", 10008)
        return message

    def _json(self, message: Message) -> Json:
        allowed = self._world.privileged_intents.message_content
        return message_json(self._world, message, with_content=allowed)

    def _reply_to(self, channel: Channel, reference: Reference | None) -> int | None:
        if reference is None:
            return None
        if not channel.bot_permissions.read_message_history:
            raise ApiError(403, 160002, "Cannot reply without permission to read message history")
        if reference.channel_id in (None, channel.id):
            messages = self._world.messages(channel.id)
            if any(message.id == reference.message_id for message in messages):
                return reference.message_id
        if reference.fail_if_not_exists:
            code = "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"
            error = {"code": code, "message": "Unknown message"}
            raise invalid_form({"message_reference": {"_errors": [error]}})
        return None


def _check_permissions(channel: Channel, body: MessageBody) -> None:
    permissions = channel.bot_permissions
    if (body.embeds and not permissions.embed_links) or (
        body.uploads and not permissions.attach_files
    ):
        raise missing_permissions()
