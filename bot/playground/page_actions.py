"""What a person does at the page besides writing: commands, buttons, forms, and the rest.

Every address takes ``?person=ID``: who does it; you, if it is not there.
"""

import asyncio
import contextlib
from typing import Any, Final

from aiohttp import web

from bot.playground.actors import delete_as
from bot.playground.asking import Asking
from bot.playground.attachments import Upload
from bot.playground.channels import Channel
from bot.playground.command_checks import CHAT_INPUT, MESSAGE
from bot.playground.commands import Commands
from bot.playground.errors import PlaygroundError, UploadError
from bot.playground.events import Event, InteractionChanged
from bot.playground.faults import Faults
from bot.playground.forms import parse_json, read_form, read_json
from bot.playground.interactions import Interaction
from bot.playground.open_interactions import OpenInteractions
from bot.playground.page_events import channel_json, interaction_json, person_json
from bot.playground.page_people import asking
from bot.playground.payloads import message_json
from bot.playground.people import LOCALES
from bot.playground.snowflakes import number
from bot.playground.world import World

FILE_FIELD = "files."  # before the name of the option or field that a file is for

Json = dict[str, Any]


class PageActions:
    """The page's addresses for what a person does besides writing.

    Parameters
    ----------
    world
        Where it happens.
    commands, interactions, asking_for
        What the bot has registered, what is under way, and what does it for the person.
    faults
        What goes wrong when the person wishes so.
    """

    def __init__(
        self,
        world: World,
        commands: Commands,
        interactions: OpenInteractions,
        asking_for: Asking,
        faults: Faults,
    ) -> None:
        self._world: Final = world
        self._commands: Final = commands
        self._interactions: Final = interactions
        self._asking: Final = asking_for
        self._faults: Final = faults

    def routes(self) -> list[web.RouteDef]:
        """Give the routes, relative to the page's own API."""
        message = "/channels/{channel_id}/messages/{message_id}"
        return [
            web.get("/channels/{channel_id}/commands", self._list_commands),
            web.post("/channels/{channel_id}/commands", self._use_command),
            web.post("/channels/{channel_id}/suggestions", self._complete),
            web.post(f"{message}/component", self._use_component),
            web.post(f"{message}/forward", self._forward),
            web.delete(message, self._delete),
            web.post("/interactions/{interaction_id}/form", self._submit),
            web.post("/person", self._set_person),
            web.post("/conversations", self._begin_conversation),
            web.post("/gateway/drop", self._drop),
        ]

    async def _list_commands(self, request: web.Request) -> web.Response:
        person, channel = asking(self._world, request), self._channel(request)
        locale = self._world.locale_of(person.id)
        usable = self._commands.usable(person, channel)
        return web.json_response({"commands": [translated(one, locale) for one in usable]})

    async def _use_command(self, request: web.Request) -> web.Response:
        person, channel = asking(self._world, request), self._channel(request)
        told, values = await _read(request, "options")
        kind, name = told.get("type", CHAT_INPUT), str(told.get("name", ""))
        if kind == CHAT_INPUT:
            return self._begun(self._asking.slash(name, values, person=person, channel=channel))
        target = number(str(told.get("target_id")))
        if kind == MESSAGE:
            message = self._world.find(channel.id, target)
            return self._begun(self._asking.use_message_menu(name, message, person=person))
        whom = self._world.person(target)
        begun = self._asking.use_person_menu(name, whom, person=person, channel=channel)
        return self._begun(begun)

    async def _complete(self, request: web.Request) -> web.Response:
        person, channel = asking(self._world, request), self._channel(request)
        told, values = await _read(request, "options")
        interaction = self._asking.complete(
            str(told.get("name", "")),
            {name: value for name, value in values.items() if value not in ("", None)},
            str(told.get("focused", "")),
            person=person,
            channel=channel,
        )
        await self._answered(interaction)
        return web.json_response({"choices": interaction.choices or []})

    async def _use_component(self, request: web.Request) -> web.Response:
        person, channel = asking(self._world, request), self._channel(request)
        told = await _json(request)
        message = self._world.find(channel.id, number(request.match_info["message_id"]))
        values = told.get("values")
        values = values if isinstance(values, list) else None
        custom_id = str(told.get("custom_id", ""))
        return self._begun(self._asking.use_component(message, custom_id, values, person=person))

    async def _submit(self, request: web.Request) -> web.Response:
        person = asking(self._world, request)
        asked = self._interactions.find(number(request.match_info["interaction_id"]))
        _, values = await _read(request, "values")
        return self._begun(self._asking.submit(asked, values, person=person))

    async def _forward(self, request: web.Request) -> web.Response:
        person, channel = asking(self._world, request), self._channel(request)
        told = await _json(request)
        message = self._world.message(channel.id, number(request.match_info["message_id"]))
        target = self._visible(request, number(str(told.get("channel_id"))))
        sent = self._world.forward(message, target.id, person.id)
        return web.json_response(message_json(self._world, sent), status=201)

    async def _delete(self, request: web.Request) -> web.Response:
        person, channel = asking(self._world, request), self._channel(request)
        message = self._world.find(channel.id, number(request.match_info["message_id"]))
        delete_as(self._world, message, person)
        return web.json_response({})

    async def _set_person(self, request: web.Request) -> web.Response:
        person = asking(self._world, request)
        locale = (await _json(request)).get("locale")
        if locale not in LOCALES:
            raise PlaygroundError(f"There are these languages here: {', '.join(LOCALES)}.")
        self._world.set_locale(person.id, locale)
        return web.json_response(person_json(self._world, person))

    async def _begin_conversation(self, request: web.Request) -> web.Response:
        person = asking(self._world, request)
        other = self._world.person(number(str((await _json(request)).get("person_id"))))
        if other.bot or other.id == person.id:
            raise PlaygroundError("Choose another person to talk to.")
        channel = self._world.private_channel([person, other])
        return web.json_response(channel_json(self._world, channel, person.id), status=201)

    async def _drop(self, request: web.Request) -> web.Response:
        resumable = (await _json(request)).get("resumable", True)
        if not resumable:
            self._faults.forget_sessions()
        self._faults.drop_socket()
        return web.json_response({})

    def _begun(self, interaction: Interaction) -> web.Response:
        return web.json_response(interaction_json(interaction), status=201)

    async def _answered(self, interaction: Interaction) -> None:
        """Wait until the bot has answered, or the time for that is over."""
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def hear(event: Event) -> None:
            about = isinstance(event, InteractionChanged) and event.interaction is interaction
            if about and not answered.done():
                answered.set_result(None)

        unsubscribe = self._world.subscribe(hear)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._interactions.answer_seconds):
                    if interaction.callback is None:
                        await answered
        finally:
            unsubscribe()

    def _channel(self, request: web.Request) -> Channel:
        return self._visible(request, number(request.match_info["channel_id"]))

    def _visible(self, request: web.Request, channel_id: int) -> Channel:
        channel = self._world.channel(channel_id)
        if not channel.seen_by(asking(self._world, request).id):
            raise PlaygroundError("That conversation is between others.")
        return channel


