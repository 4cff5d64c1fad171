"""The world: people, channels and messages, with their files, and the interactions under way.

It knows nothing of how bots and pages are told of it: those subscribe to its `events`. What Discord
would say of its things in JSON is here too, because every interface says the same.
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
