"""Every error that `bot` raises on purpose; the text of each is a sentence for a person."""

import traceback
from pathlib import Path

from bot.i18n import ENGLISH, Seconds, translatable

TOO_OFTEN = {
    "person": translatable(
        "That is more than you have room for in a minute: please send it again in {time}."
    ),
    "server": translatable(
        "That is more than this server has room for in a minute: please send it again in {time}."
    ),
}


class BotError(Exception):
    """Root of every error that the bot raises on purpose.

    Parameters
    ----------
    message
        The sentence, in English, with ``{names}`` of values if there are any.
    values
        As `languages.Language.text` takes them: so the sentence can be said in other languages.
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return ENGLISH.text(self.message, **self.values)


class SettingsError(BotError):
    """One or more settings are wrong; the text has one sentence, and one line, for each."""


class LoginError(BotError):
    """Discord does not accept the token."""


class ConnectionFailedError(BotError):
    """Discord cannot be reached, or refuses the connection."""


class StorageError(BotError):
    """The database cannot be used, or not just now.

    The text is for whoever runs the bot, never for people on Discord: it may name the database's
    host or file. It never holds a password. `bot.storage` says what a caller does about it.
    """


class MissingIntentError(BotError):
    """Discord does not grant the Message Content intent, and the settings insist on it."""


class CheckError(BotError):
    """A check-up found something wrong."""


class VoiceNoteError(BotError):
    """A voice note is not taken in: it claims too much, or cannot be fetched."""


class AnalyserError(BotError):
    """The analysis of one voice note failed for a reason that is not in its audio."""


class AnalyserBusyError(AnalyserError):
    """There is no room for another voice note just now."""


class TooOftenError(AnalyserBusyError):
    """A person, or a server, has asked too often in a minute.

    Parameters
    ----------
    who
        "person" or "server".
    seconds
        After how many they may ask again.
    """

    def __init__(self, who: str, seconds: int) -> None:
        super().__init__(TOO_OFTEN[who], time=Seconds(seconds))
        self.args = (who, seconds)  # with which it is made again on the other side of a process
        self.who = who
        self.seconds = seconds


class WorkerFaultError(AnalyserError):
    """A worker met an error that nobody foresaw.

    Parameters
    ----------
    trace
        Where it happened, as `outline` tells it.
    """

    def __init__(self, trace: str) -> None:
        super().__init__(
            translatable("Sorry, something went wrong while I listened: please try again.")
        )
        self.args = (trace,)  # with which it is made again on the other side of a process
        self.trace = trace


def outline(error: BaseException) -> str:
    """Return where an error came from, without a word of what it was about.

    The message of an unforeseen error may quote what somebody wrote, a link to their recording, or
    a token. So what goes to the log is the types and the lines of code, and never the messages.

    Parameters
    ----------
    error
        The error, with what caused it chained.

    Returns
    -------
    str
        One line for the error and for each of its causes, indented lines for the frames of each.
    """
    lines: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        kind = type(link)
        lines.append(f"{'caused by ' if lines else ''}{kind.__module__}.{kind.__qualname__}")
        if isinstance(link, WorkerFaultError):
            lines.extend(f"  {line}" for line in link.trace.splitlines())
        lines.extend(
            f"  {'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(link.__traceback__)
        )
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(lines)
