"""The REST API's routes by which a bot registers its application commands."""

from typing import Any, Final

from aiohttp import web

from bot.playground.answers import answer, done
from bot.playground.channels import GUILD_ID, Channel
from bot.playground.checks import Problems
from bot.playground.command_checks import CHAT_INPUT, MESSAGE, USER, checked_command
from bot.playground.errors import ApiError, PlaygroundError, unknown
from bot.playground.events import CommandsChanged
from bot.playground.forms import read_json
from bot.playground.guild import permissions_of
from bot.playground.interaction_payloads import GUILD_INSTALL, USER_INSTALL, context_of
from bot.playground.interactions import Context
from bot.playground.people import Person
from bot.playground.permissions import Permission
from bot.playground.world import World

Json = dict[str, Any]

LIMITS = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}  # commands of each kind, in one place
EVERYWHERE = 0  # the place of commands that are not for one server alone


class Commands:
    """The bot's commands, by place: everywhere, or one server.

    Parameters
    ----------
    world
        Whose bot it is.

    Attributes
    ----------
    reads, writes
        How often the bot asked for its commands, and how often it changed them.
    """

    def __init__(self, world: World) -> None:
        self._world: Final = world
        self.reads = self.writes = 0
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

    def usable(self, person: Person, channel: Channel) -> list[Json]:
        """Give the commands that Discord would offer somebody in a channel."""
        commands = self.registered()
        commands += self.registered(GUILD_ID) if channel.guild_id else []
        return [one for one in commands if _offered(one, person, channel)]

    def find(self, name: str, kind: int, person: Person, channel: Channel) -> Json:
        """Find a command that somebody may use in a channel, by its name or a translated one.

        Raises
        ------
        PlaygroundError
            There is none.
        """
        for command in reversed(self.usable(person, channel)):  # a server's own go first
            names = {command["name"], *(command["name_localizations"] or {}).values()}
            if command["type"] == kind and name in names:
                return command
        raise PlaygroundError(f"There is no command {name!r} for {person.name} here.")

    def _changed(self) -> None:
        self.writes += 1
        self._world.tell(CommandsChanged())

    async def _list(self, request: web.Request) -> web.Response:
        self.reads += 1
        return answer(list(self._place(request).values()))

    async def _replace(self, request: web.Request) -> web.Response:
        place, problems = self._place(request), Problems()
        given = problems.listing((), await read_json(request), sum(LIMITS.values()))
        problems.raise_if_any()
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
            place[int(command["id"])] = command
        self._changed()
        return answer(made)

    async def _create(self, request: web.Request) -> web.Response:
        place = self._place(request)
        made = self._made(request, await read_json(request), ())
        status = 200 if int(made["id"]) in place else 201
        place[int(made["id"])] = made
        self._changed()
        return answer(made, status=status)

    async def _get(self, request: web.Request) -> web.Response:
        return answer(self._find(request))

    async def _change(self, request: web.Request) -> web.Response:
        changes = await read_json(request)
        old = self._find(request)
        given = old | (changes if isinstance(changes, dict) else {})
        made = self._made(request, given, (), old)
        self._place(request)[int(made["id"])] = made
        self._changed()
        return answer(made)

    async def _delete(self, request: web.Request) -> web.Response:
        del self._place(request)[int(self._find(request)["id"])]
        self._changed()
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

    def _made(
        self, request: web.Request, given: Any, path: tuple[int, ...], old: Json | None = None
    ) -> Json:
        """Check a command, and complete it as Discord does."""
        made = checked_command(given, path)
        place = self._place(request).values()
        old = old or next((one for one in place if _key(one) == _key(made)), None)
        guild_id = request.match_info.get("guild_id")
        made |= {
            "id": old["id"] if old else str(self._world.new_id()),
            "application_id": str(self._world.bot.id),
        }
        made |= {"guild_id": guild_id} if guild_id else {}
        if old is not None and {**made, "version": old["version"]} == old:
            return old
        return made | {"version": str(self._world.new_id())}


def _key(command: Json) -> tuple[Any, Any]:
    return command["type"], command["name"]


def _offered(command: Json, person: Person, channel: Channel) -> bool:
    may, needed = permissions_of(person, channel), command["default_member_permissions"]
    context = context_of(channel)
    if Permission.USE_APPLICATION_COMMANDS not in may:
        return False
    if channel.guild_id and needed is not None:
        wanted = Permission(int(needed)) or Permission.ADMINISTRATOR
        if wanted & ~may:
            return False
    if "guild_id" in command:
        return True
    installs = command["integration_types"]
    contexts = command["contexts"]
    if contexts is None:
        contexts = [Context.GUILD] + [Context.BOT_DM] * command["dm_permission"]
        contexts += [Context.PRIVATE_CHANNEL] * (USER_INSTALL in installs)
    if context is Context.PRIVATE_CHANNEL and USER_INSTALL not in installs:
        return False
    return context in contexts and (GUILD_INSTALL in installs or USER_INSTALL in installs)
