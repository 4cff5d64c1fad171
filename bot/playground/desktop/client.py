"""What Discord's own client offers people, checks and sends for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from discord import Permissions

from bot.playground.errors import ApiError, PlaygroundError, missing_permissions
from bot.playground.rest import commands, components
from bot.playground.world import (
    DEFAULT_LOCALE,
    GUILD_ID,
    MAX_FILE_BYTES,
    Channel,
    Context,
    Interaction,
    InteractionKind,
    Message,
    OpenInteractions,
    Person,
    Upload,
    World,
    guild,
    message_json,
)

GUILD_INSTALL, USER_INSTALL = 0, 1  # Discord's numbers for how an application was installed
NO_GUILD = "0"  # in place of the server's id, in a conversation with the bot
MAX_INTEGER = 2**53

Json = dict[str, Any]


@dataclass(frozen=True)
class _Asker:
    """Who asks, where, and the things that they named by their ids, as Discord's JSON."""

    person: Person
    channel: Channel
    resolved: Json = field(default_factory=dict)

    def resolve(self, kind: str, thing: Json) -> str:
        """Describe a thing that was named, and return its id."""
        self.resolved.setdefault(kind, {})[thing["id"]] = thing
        return str(thing["id"])


class DesktopClient:
    """The client of every person in the playground.

    Where Discord's client would not let a person do something, its methods raise a
    `PlaygroundError`, whose text says so.
    """

    def __init__(
        self, world: World, registry: commands.Commands, interactions: OpenInteractions
    ) -> None:
        self._world: Final = world
        self._registry: Final = registry
        self._interactions: Final = interactions

    def commands(self, person: Person, channel: Channel) -> list[Json]:
        """Return the commands that somebody may use in a channel."""
        return [one for one in self._registry.registered if _is_offered(one, person, channel)]

    def use_command(
        self, words: str, values: Mapping[str, Any], *, person: Person, channel: Channel
    ) -> Interaction:
        """Send a command.

        Parameters
        ----------
        words
            Its name, and after it that of the subcommand: ``"settings channel"``.
        values
            The options' values by name; an attachment is an `Upload`.
        person, channel
            Who uses it, and where.
        """
        asker = _Asker(person, channel)
        name, _, part = words.partition(" ")
        command = self._command(name, commands.CHAT_INPUT, asker)
        options = command["options"]
        parts = {one["name"]: one for one in options if one["type"] == commands.SUBCOMMAND}
        if part not in parts and (part or parts):
            raise PlaygroundError(f"/{name} has these parts: {', '.join(parts) or 'none'}.")
        given = self._option_values(parts[part]["options"] if part else options, values, asker)
        if part:
            given = [{"name": part, "type": commands.SUBCOMMAND, "options": given}]
        return self._send_command(command, {"options": given}, {"name": words}, asker)

    def use_message_command(self, name: str, message: Message, *, person: Person) -> Interaction:
        """Send an entry of a message's Apps menu."""
        asker = _Asker(person, self._world.channel(message.channel_id))
        if message.visible_to is not None or not asker.channel.seen_by(person.id):
            raise PlaygroundError("That message has no Apps menu here.")
        command = self._command(name, commands.MESSAGE, asker)
        data = {"target_id": asker.resolve("messages", message_json(self._world, message))}
        about = {"name": name, "target_message_id": str(message.id)}
        return self._send_command(command, data, about, asker)

    def use_component(
        self, message: Message, custom_id: str, values: Sequence[str] | None, *, person: Person
    ) -> Interaction:
        """Send that a button is pressed, or values are chosen from a select menu.

        Parameters
        ----------
        message
            Where the component is.
        custom_id
            The bot's name for it.
        values
            Those of the options, or ids of roles or channels; None for a button.
        person
            Who uses it.
        """
        asker = _Asker(person, self._world.channel(message.channel_id))
        parts = [part for row in message.components for part in row["components"]]
        found = next((part for part in parts if part["custom_id"] == custom_id), None)
        seen = message.visible_to in (None, person.id) and asker.channel.seen_by(person.id)
        if found is None or not seen:
            raise PlaygroundError(f"There is no button or menu {custom_id!r} for {person.name}.")
        if found.get("disabled") or (found["type"] == components.BUTTON) != (values is None):
            raise PlaygroundError(f"Nobody can use {custom_id!r} so.")
        data: Json = {"custom_id": custom_id, "component_type": found["type"], "id": found["id"]}
        if values is not None:
            data["values"] = self._selected(found, values, asker)
        owners = (message.interaction or {}).get("authorizing_integration_owners")
        owners = owners or _owners(asker, (GUILD_INSTALL,))
        about = {"interacted_message_id": str(message.id)}
        return self._send(InteractionKind.COMPONENT, data, about, owners, asker, message)

    def delete(self, message: Message, *, person: Person) -> None:
        """Delete a message, or dismiss one that only this person sees."""
        channel = self._world.channel(message.channel_id)
        if message.visible_to not in (None, person.id) or not channel.seen_by(person.id):
            raise PlaygroundError("There is no such message here.")
        own = person.id in (message.author_id, message.visible_to)
        if not own and not guild.permissions_of(person, channel).manage_messages:
            raise missing_permissions()
        self._world.delete(message)

    # What is asked for

    def _command(self, name: str, kind: int, asker: _Asker) -> Json:
        for command in self.commands(asker.person, asker.channel):
            if (command["type"], command["name"]) == (kind, name):
                return command
        raise PlaygroundError(f"There is no command {name!r} for {asker.person.name} here.")

    def _option_values(
        self, options: Sequence[Json], values: Mapping[str, Any], asker: _Asker
    ) -> list[Json]:
        unknown = set(values) - {option["name"] for option in options}
        if unknown:
            raise PlaygroundError(f"The command has no option {unknown.pop()!r}.")
        given = []
        for option in options:
            name, value = option["name"], values.get(option["name"])
            if value is not None:
                value = self._option_value(option, value, asker)
                given.append({"name": name, "type": option["type"], "value": value})
            elif option["required"]:
                raise PlaygroundError(f"The option {name!r} is missing.")
        return given

    def _option_value(self, option: Json, value: Any, asker: _Asker) -> Any:
        kind, choices = option["type"], [choice["value"] for choice in option["choices"]]
        if choices and value not in choices:
            offered = ", ".join(map(str, choices))
            raise PlaygroundError(f"The option {option['name']!r} is one of {offered}.")
        if kind == commands.CHANNEL:
            return self._channel(option, value, asker)
        if kind == commands.ATTACHMENT and isinstance(value, Upload):
            store, file_id = self._world.attachments, self._world.new_id()
            file = store.keep(asker.channel.id, file_id, value, ephemeral=True)
            return asker.resolve("attachments", file.to_json())
        lowest, highest = (
            option.get("min_value", -MAX_INTEGER),
            option.get("max_value", MAX_INTEGER),
        )
        if kind == commands.INTEGER and not (isinstance(value, int) and lowest <= value <= highest):
            raise PlaygroundError(
                f"The option {option['name']!r} does not take that value: "
                f"it takes at least {lowest} and at most {highest}."
            )
        is_wrong = kind == commands.BOOLEAN and not isinstance(value, bool)
        if is_wrong or kind == commands.ATTACHMENT:
            raise PlaygroundError(f"The option {option['name']!r} does not take that value.")
        return value

    def _selected(self, menu: Json, values: Sequence[str], asker: _Asker) -> list[str]:
        fewest, most = menu.get("min_values", 1), menu.get("max_values", 1)
        if not fewest <= len(values) <= most:
            raise PlaygroundError(f"Choose from {fewest} to {most} here.")
        if menu["type"] == components.CHANNEL_SELECT:
            return [self._channel(menu, value, asker) for value in values]
        roles = {role["id"]: role for role in guild.roles_json()}
        of_strings = menu["type"] == components.STRING_SELECT
        offered = {option["value"] for option in menu["options"]} if of_strings else set(roles)
        if not offered.issuperset(values):
            raise PlaygroundError("That cannot be chosen here.")
        return [value if of_strings else asker.resolve("roles", roles[value]) for value in values]

    def _channel(self, wanted: Json, value: Any, asker: _Asker) -> str:
        try:
            channel = self._world.channel(int(value))
        except (ApiError, TypeError, ValueError) as cause:
            raise PlaygroundError("There is no such channel.") from cause
        described = _partial_channel(channel, asker.person)
        kinds = wanted.get("channel_types")
        if kinds and described["type"] not in kinds:
            raise PlaygroundError("That channel cannot be chosen here.")
        return asker.resolve("channels", described)

    # What is sent

    def _send_command(self, command: Json, data: Json, about: Json, asker: _Asker) -> Interaction:
        owners = _owners(asker, command["integration_types"])
        data |= {key: command[key] for key in ("id", "name", "type")}
        # Discord's clients show the name, though Discord documents it nowhere.
        about |= {"command_type": command["type"]}
        return self._send(InteractionKind.COMMAND, data, about, owners, asker, None)

    def _send(
        self,
        kind: InteractionKind,
        data: Json,
        about: Json,
        owners: Json,
        asker: _Asker,
        message: Message | None,
    ) -> Interaction:
        person, channel, user = asker.person, asker.channel, asker.person.to_json()
        payload: Json = {
            "application_id": str(self._world.bot.id),
            "type": int(kind),
            "version": 1,
            "data": data | ({"resolved": asker.resolved} if asker.resolved else {}),
            "channel_id": str(channel.id),
            "channel": _partial_channel(channel, person),
            "locale": self._world.locale_of(person.id),
            "context": int(_context(channel)),
            "app_permissions": str(channel.bot_permissions.value),
            "authorizing_integration_owners": owners,
            "entitlements": [],
            "attachment_size_limit": MAX_FILE_BYTES,
        }
        if channel.in_server:
            permissions = str(guild.permissions_of(person, channel).value)
            payload |= {
                "guild_id": str(GUILD_ID),
                "guild": {"id": str(GUILD_ID), "locale": DEFAULT_LOCALE, "features": []},
                "guild_locale": DEFAULT_LOCALE,
                "member": guild.member_json(person) | {"permissions": permissions, "user": user},
            }
        else:
            payload["user"] = user
        if message is not None:
            payload["message"] = message_json(self._world, message)
        about |= {"type": int(kind), "user": user, "authorizing_integration_owners": owners}
        interaction = Interaction(
            id=self._world.new_id(),
            kind=kind,
            person_id=person.id,
            channel_id=channel.id,
            payload=payload,
            metadata=about,
            source_id=message.id if message else None,
        )
        self._interactions.begin(interaction)
        return interaction


