"""The REST API's route for the first answer to an interaction."""

from typing import Any, Final

from aiohttp import web

from bot.playground.answers import answer, done
from bot.playground.checks import Problems
from bot.playground.components import checked_modal
from bot.playground.drafts import draft_of, revision_of
from bot.playground.errors import unknown
from bot.playground.interactions import Callback, Interaction, InteractionKind
from bot.playground.message_body import MessageBody, read_callback_body
from bot.playground.messages import (
    COMMAND_ANSWER,
    MENU_ANSWER,
    NO_FLAGS,
    PLAIN_MESSAGE,
    Draft,
    Message,
    MessageFlag,
)
from bot.playground.open_interactions import OpenInteractions
from bot.playground.payloads import message_json
from bot.playground.snowflakes import number
from bot.playground.world import World

MAX_CHOICES, MAX_CHOICE = 25, 100  # suggestions; characters in the name or text of one
CHAT_INPUT = 1  # Discord's number for a command that is typed

Json = dict[str, Any]


class InteractionRoutes:
    """Where a bot answers interactions for the first time.

    Parameters
    ----------
    world
        Where the answers are shown.
    interactions
        What there is to answer.
    """

    def __init__(self, world: World, interactions: OpenInteractions) -> None:
        self._world: Final = world
        self._interactions: Final = interactions

    def routes(self) -> list[web.RouteDef]:
        """Give the routes, relative to the API; the token in them stands for the bot's own."""
        return [web.post("/interactions/{interaction_id}/{token}/callback", self._callback)]

    async def _callback(self, request: web.Request) -> web.Response:
        self._find(request)
        kind, body = await read_callback_body(request)
        interaction = self._find(request)  # the body may have taken its time
        allowed = interaction.allowed_callbacks
        if kind not in allowed or isinstance(kind, bool):
            problems, numbers = Problems(), ", ".join(str(int(one)) for one in allowed)
            words = f"Value must be one of {{{numbers}}}."
            problems.add(("type",), "BASE_TYPE_CHOICES", words)
            problems.raise_if_any()
        message = self._answer(interaction, Callback(kind), body)
        if request.query.get("with_response") not in ("1", "true", "True"):
            return done()
        return answer(self._response(interaction, message))

    def _find(self, request: web.Request) -> Interaction:
        return self._interactions.to_answer(
            number(request.match_info["interaction_id"]), request.match_info["token"]
        )

    def _answer(
        self, interaction: Interaction, callback: Callback, body: MessageBody
    ) -> Message | None:
        """Do what the bot answers, and give the message that shows it, if there is one."""
        acknowledge = self._interactions.acknowledge
        match callback:
            case Callback.MESSAGE | Callback.DEFERRED_MESSAGE:
                message = self._world.post(answering_draft(interaction, body, callback))
                acknowledge(interaction, callback, original=message)
                return message
            case Callback.UPDATE:
                old = self._source(interaction)
                revision = revision_of(body, old)
                message = self._world.edit(old.channel_id, old.id, revision)
                acknowledge(interaction, callback, original=message)
                return message
            case Callback.DEFERRED_UPDATE:
                acknowledge(interaction, callback)
            case Callback.CHOICES:
                acknowledge(interaction, callback, choices=_checked_choices(body.payload))
            case Callback.MODAL:
                acknowledge(interaction, callback, modal=checked_modal(body.payload))
        return None

    def _source(self, interaction: Interaction) -> Message:
        if interaction.source_id is None:
            raise unknown("Message", 10008)
        return self._world.find(interaction.channel_id, interaction.source_id)

    def _response(self, interaction: Interaction, message: Message | None) -> Json:
        told: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
        if interaction.original_id is not None:
            shown = message or self._source(interaction)
            told |= {
                "response_message_id": str(shown.id),
                "response_message_loading": shown.thinking,
                "response_message_ephemeral": shown.visible_to is not None,
            }
        response: Json = {"interaction": told}
        if message is not None and interaction.callback is not None:
            resource = {"type": int(interaction.callback)}
            response["resource"] = resource | {"message": message_json(self._world, message)}
        return response


def answering_draft(
    interaction: Interaction, body: MessageBody, callback: Callback = Callback.MESSAGE
) -> Draft:
    """Make the message with which a bot answers an interaction.

    Raises
    ------
    ApiError
        Discord would not take it.
    """
    ephemeral = MessageFlag.EPHEMERAL if body.ephemeral else NO_FLAGS
    rest: Json = {
        "channel_id": interaction.channel_id,
        "author_id": int(interaction.payload["application_id"]),
        "interaction": interaction.metadata,
        "visible_to": interaction.person_id if ephemeral else None,
    }
    reply_to, kind = _place_of(interaction)
    rest |= {"reply_to": reply_to, "kind": kind}
    if callback is Callback.DEFERRED_MESSAGE:
        return Draft(flags=MessageFlag.LOADING | ephemeral, **rest)
    return draft_of(body, flags=ephemeral, **rest)


def _place_of(interaction: Interaction) -> tuple[int | None, int | None]:
    """Say what message the answer replies to, and which of Discord's kinds it is."""
    if interaction.kind is InteractionKind.COMPONENT:
        return interaction.source_id, None
    if interaction.kind is InteractionKind.COMMAND:
        typed = interaction.data.get("type", CHAT_INPUT) == CHAT_INPUT
        return None, COMMAND_ANSWER if typed else MENU_ANSWER
    return None, PLAIN_MESSAGE


def _checked_choices(payload: Json) -> list[Json]:
    problems = Problems()
    path: tuple[str | int, ...] = ("data", "choices")
    choices = problems.listing(path, payload.get("choices"), MAX_CHOICES)
    for index, choice in enumerate(choices):
        given = choice if isinstance(choice, dict) else {}
        problems.text((*path, index, "name"), given.get("name"), MAX_CHOICE, required=True)
        value = given.get("value")
        if value is None or isinstance(value, str):
            problems.text((*path, index, "value"), value, MAX_CHOICE, required=True)
    problems.raise_if_any()
    return choices
