"""What a test does in people's place."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.playground.asking import Asking
from bot.playground.channels import Channel
from bot.playground.errors import PlaygroundError, missing_permissions
from bot.playground.guild import permissions_of
from bot.playground.invocation import Invocation
from bot.playground.messages import Message
from bot.playground.payloads import message_json
from bot.playground.people import Person
from bot.playground.permissions import Permission
from bot.playground.world import World

Json = dict[str, Any]
Place = Channel | int | None


class Actors:
    """The people of a playground, who ask things of the bot.

    Wherever no person is named, it is the one at the page; wherever no channel is, it is the
    server's first.

    Parameters
    ----------
    world
        Where they are.
    asking
        What does for them what Discord's client does.
    """

    def __init__(self, world: World, asking: Asking) -> None:
        self.world = world
        self._asking = asking

    async def slash(
        self,
        command: str,
        /,
        *,
        person: Person | None = None,
        channel: Place = None,
        options: Mapping[str, Any] | None = None,
        **more_options: Any,
    ) -> Invocation:
        """Type a command, ``slash("emotion", note=Upload(...))``.

        Parameters
        ----------
        command
            Its name, and after it those of groups and subcommands: ``"settings language"``.
        person, channel
            Who types, and where.
        options, more_options
            The options' values by name; an attachment is an `Upload`.

        Raises
        ------
        PlaygroundError
            Discord would not let them: there is no such command or option, or not that value.
        """
        values = {**(options or {}), **more_options}
        who, where = person or self.world.you, self._place(channel)
        return self._of(self._asking.slash(command, values, person=who, channel=where))

    async def autocomplete(
        self,
        command: str,
        focused: str,
        /,
        *,
        person: Person | None = None,
        channel: Place = None,
        options: Mapping[str, Any] | None = None,
        **more_options: Any,
    ) -> Invocation:
        """Type into an option that the bot completes; ``choices`` of the answer has what it says.

        Parameters
        ----------
        command, person, channel, options, more_options
            As for `slash`, as far as they are typed yet.
        focused
            The name of the option that is being typed.

        Raises
        ------
        PlaygroundError
            The bot does not complete it.
        """
        values = {**(options or {}), **more_options}
        who, where = person or self.world.you, self._place(channel)
        return self._of(self._asking.complete(command, values, focused, person=who, channel=where))

    async def use_menu(
        self,
        name: str,
        target: int | Person,
        /,
        *,
        person: Person | None = None,
        channel: Place = None,
    ) -> Invocation:
        """Choose an entry in the Apps menu of a message, or of a person.

        Parameters
        ----------
        name
            Of the entry.
        target
            Id of the message, or the person.
        person
            Who chooses.
        channel
            Where; only for the menu of a person.

        Raises
        ------
        PlaygroundError
            There is no such entry for them, or no such message.
        """
        who = person or self.world.you
        if isinstance(target, Person):
            where = self._place(channel)
            return self._of(self._asking.use_person_menu(name, target, person=who, channel=where))
        message = self.world.locate(int(target))
        return self._of(self._asking.use_message_menu(name, message, person=who))

    async def press(
        self, message_id: int | str, custom_id: str, /, *, person: Person | None = None
    ) -> Invocation:
        """Press a button of a message.

        Raises
        ------
        PlaygroundError
            There is no such button for them, or it cannot be pressed.
        """
        message = self.world.locate(int(message_id))
        who = person or self.world.you
        return self._of(self._asking.use_component(message, custom_id, None, person=who))

    async def choose(
        self,
        message_id: int | str,
        custom_id: str,
        values: Sequence[Any],
        /,
        *,
        person: Person | None = None,
    ) -> Invocation:
        """Choose from a menu of a message: options' values, or people, channels and roles' ids.

        Raises
        ------
        PlaygroundError
            There is no such menu for them, or it does not take those values.
        """
        message = self.world.locate(int(message_id))
        who = person or self.world.you
        return self._of(self._asking.use_component(message, custom_id, values, person=who))

    async def submit(
        self,
        asked: Invocation,
        values: Mapping[str, Any] | None = None,
        /,
        **more_values: Any,
    ) -> Invocation:
        """Fill in the form that the bot answered with, and send it.

        Parameters
        ----------
        asked
            What the bot answered with the form.
        values, more_values
            By what the bot calls each field: a text, a list of what is chosen, or `Upload` files.

        Raises
        ------
        PlaygroundError
            There is no form, or it does not take those values.
        """
        person = self.world.person(asked.interaction.person_id)
        filled = {**(values or {}), **more_values}
        return self._of(self._asking.submit(asked.interaction, filled, person=person))

    def ephemeral_messages(
        self, person: Person | None = None, channel_id: int | None = None
    ) -> list[Json]:
        """Give what only this person sees, in one channel or all of them, oldest first, as JSON."""
        who = person or self.world.you
        found = self.world.ephemeral_messages(who.id, channel_id)
        return [message_json(self.world, message) for message in found]

    async def forward(
        self, message_id: int, channel: Channel | int, /, *, person: Person | None = None
    ) -> Message:
        """Forward a message to another channel, or the same.

        Raises
        ------
        PlaygroundError
            There is no such message or channel.
        """
        who = person or self.world.you
        return self.world.forward(
            self.world.locate(int(message_id)), self._place(channel).id, who.id
        )

    async def delete(self, message_id: int | str, /, *, person: Person | None = None) -> None:
        """Delete a message, which its author may do, and who may manage messages.

        What only one person sees, that person can dismiss.

        Raises
        ------
        PlaygroundError
            There is no such message, or this person may not.
        """
        delete_as(self.world, self.world.locate(int(message_id)), person or self.world.you)

    def _place(self, channel: Place) -> Channel:
        if isinstance(channel, Channel):
            return channel
        if channel is None:
            return next(iter(self.world.channels.values()))
        return self.world.channel(int(channel))

    def _of(self, interaction: Any) -> Invocation:
        return Invocation(self.world, interaction)


def delete_as(world: World, message: Message, person: Person) -> None:
    """Delete a message as somebody.

    Raises
    ------
    ApiError
        They may not (50013).
    PlaygroundError
        They do not see it.
    """
    channel = world.channel(message.channel_id)
    if message.visible_to not in (None, person.id) or not channel.seen_by(person.id):
        raise PlaygroundError("There is no such message here.")
    own = message.author_id == person.id or message.visible_to == person.id
    moderates = channel.guild_id and Permission.MANAGE_MESSAGES in permissions_of(person, channel)
    if not own and not moderates:
        raise missing_permissions()
    world.delete(channel.id, message.id)
