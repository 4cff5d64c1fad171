"""The state of the playground (people, channels, messages, files, interactions) and its events.

Discord's JSON objects are here too, since the gateway, the REST API and the page share them. How
events reach the bot and the page is in `gateway` and `page`.
"""

from bot.playground.world import events, guild
from bot.playground.world.attachments import MAX_FILE_BYTES, MAX_FILES, Upload
from bot.playground.world.channels import GUILD_ID, Channel
from bot.playground.world.interactions import Callback, Context, Interaction, InteractionKind
from bot.playground.world.mentions import AllowedMentions, with_mentions
from bot.playground.world.messages import Message, MessageFlag
from bot.playground.world.open_interactions import OpenInteractions
from bot.playground.world.payloads import application_flags, message_event, message_json
from bot.playground.world.people import DEFAULT_LOCALE, LOCALES, Person
from bot.playground.world.world import World

__all__ = [
    "DEFAULT_LOCALE",
    "GUILD_ID",
    "LOCALES",
    "MAX_FILES",
    "MAX_FILE_BYTES",
    "AllowedMentions",
    "Callback",
    "Channel",
    "Context",
    "Interaction",
    "InteractionKind",
    "Message",
    "MessageFlag",
    "OpenInteractions",
    "Person",
    "Upload",
    "World",
    "application_flags",
    "events",
    "guild",
    "message_event",
    "message_json",
    "with_mentions",
]
