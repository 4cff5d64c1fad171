"""Discord's own client: commands, components and messages that a user may use, and their use."""

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

GUILD_INSTALL, USER_INSTALL = 0, 1  # Discord's types of application integrations
NO_GUILD = "0"  # in place of the server's id, in direct messages with the bot
MAX_INTEGER = 2**53  # of an integer option

Json = dict[str, Any]


@dataclass(frozen=True)
class _Invoker:
    """The user of an interaction, the channel, and Discord's resolved data of chosen objects."""

    person: Person
    channel: Channel
    resolved: Json = field(default_factory=dict)

    def resolve(self, kind: str, chosen: Json) -> str:
        """Add a chosen object to the resolved data, and return its id."""
        self.resolved.setdefault(kind, {})[chosen["id"]] = chosen
        return str(chosen["id"])


class DesktopClient:
    """Discord's client, for all users of the playground.

    Its methods raise `PlaygroundError` for actions that Discord's client does not offer.
    """

    def __init__(
        self, world: World, registry: commands.Commands, interactions: OpenInteractions
    ) -> None:
        self._world: Final = world
        self._registry: Final = registry
        self._interactions: Final = interactions

    def commands(self, person: Person, channel: Channel) -> list[Json]:
        """Return the commands that a person may use in a channel."""
        return [one for one in self._registry.registered if _is_offered(one, person, channel)]

    def use_command(
        self, full_name: str, values: Mapping[str, Any], *, person: Person, channel: Channel
    ) -> Interaction:
        """Use a slash command.

        Parameters
        ----------
        full_name
            The name of the command, followed by that of a subcommand: ``"settings channel"``.
        values
            Values of the options by name; an attachment is an `Upload`.
        person, channel
            The user, and the channel in which the command is used.
        """
        invoker = _Invoker(person, channel)
        name, _, subcommand = full_name.partition(" ")
        command = self._command(name, commands.CHAT_INPUT, invoker)
        options = command["options"]
        subcommands = {one["name"]: one for one in options if one["type"] == commands.SUBCOMMAND}
        if subcommand not in subcommands and (subcommand or subcommands):
            raise PlaygroundError(f"/{name} has these parts: {', '.join(subcommands) or 'none'}.")
        if subcommand:
            options = subcommands[subcommand]["options"]
        given = self._option_values(options, values, invoker)
        if subcommand:
            given = [{"name": subcommand, "type": commands.SUBCOMMAND, "options": given}]
        return self._send_command(command, {"options": given}, {"name": full_name}, invoker)

    def use_message_command(self, name: str, message: Message, *, person: Person) -> Interaction:
        """Use a command of a message's Apps menu."""
        invoker = _Invoker(person, self._world.channel(message.channel_id))
        if message.visible_to is not None or not invoker.channel.seen_by(person.id):
            raise PlaygroundError("That message has no Apps menu here.")
        command = self._command(name, commands.MESSAGE, invoker)
        data = {"target_id": invoker.resolve("messages", message_json(self._world, message))}
        metadata = {"name": name, "target_message_id": str(message.id)}
        return self._send_command(command, data, metadata, invoker)

    def use_component(
        self, message: Message, custom_id: str, values: Sequence[str] | None, *, person: Person
    ) -> Interaction:
        """Press a button, or choose values from a select menu.

        Parameters
        ----------
        message
            The message with the component.
        custom_id
            The custom id of the component.
        values
            Values of the chosen options, or ids of roles or channels; None for a button.
        person
            The user.
        """
        invoker = _Invoker(person, self._world.channel(message.channel_id))
        offered = [component for row in message.components for component in row["components"]]
        found = next((one for one in offered if one["custom_id"] == custom_id), None)
        seen = message.visible_to in (None, person.id) and invoker.channel.seen_by(person.id)
        if found is None or not seen:
            raise PlaygroundError(f"There is no button or menu {custom_id!r} for {person.name}.")
        if found.get("disabled") or (found["type"] == components.BUTTON) != (values is None):
            raise PlaygroundError(f"Nobody can use {custom_id!r} so.")
        data: Json = {"custom_id": custom_id, "component_type": found["type"], "id": found["id"]}
        if values is not None:
            data["values"] = self._selected(found, values, invoker)
        owners = (message.interaction or {}).get("authorizing_integration_owners")
        owners = owners or _owners(invoker, (GUILD_INSTALL,))
        metadata = {"interacted_message_id": str(message.id)}
        return self._send(InteractionKind.COMPONENT, data, metadata, owners, invoker, message)

    def delete(self, message: Message, *, person: Person) -> None:
        """Delete a message, or dismiss an ephemeral message."""
        channel = self._world.channel(message.channel_id)
        if message.visible_to not in (None, person.id) or not channel.seen_by(person.id):
            raise PlaygroundError("There is no such message here.")
        own = person.id in (message.author_id, message.visible_to)
        if not own and not guild.permissions_of(person, channel).manage_messages:
            raise missing_permissions()
        self._world.delete(message)

    # Lookup and validation

    def _command(self, name: str, kind: int, invoker: _Invoker) -> Json:
        for command in self.commands(invoker.person, invoker.channel):
            if (command["type"], command["name"]) == (kind, name):
                return command
        raise PlaygroundError(f"There is no command {name!r} for {invoker.person.name} here.")

    def _option_values(
        self, options: Sequence[Json], values: Mapping[str, Any], invoker: _Invoker
    ) -> list[Json]:
        unknown = set(values) - {option["name"] for option in options}
        if unknown:
            raise PlaygroundError(f"The command has no option {unknown.pop()!r}.")
        given = []
        for option in options:
            name, value = option["name"], values.get(option["name"])
            if value is not None:
                value = self._option_value(option, value, invoker)
                given.append({"name": name, "type": option["type"], "value": value})
            elif option["required"]:
                raise PlaygroundError(f"The option {name!r} is missing.")
        return given

    def _option_value(self, option: Json, value: Any, invoker: _Invoker) -> Any:
        kind, choices = option["type"], [choice["value"] for choice in option["choices"]]
        if choices and value not in choices:
            offered = ", ".join(map(str, choices))
            raise PlaygroundError(f"The option {option['name']!r} is one of {offered}.")
        if kind == commands.CHANNEL:
            return self._channel(option, value, invoker)
        if kind == commands.ATTACHMENT and isinstance(value, Upload):
            store, file_id = self._world.attachments, self._world.new_id()
            file = store.keep(invoker.channel.id, file_id, value, ephemeral=True)
            return invoker.resolve("attachments", file.to_json())
        minimum = option.get("min_value", -MAX_INTEGER)
        maximum = option.get("max_value", MAX_INTEGER)
        if kind == commands.INTEGER and not (
            isinstance(value, int) and minimum <= value <= maximum
        ):
            raise PlaygroundError(
                f"The option {option['name']!r} does not take that value: "
                f"it takes at least {minimum} and at most {maximum}."
            )
        is_wrong = kind == commands.BOOLEAN and not isinstance(value, bool)
        if is_wrong or kind == commands.ATTACHMENT:
            raise PlaygroundError(f"The option {option['name']!r} does not take that value.")
        return value

    def _selected(self, menu: Json, values: Sequence[str], invoker: _Invoker) -> list[str]:
        min_values, max_values = menu.get("min_values", 1), menu.get("max_values", 1)
        if not min_values <= len(values) <= max_values:
            raise PlaygroundError(f"Choose from {min_values} to {max_values} here.")
        if menu["type"] == components.CHANNEL_SELECT:
            return [self._channel(menu, value, invoker) for value in values]
        roles = {role["id"]: role for role in guild.roles_json()}
        is_string = menu["type"] == components.STRING_SELECT
        offered = {option["value"] for option in menu["options"]} if is_string else set(roles)
        if not offered.issuperset(values):
            raise PlaygroundError("That cannot be chosen here.")
        return [value if is_string else invoker.resolve("roles", roles[value]) for value in values]

    def _channel(self, wanted: Json, value: Any, invoker: _Invoker) -> str:
        try:
            channel = self._world.channel(int(value))
        except (ApiError, TypeError, ValueError) as cause:
            raise PlaygroundError("There is no such channel.") from cause
        described = _partial_channel(channel, invoker.person)
        kinds = wanted.get("channel_types")
        if kinds and described["type"] not in kinds:
            raise PlaygroundError("That channel cannot be chosen here.")
        return invoker.resolve("channels", described)

    # Sending

    def _send_command(
        self, command: Json, data: Json, metadata: Json, invoker: _Invoker
    ) -> Interaction:
        owners = _owners(invoker, command["integration_types"])
        data |= {key: command[key] for key in ("id", "name", "type")}
        # Discord's clients show the name and the type, which are not documented.
        metadata |= {"command_type": command["type"]}
        return self._send(InteractionKind.COMMAND, data, metadata, owners, invoker, None)

    def _send(
        self,
        kind: InteractionKind,
        data: Json,
        metadata: Json,
        owners: Json,
        invoker: _Invoker,
        message: Message | None,
    ) -> Interaction:
        person, channel, user = invoker.person, invoker.channel, invoker.person.to_json()
        payload: Json = {
            "application_id": str(self._world.bot.id),
            "type": int(kind),
            "version": 1,
            "data": data | ({"resolved": invoker.resolved} if invoker.resolved else {}),
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
        metadata |= {"type": int(kind), "user": user, "authorizing_integration_owners": owners}
        interaction = Interaction(
            id=self._world.new_id(),
            kind=kind,
            person_id=person.id,
            channel_id=channel.id,
            payload=payload,
            metadata=metadata,
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


def _owners(invoker: _Invoker, installs: Iterable[int]) -> Json:
    """Return Discord's authorizing integration owners: by whom the application is installed."""
    owners, channel = {}, invoker.channel
    if GUILD_INSTALL in installs and channel.kind != "private":
        owners[str(GUILD_INSTALL)] = str(GUILD_ID) if channel.in_server else NO_GUILD
    if USER_INSTALL in installs:
        owners[str(USER_INSTALL)] = str(invoker.person.id)
    return owners


def _partial_channel(channel: Channel, person: Person) -> Json:
    """Return Discord's partial channel object of interactions, with the user's permissions."""
    omitted = ("permission_overwrites", "recipients")
    partial = {key: value for key, value in channel.to_json().items() if key not in omitted}
    return partial | {"permissions": str(guild.permissions_of(person, channel).value)}
