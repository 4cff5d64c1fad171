"""Interactions as Discord's JSON: what the bot is told of who asks, where, and for what."""

from collections.abc import Iterable
from typing import Any

from bot.playground.attachments import MAX_FILE_BYTES, Attachment
from bot.playground.channels import GUILD_ID, Channel
from bot.playground.guild import member_json, permissions_of, roles_json
from bot.playground.interactions import Context, InteractionKind
from bot.playground.messages import Message
from bot.playground.payloads import message_json
from bot.playground.people import DEFAULT_LOCALE, Person
from bot.playground.world import World

GUILD_INSTALL, USER_INSTALL = 0, 1  # Discord's numbers for how an application was installed
IN_A_CONVERSATION = "0"  # in the place of the server's id, where there is none

Json = dict[str, Any]


def context_of(channel: Channel) -> Context:
    """Say in which of Discord's contexts a channel is."""
    if channel.guild_id:
        return Context.GUILD
    return Context.BOT_DM if channel.kind == "dm" else Context.PRIVATE_CHANNEL


def owners_of(channel: Channel, person: Person, installs: Iterable[int]) -> dict[str, str]:
    """Say who installed the application, so that it can be asked here.

    Parameters
    ----------
    channel, person
        Where, and who asks.
    installs
        Discord's numbers for the ways of installing that count for what is asked.
    """
    owners = {}
    if GUILD_INSTALL in installs and channel.kind != "private":
        owners[str(GUILD_INSTALL)] = str(GUILD_ID) if channel.guild_id else IN_A_CONVERSATION
    if USER_INSTALL in installs:
        owners[str(USER_INSTALL)] = str(person.id)
    return owners


def interaction_payload(
    world: World,
    kind: InteractionKind,
    data: Json,
    *,
    person: Person,
    channel: Channel,
    owners: dict[str, str],
    message: Message | None = None,
) -> Json:
    """Describe an interaction as the gateway does, but for its id and token.

    Parameters
    ----------
    world
        Where it happens.
    kind, data
        What is asked, and by which means.
    person, channel
        Who asks, and where.
    owners
        Who installed the application; see `owners_of`.
    message
        Whose button or menu was used, or that the form came from.
    """
    payload: Json = {
        "application_id": str(world.bot.id),
        "type": int(kind),
        "version": 1,
        "data": data,
        "channel_id": str(channel.id),
        "channel": partial_channel(channel, person),
        "locale": world.locale_of(person.id),
        "context": int(context_of(channel)),
        "app_permissions": str(int(channel.bot_may)),
        "authorizing_integration_owners": owners,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": MAX_FILE_BYTES,
    }
    if channel.guild_id:
        payload["guild_id"] = str(GUILD_ID)
        payload["guild"] = {"id": str(GUILD_ID), "locale": DEFAULT_LOCALE, "features": []}
        payload["guild_locale"] = DEFAULT_LOCALE
        payload["member"] = _member(person, channel) | {"user": person.to_json()}
    else:
        payload["user"] = person.to_json()
    if message is not None:
        payload["message"] = message_json(world, message)
    return payload


def metadata_json(kind: InteractionKind, person: Person, owners: dict[str, str]) -> Json:
    """Describe what messages that answer an interaction say of it, but for its id."""
    return {
        "type": int(kind),
        "user": person.to_json(),
        "authorizing_integration_owners": owners,
    }


class Resolved:
    """The people, channels, roles, messages and files that are named in what is asked.

    Parameters
    ----------
    world
        Where they are.
    channel
        Where it is asked.
    """

    def __init__(self, world: World, channel: Channel) -> None:
        self._world = world
        self._channel = channel
        self._found: dict[str, Json] = {}

    def to_json(self) -> Json:
        """Give it as Discord's JSON, in which there is no place for what was not named."""
        return {"resolved": self._found} if self._found else {}

    def person(self, person: Person) -> str:
        """Name somebody, and give their id as the value."""
        self._put("users", person.id, person.to_json())
        if self._channel.guild_id:
            self._put("members", person.id, _member(person, self._channel))
        return str(person.id)

    def channel(self, channel: Channel, asker: Person) -> str:
        """Name a channel, and give its id as the value."""
        return self._put("channels", channel.id, partial_channel(channel, asker))

    def role(self, role_id: int) -> str:
        """Name a role, and give its id as the value."""
        for role in roles_json():
            if role["id"] == str(role_id):
                self._put("roles", role_id, role)
        return str(role_id)

    def attachment(self, attachment: Attachment) -> str:
        """Name a file, and give its id as the value."""
        return self._put("attachments", attachment.id, attachment.to_json())

    def message(self, message: Message) -> str:
        """Name a message, which the bot then sees with all that is in it, and give its id."""
        return self._put("messages", message.id, message_json(self._world, message))

    def _put(self, what: str, key: int, described: Json) -> str:
        self._found.setdefault(what, {})[str(key)] = described
        return str(key)


def partial_channel(channel: Channel, asker: Person) -> Json:
    """Describe a channel as interactions do: with what the person who asks may do in it."""
    described = channel.to_json()
    for key in ("permission_overwrites", "recipients"):
        described.pop(key, None)
    return described | {"permissions": str(int(permissions_of(asker, channel)))}


def _member(person: Person, channel: Channel) -> Json:
    return member_json(person) | {"permissions": str(int(permissions_of(person, channel)))}
