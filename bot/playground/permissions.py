"""What the bot may do in a channel, and which events it may ask to hear: Discord's bit fields."""

from enum import IntFlag

from bot.playground.errors import PlaygroundError


class Permission(IntFlag):
    """The permissions that the playground knows, by Discord's names and bits."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    SEND_MESSAGES_IN_THREADS = 1 << 38
    SEND_VOICE_MESSAGES = 1 << 46

    @classmethod
    def named(cls, name: str) -> "Permission":
        """Find a permission by its name, in capitals or not.

        Raises
        ------
        PlaygroundError
            The playground knows no such permission.
        """
        try:
            return cls[name.upper()]
        except KeyError as cause:
            known = ", ".join(permission.name.lower() for permission in cls if permission.name)
            raise PlaygroundError(
                f"There is no permission {name!r} here; there are {known}."
            ) from cause


NOTHING = Permission(0)
EVERYBODY_MAY = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.SEND_VOICE_MESSAGES
)
MODERATORS_MAY = EVERYBODY_MAY | Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES
EVERYTHING = Permission(sum(Permission))
BOT_MAY = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.SEND_MESSAGES_IN_THREADS
)


class Intent(IntFlag):
    """The groups of gateway events that the playground has any of, and the privileged ones."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED_INTENTS = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
HIGHEST_INTENT_BIT = 25  # DIRECT_MESSAGE_POLLS: what lies above is not an intent at all
