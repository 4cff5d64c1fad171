"""The errors that `bot` raises; the text of each is a sentence for a person."""

import traceback
from pathlib import Path

from bot.i18n import ENGLISH, Seconds, translatable

RATE_LIMITED = {
    "person": translatable(
        "That is more than you have room for in a minute: please send it again in {time}."
    ),
    "server": translatable(
        "That is more than this server has room for in a minute: please send it again in {time}."
    ),
}


class BotError(Exception):
    """The base class of the bot's errors.

    Parameters
    ----------
    message
        The sentence in English, with ``{names}`` of values if there are any.
    values
        The values by name, as `bot.i18n.Language.text` takes them.
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return ENGLISH.text(self.message, **self.values)


class SettingsError(BotError):
    """One or more settings are wrong; the text has a line with a sentence for each."""


class LoginError(BotError):
    """Discord does not accept the token."""


class ConnectionFailedError(BotError):
    """Discord cannot be reached, or refuses the connection."""


class StorageError(BotError):
    """The database cannot be used, or not at the moment.

    The text is for the person who runs the bot and never for people on Discord, since it may have
    the database's host or file, though no password. `bot.storage` has what a caller does then.
    """


class MissingIntentError(BotError):
    """Discord does not grant the Message Content intent, which the settings require."""


class CheckError(BotError):
    """A check of ``python -m bot check`` failed."""


class VoiceNoteError(BotError):
    """A voice note is not analysed: it is too large, cannot be fetched, or somebody opted out."""


class AnalyserError(BotError):
    """The analysis of a voice note failed for a reason other than its audio."""


class AnalyserBusyError(AnalyserError):
    """The queue is full."""


class RateLimitedError(AnalyserBusyError):
    """A person, or a server, has sent too many requests in a minute.

    Parameters
    ----------
    who
        Whoever sent too many: "person" or "server".
    seconds
        Seconds after which another request is accepted.
    """

    def __init__(self, who: str, seconds: int) -> None:
        super().__init__(RATE_LIMITED[who], time=Seconds(seconds))
        self.args = (who, seconds)  # for unpickling
        self.who = who
        self.seconds = seconds


class WorkerFaultError(AnalyserError):
    """A worker raised an unexpected error.

    Parameters
    ----------
    trace
        The error's `redacted_traceback`.
    """

    def __init__(self, trace: str) -> None:
        super().__init__(
            translatable("Sorry, something went wrong while I listened: please try again.")
        )
        self.args = (trace,)  # for unpickling
        self.trace = trace


def redacted_traceback(error: BaseException) -> str:
    """Return the traceback of an error and its causes, without their messages.

    The message of an unexpected error may quote what somebody wrote, a link to their recording, or
    a token, so only types and lines of code are logged.

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
