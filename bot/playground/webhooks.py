"""The REST API's routes by which a bot goes on answering an interaction: Discord's webhooks."""

from contextlib import suppress
from dataclasses import replace
from typing import Final

from aiohttp import web

from bot.playground.answers import answer, done
from bot.playground.drafts import revision_of
from bot.playground.errors import ApiError, unknown
from bot.playground.interactions import Interaction
from bot.playground.message_body import MessageBody, read_message_body
from bot.playground.messages import Message
from bot.playground.open_interactions import OpenInteractions
from bot.playground.payloads import message_json
from bot.playground.rest_interactions import answering_draft
from bot.playground.snowflakes import number
from bot.playground.world import World

ORIGINAL = "@original"  # in the place of the first answer's id


class WebhookRoutes:
    """Where a bot goes on answering: its first answer to be changed, and further messages.

    Parameters
    ----------
    world
        Where the answers are shown.
    interactions
        What they are about.
    """

    def __init__(self, world: World, interactions: OpenInteractions) -> None:
        self._world: Final = world
        self._interactions: Final = interactions

    def routes(self) -> list[web.RouteDef]:
        """Give the routes, relative to the API; the token in them stands for the bot's own."""
        webhook = "/webhooks/{application_id}/{token}"
        message = f"{webhook}/messages/{{message_id}}"
        return [
            web.post(webhook, self._follow_up),
            web.get(message, self._get),
            web.patch(message, self._edit),
            web.delete(message, self._delete),
        ]

    async def _follow_up(self, request: web.Request) -> web.Response:
        self._interaction(request)
        body = await read_message_body(request)
        interaction = self._interaction(request)  # the body may have taken its time
        message = self._say_more(interaction, body)
        self._interactions.follow_up(interaction, message)
        if request.query.get("wait") not in ("1", "true", "True"):
            return done()
        return answer(message_json(self._world, message))

    async def _get(self, request: web.Request) -> web.Response:
        _, message = self._find(request)
        return answer(message_json(self._world, message))

    async def _edit(self, request: web.Request) -> web.Response:
        self._find(request)
        body = await read_message_body(request)
        interaction, old = self._find(request)
        message = self._world.edit(old.channel_id, old.id, revision_of(body, old))
        self._interactions.changed(interaction)
        return answer(message_json(self._world, message))

    async def _delete(self, request: web.Request) -> web.Response:
        interaction, message = self._find(request)
        self._world.delete(message.channel_id, message.id)
        self._interactions.changed(interaction)
        return done()

    def _say_more(self, interaction: Interaction, body: MessageBody) -> Message:
        """Post another message; the first after "is thinking…" takes its place, as on Discord."""
        original = self._original(interaction)
        if original is not None and original.thinking:
            return self._world.edit(original.channel_id, original.id, revision_of(body, original))
        draft = answering_draft(interaction, body)
        if original is not None:
            metadata = interaction.metadata | {"original_response_message_id": str(original.id)}
            draft = replace(draft, reply_to=original.id, kind=None, interaction=metadata)
        return self._world.post(draft)

    def _original(self, interaction: Interaction) -> Message | None:
        if interaction.original_id is None:
            return None
        with suppress(ApiError):  # it may be gone
            return self._world.find(interaction.channel_id, interaction.original_id)
        return None

    def _interaction(self, request: web.Request) -> Interaction:
        told = request.match_info
        return self._interactions.to_follow_up(number(told["application_id"]), told["token"])

    def _find(self, request: web.Request) -> tuple[Interaction, Message]:
        """Find the interaction, and that message among those that answer it."""
        interaction = self._interaction(request)
        asked = request.match_info["message_id"]
        message_id = interaction.original_id if asked == ORIGINAL else number(asked)
        if message_id not in (interaction.original_id, *interaction.follow_up_ids):
            raise unknown("Message", 10008)
        if message_id is None:
            raise unknown("Message", 10008)
        return interaction, self._world.find(interaction.channel_id, message_id)
