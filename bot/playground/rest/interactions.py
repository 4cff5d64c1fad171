"""The routes by which a bot responds to interactions: callbacks and webhooks."""

from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from bot.playground.errors import ApiError, unknown
from bot.playground.rest import message_body
from bot.playground.rest.commands import CHAT_INPUT
from bot.playground.rest.message_body import MessageBody, edit_with_body, post_body
from bot.playground.rest.responses import json_response, no_content
from bot.playground.rest.validation import invalid_form
from bot.playground.world import (
    Callback,
    Interaction,
    InteractionKind,
    Message,
    MessageFlag,
    OpenInteractions,
    World,
    message_json,
)

CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND = 20, 23  # Discord's types of messages
ORIGINAL = "@original"  # in place of the id of the original response

Json = dict[str, Any]


class InteractionRoutes:
    """The routes for responses to interactions, authorised by the interaction's token."""

    def __init__(self, world: World, interactions: OpenInteractions) -> None:
        self._world: Final = world
        self._interactions: Final = interactions

    def routes(self) -> list[web.RouteDef]:
        """Return the routes, relative to the API."""
        webhook = "/webhooks/{application_id}/{token}"
        message = f"{webhook}/messages/{{message_id}}"
        return [
            web.post(r"/interactions/{interaction_id:\d{1,20}}/{token}/callback", self._callback),
            web.post(webhook, self._follow_up),
            web.get(message, self._get),
            web.patch(message, self._edit),
            web.delete(message, self._delete),
        ]

    # The callback

    async def _callback(self, request: web.Request) -> web.Response:
        self._unanswered(request)
        body = await message_body.read_callback_body(request)
        interaction = self._unanswered(request)  # reading the body may have taken too long
        allowed = interaction.allowed_callbacks
        if body.type not in allowed:
            numbers = ", ".join(str(int(one)) for one in allowed)
            text = f"Value must be one of {{{numbers}}}."
            raise invalid_form(
                {"type": {"_errors": [{"code": "BASE_TYPE_CHOICES", "message": text}]}}
            )
        callback = Callback(body.type)
        message = self._apply_callback(interaction, callback, body.data)
        self._interactions.acknowledge(interaction, callback, message)
        if request.query.get("with_response") not in ("1", "true", "True"):
            return no_content()
        return json_response(self._callback_response(interaction, message))

    def _unanswered(self, request: web.Request) -> Interaction:
        parameters = request.match_info
        interaction_id = int(parameters["interaction_id"])
        return self._interactions.find_unanswered(interaction_id, parameters["token"])

    def _apply_callback(
        self, interaction: Interaction, callback: Callback, body: MessageBody
    ) -> Message | None:
        """Apply a callback, and return the message that it posted or edited, if any."""
        if callback is Callback.DEFERRED_UPDATE:
            return None
        if callback is Callback.UPDATE:
            return edit_with_body(self._world, self._source(interaction), body)
        message = self._response_message(interaction, body)
        if callback is Callback.MESSAGE:
            return post_body(self._world, body, message)
        return self._world.post(replace(message, flags=message.flags | MessageFlag.LOADING))

    def _source(self, interaction: Interaction) -> Message:
        return self._world.message(interaction.channel_id, interaction.source_id or 0)

    def _callback_response(self, interaction: Interaction, message: Message | None) -> Json:
        """Return Discord's interaction callback response object."""
        described: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
        response: Json = {"interaction": described}
        if interaction.original_id is not None:
            shown = message or self._source(interaction)
            described |= {
                "response_message_id": str(shown.id),
                "response_message_loading": shown.thinking,
                "response_message_ephemeral": shown.visible_to is not None,
            }
        if message is not None and interaction.callback is not None:
            shown_json = message_json(self._world, message)
            response["resource"] = {"type": int(interaction.callback), "message": shown_json}
        return response

    def _response_message(self, interaction: Interaction, body: MessageBody) -> Message:
        """Return a message that responds to an interaction, still without the body's content."""
        kind = None
        if interaction.kind is InteractionKind.COMMAND:
            is_slash_command = interaction.data["type"] == CHAT_INPUT
            kind = CHAT_INPUT_COMMAND if is_slash_command else CONTEXT_MENU_COMMAND
        return Message(
            channel_id=interaction.channel_id,
            author_id=self._world.bot.id,
            reply_to=interaction.source_id,
            kind=kind,
            flags=MessageFlag.EPHEMERAL if body.ephemeral else MessageFlag.NONE,
            visible_to=interaction.person_id if body.ephemeral else None,
            interaction=interaction.metadata,
        )

    # Follow-up messages

    async def _follow_up(self, request: web.Request) -> web.Response:
        self._answered(request)
        body = await message_body.read_message_body(request)
        interaction = self._answered(request)
        message = self._post_follow_up(interaction, body)
        if message.id not in (interaction.original_id, *interaction.follow_up_ids):
            interaction.follow_up_ids.append(message.id)
        self._interactions.emit_change(interaction)
        if request.query.get("wait") not in ("1", "true", "True"):
            return no_content()
        return json_response(message_json(self._world, message))

    async def _get(self, request: web.Request) -> web.Response:
        _, message = self._find(request)
        return json_response(message_json(self._world, message))

    async def _edit(self, request: web.Request) -> web.Response:
        self._find(request)
        body = await message_body.read_message_body(request)
        interaction, old = self._find(request)
        message = edit_with_body(self._world, old, body)
        self._interactions.emit_change(interaction)
        return json_response(message_json(self._world, message))

    async def _delete(self, request: web.Request) -> web.Response:
        interaction, message = self._find(request)
        self._world.delete(message)
        self._interactions.emit_change(interaction)
        return no_content()

    def _answered(self, request: web.Request) -> Interaction:
        parameters = request.match_info
        application = parameters["application_id"]
        application_id = int(application) if application.isdecimal() else 0
        return self._interactions.find_answered(application_id, parameters["token"])

    def _post_follow_up(self, interaction: Interaction, body: MessageBody) -> Message:
        """Post a follow-up; after a deferred response, the first one edits it, as on Discord."""
        try:
            original = self._world.message(interaction.channel_id, interaction.original_id or 0)
        except ApiError:  # it may have been deleted
            original = None
        if original is not None and original.thinking:
            return edit_with_body(self._world, original, body)
        message = self._response_message(interaction, body)
        if original is not None:
            metadata = interaction.metadata | {"original_response_message_id": str(original.id)}
            message = replace(message, reply_to=original.id, kind=None, interaction=metadata)
        return post_body(self._world, body, message)

    def _find(self, request: web.Request) -> tuple[Interaction, Message]:
        """Return the interaction, and one of the messages that respond to it."""
        interaction = self._answered(request)
        requested_id = request.match_info["message_id"]
        for message_id in filter(None, (interaction.original_id, *interaction.follow_up_ids)):
            if requested_id in (str(message_id), ORIGINAL):
                return interaction, self._world.message(interaction.channel_id, message_id)
        raise unknown("Message", 10008)