def translated(described: Json, locale: str) -> Json:
    """Give a command with names and descriptions in a language, where the bot has them in it.

    Its own name stays what it was, in ``name``; what is shown is in ``shown_name`` and
    ``shown_description``.
    """
    shown = {
        f"shown_{key}": (described.get(f"{key}_localizations") or {}).get(locale)
        or described.get(key, "")
        for key in ("name", "description")
    }
    inner = {
        key: [translated(part, locale) for part in described[key]]
        for key in ("options", "choices")
        if described.get(key)
    }
    return described | shown | inner


async def _json(request: web.Request) -> Json:
    told = await read_json(request)
    if not isinstance(told, dict):
        raise UploadError("The request is broken: reload the page.")
    return told


async def _read(request: web.Request, key: str) -> tuple[Json, dict[str, Any]]:
    """Read JSON, or a form with it in ``payload`` and with files, which become values too."""
    if not request.content_type.startswith("multipart/"):
        told = await _json(request)
        return told, _values(told, key)
    form = await read_form(request)
    told = parse_json(form.texts.get("payload", "{}"))
    if not isinstance(told, dict):
        raise UploadError("The request is broken: reload the page.")
    values = _values(told, key)
    for name, upload in form.files:
        if name.startswith(FILE_FIELD):
            values[name.removeprefix(FILE_FIELD)] = _and(
                values.get(name.removeprefix(FILE_FIELD)), upload
            )
    return told, values


def _values(told: Json, key: str) -> dict[str, Any]:
    values = told.get(key)
    return dict(values) if isinstance(values, dict) else {}


def _and(before: Any, upload: Upload) -> Upload | list[Upload]:
    """Put several files of one field together."""
    if isinstance(before, list):
        return [*before, upload]
    return [before, upload] if isinstance(before, Upload) else upload
