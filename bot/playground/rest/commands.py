"""Application commands: their validation, and the routes to list and to register them."""

import re
from typing import Any, Final, Literal

from aiohttp import web
from pydantic import Field, RootModel, model_validator

from bot.playground.errors import ApiError
from bot.playground.request_bodies import read_json
from bot.playground.rest.responses import json_response
from bot.playground.rest.validation import Model, invalid, required_text, validate
from bot.playground.world import Context, World, events

# Discord's types of commands and of options.
CHAT_INPUT, MESSAGE = 1, 3
SUBCOMMAND, INTEGER, BOOLEAN, CHANNEL, ATTACHMENT = 1, 4, 5, 7, 11
NAME = re.compile(r"[-_'\w]{1,32}")

Json = dict[str, Any]


class Named(Model):
    """The fields that commands and options have in common."""

    name: str = required_text(32)
    name_localizations: dict[str, str] | None = None
    description: str = ""
    description_localizations: dict[str, str] | None = None

    def check_texts(self) -> None:
        """Raise an error if a name is invalid, or a description is missing or too long."""
        for name in (self.name, *(self.name_localizations or {}).values()):
            if not NAME.fullmatch(name) or name != name.lower():
                raise invalid("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
        for text in (self.description, *(self.description_localizations or {}).values()):
            if not 1 <= len(text) <= 100:
                raise invalid("BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")


class Choice(Model):
    """A choice of an option."""

    name: str = required_text(100)
    name_localizations: dict[str, str] | None = None
    value: str | int


class Option(Named):
    """An option of a command, or a subcommand."""

    type: Literal[1, 3, 4, 5, 7, 11]
    required: bool = False
    options: list["Option"] = Field(default=[], max_length=25)
    choices: list[Choice] = Field(default=[], max_length=25)
    min_value: int | None = None
    max_value: int | None = None
    channel_types: list[int] = Field(default=[])

    @model_validator(mode="after")
    def _check(self) -> "Option":
        self.check_texts()
        return self


class Command(Named):
    """An application command: a slash command or a command in the Apps menu of messages."""

    type: Literal[1, 3] = 1
    options: list[Option] = Field(default=[], max_length=25)
    default_member_permissions: str | None = None
    contexts: list[Context] | None = None
    integration_types: list[Literal[0, 1]] | None = None

    @model_validator(mode="after")
    def _check(self) -> "Command":
        if self.type == CHAT_INPUT:
            self.check_texts()
        elif self.description or self.options:
            raise invalid(
                "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID",
                "Context menu commands cannot have a description or options",
            )
        self.contexts = self.contexts or [Context.GUILD, Context.BOT_DM]
        self.integration_types = self.integration_types or [0]
        return self


class CommandList(RootModel[list[Command]]):
    """The body with all commands of an application."""


class Commands:
    """The application commands of the bot, and their routes.

    Attributes
    ----------
    registered
        Discord's JSON objects of the commands.
    """

    def __init__(self, world: World) -> None:
        self.registered: list[Json] = []
        self._world: Final = world

    def routes(self) -> list[web.RouteDef]:
        """Return the routes, relative to the API."""
        path = "/applications/{application_id}/commands"
        return [web.get(path, self._list), web.put(path, self._replace)]

    async def _list(self, request: web.Request) -> web.Response:
        self._check_application(request)
        return json_response(self.registered)

    async def _replace(self, request: web.Request) -> web.Response:
        self._check_application(request)
        commands = validate(CommandList, await read_json(request)).root
        self.registered = [self._with_ids(command) for command in commands]
        self._world.emit(events.CommandsChanged())
        return json_response(self.registered)

    def _check_application(self, request: web.Request) -> None:
        if request.match_info["application_id"] != str(self._world.bot.id):
            message = "You are not authorized to perform this action on this application"
            raise ApiError(403, 20012, message)

    def _with_ids(self, command: Command) -> Json:
        """Return a command with Discord's ids; a command with a known name keeps its id."""
        new = command.model_dump(mode="json", exclude_none=True)
        for old in self.registered:
            if (old["type"], old["name"]) == (command.type, command.name):
                ids = {key: old[key] for key in ("id", "application_id", "version")}
                unchanged = new | ids == old
                return old if unchanged else new | ids | {"version": str(self._world.new_id())}
        return new | {
            "id": str(self._world.new_id()),
            "application_id": str(self._world.bot.id),
            "version": str(self._world.new_id()),
        }
