"""What people ask of the bot: with commands, the Apps menu, buttons, menus and forms."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.playground.channels import Channel
from bot.playground.command_checks import CHAT_INPUT, MESSAGE, USER
from bot.playground.commands import Commands
from bot.playground.components import BUTTON, LINK, PREMIUM, SELECTS, find_component
from bot.playground.errors import PlaygroundError
from bot.playground.filled_forms import filled_form
from bot.playground.interaction_payloads import (
    GUILD_INSTALL,
    Resolved,
    interaction_payload,
    metadata_json,
    owners_of,
)
from bot.playground.interactions import Interaction, InteractionKind
from bot.playground.messages import Message
from bot.playground.open_interactions import OpenInteractions
from bot.playground.option_values import OptionValues, subcommand, wrapped
from bot.playground.people import Person
from bot.playground.selections import selected
from bot.playground.world import World

Json = dict[str, Any]


class Asking:
    """Does for people what Discord's own client does, and refuses what that would not let them do.

    Parameters
    ----------
    world
        Where they are.
    commands
        What the bot has registered.
    interactions
        Where what is asked is kept.
    """

    def __init__(self, world: World, commands: Commands, interactions: OpenInteractions) -> None:
        self._world: Final = world
        self._commands: Final = commands
        self._interactions: Final = interactions

    def slash(
        self, words: str, values: Mapping[str, Any], *, person: Person, channel: Channel
    ) -> Interaction:
        """Type a command.

        Parameters
        ----------
        words
            Its name, and after it those of groups and subcommands: ``"settings language"``.
        values
            The options' values by name; an attachment is an `Upload`, others may be ids.
        person, channel
            Who types, and where.

        Raises
        ------
        PlaygroundError
            Discord would not let them: there is no such command or option, or not that value.
        """
        command, path, options = self._typed(words, person, channel)
        resolved = Resolved(self._world, channel)
        given = OptionValues(self._world, person, channel, resolved).given(options, values)
        data = _named(command) | resolved.to_json() | {"options": wrapped(path, given)}
        name = " ".join([command["name"], *(part["name"] for part in path)])
        return self._ask_command(InteractionKind.COMMAND, command, data, person, channel, name=name)

    def complete(
        self,
        words: str,
        values: Mapping[str, Any],
        focused: str,
        *,
        person: Person,
        channel: Channel,
    ) -> Interaction:
        """Type into an option that the bot completes.

        Parameters
        ----------
        words, values, person, channel
            As for `slash`, as far as they are typed yet.
        focused
            The name of the option.

        Raises
        ------
        PlaygroundError
            The bot does not complete it.
        """
        command, path, options = self._typed(words, person, channel)
        resolved = Resolved(self._world, channel)
        typing = OptionValues(self._world, person, channel, resolved)
        given = typing.being_typed(options, values, focused)
        data = _named(command) | {"options": wrapped(path, given)}
        return self._ask_command(InteractionKind.AUTOCOMPLETE, command, data, person, channel)

    def use_message_menu(self, name: str, message: Message, *, person: Person) -> Interaction:
        """Choose an entry in the Apps menu of a message.

        Raises
        ------
        PlaygroundError
            There is no such entry for this person, or the message has no such menu.
        """
        channel = self._world.channel(message.channel_id)
        if message.visible_to is not None or not channel.seen_by(person.id):
            raise PlaygroundError("That message has no Apps menu here.")
        command = self._commands.find(name, MESSAGE, person, channel)
        resolved = Resolved(self._world, channel)
        data = _named(command) | {"target_id": resolved.message(message)} | resolved.to_json()
        about = {"target_message_id": str(message.id)}
        kind = InteractionKind.COMMAND
        return self._ask_command(kind, command, data, person, channel, about=about)

    def use_person_menu(
        self, name: str, target: Person, *, person: Person, channel: Channel
    ) -> Interaction:
        """Choose an entry in the Apps menu of a person.

        Raises
        ------
        PlaygroundError
            There is no such entry for the person who chooses.
        """
        command = self._commands.find(name, USER, person, channel)
        resolved = Resolved(self._world, channel)
        data = _named(command) | {"target_id": resolved.person(target)} | resolved.to_json()
        about = {"target_user": target.to_json()}
        kind = InteractionKind.COMMAND
        return self._ask_command(kind, command, data, person, channel, about=about)

    def use_component(
        self, message: Message, custom_id: str, values: Sequence[Any] | None, *, person: Person
    ) -> Interaction:
        """Press a button, or choose from a menu.

        Parameters
        ----------
        message
            Where it is.
        custom_id
            What the bot calls it.
        values
            What is chosen from a menu; None for a button.
        person
            Who does so.

        Raises
        ------
        PlaygroundError
            There is no such thing to press, or it does not take those values.
        """
        channel = self._world.channel(message.channel_id)
        component = find_component(message.components, custom_id)
        seen = message.visible_to in (None, person.id) and channel.seen_by(person.id)
        if component is None or not seen:
            raise PlaygroundError(f"There is no button or menu {custom_id!r} for {person.name}.")
        kind = component["type"]
        wanted = (BUTTON,) if values is None else SELECTS
        silent = kind == BUTTON and component.get("style") in (LINK, PREMIUM)
        if component.get("disabled") or silent or kind not in wanted:
            raise PlaygroundError(f"Nobody can use {custom_id!r} so.")
        data: Json = {"custom_id": custom_id, "component_type": kind, "id": component["id"]}
        if values is not None:
            resolved = Resolved(self._world, channel)
            data["values"] = selected(self._world, component, values, resolved, person)
            data |= resolved.to_json()
        owners = (message.interaction or {}).get("authorizing_integration_owners")
        owners = owners or owners_of(channel, person, (GUILD_INSTALL,))
        about = {"interacted_message_id": str(message.id)}
        return self._ask(
            InteractionKind.COMPONENT, data, person, channel, owners, about=about, message=message
        )

    def submit(
        self, asked: Interaction, values: Mapping[str, Any], *, person: Person
    ) -> Interaction:
        """Fill in the form that the bot has shown, and send it.

        Parameters
        ----------
        asked
            What the bot answered with the form.
        values
            By what the bot calls each field: a text, a list of what is chosen, or `Upload` files.
        person
            Who does so.

        Raises
        ------
        PlaygroundError
            There is no form, or it does not take those values.
        """
        if asked.modal is None or asked.person_id != person.id:
            raise PlaygroundError("The bot has shown no form.")
        channel = self._world.channel(asked.channel_id)
        resolved = Resolved(self._world, channel)
        components = filled_form(self._world, asked.modal, values, resolved, person, channel)
        data = {"custom_id": asked.modal["custom_id"], "components": components}
        owners = asked.metadata["authorizing_integration_owners"]
        message = None
        if asked.source_id is not None:
            message = self._world.find(channel.id, asked.source_id)
        asked.modal = None  # a form is sent but once
        return self._ask(
            InteractionKind.MODAL,
            data | resolved.to_json(),
            person,
            channel,
            owners,
            about={"triggering_interaction_metadata": asked.metadata},
            message=message,
        )

    def _typed(
        self, words: str, person: Person, channel: Channel
    ) -> tuple[Json, list[Json], list[Json]]:
        name, *rest = words.removeprefix("/").split() or [""]
        command = self._commands.find(name, CHAT_INPUT, person, channel)
        return command, *subcommand(command, rest)

    def _ask_command(
        self,
        kind: InteractionKind,
        command: Json,
        data: Json,
        person: Person,
        channel: Channel,
        *,
        name: str = "",
        about: Json | None = None,
    ) -> Interaction:
        installs = (GUILD_INSTALL,) if "guild_id" in command else command["integration_types"]
        owners = owners_of(channel, person, installs)
        # Discord says the name too, for its clients to show, though it documents it nowhere.
        about = {"name": name or command["name"], "command_type": command["type"]} | (about or {})
        return self._ask(kind, data, person, channel, owners, about=about)

    def _ask(
        self,
        kind: InteractionKind,
        data: Json,
        person: Person,
        channel: Channel,
        owners: dict[str, str],
        *,
        about: Json | None = None,
        message: Message | None = None,
    ) -> Interaction:
        if channel.archived and channel.locked:
            raise PlaygroundError("This thread is locked: nobody can ask anything in it.")
        payload = interaction_payload(
            self._world, kind, data, person=person, channel=channel, owners=owners, message=message
        )
        return self._interactions.begin(
            kind,
            payload=payload,
            metadata=metadata_json(kind, person, owners) | (about or {}),
            person_id=person.id,
            channel_id=channel.id,
            source_id=message.id if message else None,
        )


def _named(command: Json) -> Json:
    named = {key: command[key] for key in ("id", "name", "type")}
    return named | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})
