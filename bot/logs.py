"""The log, as text or JSON, without the messages of errors and without secrets.

structlog and python-json-logger have formatters, but not this redaction; the one for JSON is a few
lines.
"""

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from bot.errors import redacted_traceback

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
HIDDEN = "***"

ADDRESS_SECRETS = re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/\s?]+")
"""The tokens in the URLs of interactions, which allow anybody to write in the bot's name."""

ATTACHMENTS = re.compile(r"(/(?:ephemeral-)?attachments/)\S+")
"""The URLs of attachments, which have the names of people's files."""


class _Formatter(logging.Formatter):
    """A formatter that leaves out the messages of errors, and secrets."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__(TEXT)
        self._secrets = tuple(secret for secret in secrets if secret)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's own name
        """Return the traceback of an error without its message."""
        error = ei[1] if isinstance(ei, tuple) else None
        return redacted_traceback(error) if isinstance(error, BaseException) else ""

    def clean(self, text: str) -> str:
        """Replace secrets and the names of files."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return ATTACHMENTS.sub(rf"\1{HIDDEN}", ADDRESS_SECRETS.sub(rf"\1{HIDDEN}", text))

    def clean_message(self, record: logging.LogRecord) -> str:
        """Return a record's message without secrets.

        Of asyncio's it is the first line: the others show a failed task with its error's message.
        """
        message = record.getMessage()
        if record.name == "asyncio":
            message = message.partition("\n")[0]
        return self.clean(message)


class TextFormatter(_Formatter):
    """Formats records as lines of text."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record's line, with an error's traceback below it."""
        time = self.formatTime(record)
        line = f"{time} {record.levelname} {record.name}: {self.clean_message(record)}"
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        return f"{line}\n{trace}" if trace else line


class JsonFormatter(_Formatter):
    """Formats records as JSON, with ``time`` (ISO 8601), ``level``, ``logger``, ``message``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record's object; ``trace`` is the list of an error's lines, if there is one."""
        head, *rest = self.clean_message(record).splitlines() or [""]
        if record.exc_info:
            rest += self.formatException(record.exc_info).splitlines()
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": head,
        }
        if rest:
            entry["trace"] = rest
        return json.dumps(entry, ensure_ascii=False)


def start_logging(
    level: str, style: Literal["text", "json"] = "text", *, secrets: Iterable[str] = ()
) -> None:
    """Log to standard error.

    discord.py's debug log has every message and every reply, so it is never on. Its tracebacks of
    lost connections are shortened.

    Parameters
    ----------
    level
        The level of the bot's own loggers.
    style
        The format: text or JSON.
    secrets
        Texts that are hidden wherever they are logged.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter((JsonFormatter if style == "json" else TextFormatter)(secrets))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(level)
    discord_log = logging.getLogger("discord")
    discord_log.setLevel(logging.INFO if level == "DEBUG" else logging.WARNING)
    logging.getLogger("discord.client").addFilter(_shorten)


def _shorten(record: logging.LogRecord) -> bool:
    """Replace the traceback of a record's error by its type."""
    if record.exc_info and record.exc_info[0] is not None:
        record.msg = f"{record.getMessage()} ({record.exc_info[0].__name__})"
        record.args = None
        record.exc_info = None
    return True