def _is_offered(command: Json, person: Person, channel: Channel) -> bool:
    permissions = guild.permissions_of(person, channel)
    needed = Permissions(int(command.get("default_member_permissions") or 0))
    installed = channel.kind != "private" or USER_INSTALL in command["integration_types"]
    return (
        permissions.use_application_commands
        and installed
        and _context(channel) in command["contexts"]
        and (not channel.in_server or permissions.is_superset(needed))
    )


def _context(channel: Channel) -> Context:
    if channel.in_server:
        return Context.GUILD
    return Context.BOT_DM if channel.kind == "dm" else Context.PRIVATE_CHANNEL


def _owners(asker: _Asker, installs: Iterable[int]) -> Json:
    """Return who installed the application, so that it can be used in a channel."""
    owners, channel = {}, asker.channel
    if GUILD_INSTALL in installs and channel.kind != "private":
        owners[str(GUILD_INSTALL)] = str(GUILD_ID) if channel.in_server else NO_GUILD
    if USER_INSTALL in installs:
        owners[str(USER_INSTALL)] = str(asker.person.id)
    return owners


def _partial_channel(channel: Channel, person: Person) -> Json:
    """Return a channel as interactions have it: with the permissions of who asks."""
    hidden = ("permission_overwrites", "recipients")
    partial = {key: value for key, value in channel.to_json().items() if key not in hidden}
    return partial | {"permissions": str(guild.permissions_of(person, channel).value)}
