"""The REST API's routes by which a bot registers its application commands."""

import re
from typing import Any, Final

from aiohttp import web

from bot.playground.answers import answer, done
from bot.playground.checks import Problems
from bot.playground.errors import ApiError, unknown
from bot.playground.forms import read_json
from bot.playground.guild import GUILD_ID
from bot.playground.world import World

Json = dict[str, Any]

CHAT_INPUT, USER, MESSAGE = 1, 2, 3  # Discord's numbers for the kinds of command
LIMITS = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}  # commands of each kind, in one place
NAME = re.compile(r"[-_'\w]{1,32}")
MAX_NAME, MAX_DESCRIPTION, MAX_OPTIONS = 32, 100, 25
EVERYWHERE = 0  # the place of commands that are not for one server alone


class Commands:
    """The bot's commands, by place: everywhere, or one server.

    Parameters
    ----------
    world
        Whose bot it is.
    """

    def __init__(self, world: World) -> None:
        self._world: Final = world
        self._commands: dict[int, dict[int, Json]] = {EVERYWHERE: {}, GUILD_ID: {}}

    def routes(self) -> list[web.RouteDef]:
        """Give the routes, relative to the API."""
        application = "/applications/{application_id}"
        routes: list[web.RouteDef] = []
        for place in ("", "/guilds/{guild_id}"):
            every, one = f"{application}{place}/commands", f"{application}{place}/commands/{{id}}"
            routes += [
                web.get(every, self._list),
                web.put(every, self._replace),
                web.post(every, self._create),
                web.get(one, self._get),
                web.patch(one, self._change),
                web.delete(one, self._delete),
            ]
        return routes

    def registered(self, guild_id: int = EVERYWHERE) -> list[Json]:
        """Give the commands that are registered in a place."""
        return list(self._commands[guild_id].values())

    async def _list(self, request: web.Request) -> web.Response:
        return answer(list(self._place(request).values()))

    async def _replace(self, request: web.Request) -> web.Response:
        place, problems = self._place(request), Problems()
        given = problems.listing((), await read_json(request), sum(LIMITS.values()))
        problems.raise_if_any()
        by_name = {_key(command): command["id"] for command in place.values()}
        made = [self._made(request, item, (index,)) for index, item in enumerate(given)]
        for kind, limit in LIMITS.items():
            if sum(command["type"] == kind for command in made) > limit:
                raise ApiError(
                    400, 30032, f"Maximum number of application commands reached ({limit})."
                )
        if len({_key(command) for command in made}) < len(made):
            message = "Application command names must be unique"
            problems.add((), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
            problems.raise_if_any()
        place.clear()
        for command in made:
            command["id"] = by_name.get(_key(command), command["id"])
            place[int(command["id"])] = command
        return answer(made)

    async def _create(self, request: web.Request) -> web.Response:
        place = self._place(request)
        made = self._made(request, await read_json(request), ())
        old = next((one for one in place.values() if _key(one) == _key(made)), None)
        if old is not None:
            made["id"] = old["id"]
        place[int(made["id"])] = made
        return answer(made, status=200 if old else 201)

    async def _get(self, request: web.Request) -> web.Response:
        return answer(self._find(request))

    async def _change(self, request: web.Request) -> web.Response:
        changes = await read_json(request)
        old = self._find(request)
        made = self._made(request, old | (changes if isinstance(changes, dict) else {}), ())
        made["id"] = old["id"]
        self._place(request)[int(made["id"])] = made
        return answer(made)

    async def _delete(self, request: web.Request) -> web.Response:
        del self._place(request)[int(self._find(request)["id"])]
        return done()

    def _place(self, request: web.Request) -> dict[int, Json]:
        if request.match_info["application_id"] != str(self._world.bot.id):
            raise ApiError(
                403, 20012, "You are not authorized to perform this action on this application"
            )
        guild_id = request.match_info.get("guild_id", str(EVERYWHERE))
        try:
            return self._commands[int(guild_id)]
        except (KeyError, ValueError) as cause:
            raise unknown("Guild", 10004) from cause

    def _find(self, request: web.Request) -> Json:
        for command in self._place(request).values():
            if command["id"] == request.match_info["id"]:
                return command
        raise unknown("application command", 10063)

    def _made(self, request: web.Request, given: Any, path: tuple[int, ...]) -> Json:
        """Check a command, and complete it as Discord does."""
        problems = Problems()
        if not isinstance(given, dict):
            problems.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
            problems.raise_if_any()
        kind = given.get("type", CHAT_INPUT)
        if kind not in LIMITS:
            problems.add((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3).")
        name = problems.text((*path, "name"), given.get("name"), MAX_NAME, required=True)
        if kind == CHAT_INPUT and not (NAME.fullmatch(name) and name == name.lower()):
            message = "Command name is invalid"
            problems.add((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", message)
        description = problems.text(
            (*path, "description"),
            given.get("description"),
            MAX_DESCRIPTION,
            required=kind == CHAT_INPUT,
        )
        options = problems.listing((*path, "options"), given.get("options"), MAX_OPTIONS)
        problems.raise_if_any()
        guild_id = request.match_info.get("guild_id")
        made = {
            "id": str(self._world.new_id()),
            "application_id": str(self._world.bot.id),
            "version": str(self._world.new_id()),
            "type": kind,
            "name": name,
            "name_localizations": given.get("name_localizations"),
            "description": description,
            "description_localizations": given.get("description_localizations"),
            "default_member_permissions": given.get("default_member_permissions"),
            "dm_permission": given.get("dm_permission", True),
            "contexts": given.get("contexts"),
            "integration_types": given.get("integration_types") or [0],
            "nsfw": bool(given.get("nsfw", False)),
            "options": options,
        }
        return made | {"guild_id": guild_id} if guild_id else made


def _key(command: Json) -> tuple[Any, Any]:
    return command["type"], command["name"]
