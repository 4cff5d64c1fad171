"""The log: lines for people, or JSON for machines, and nothing in either that is a person's own.

Python's own logging does all of it. structlog and python-json-logger would bring fields and
formatters; what this bot needs of them is one formatter of a few lines, and what it needs beyond
them, that no message of an error and no secret in an address is written down, they do not have.
"""

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from bot.errors import outline

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
HIDDEN = "***"

ADDRESS_SECRETS = re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/\s?]+")
"""In the addresses of interactions there are tokens: who has one can write in the bot's name."""

ATTACHMENTS = re.compile(r"(/(?:ephemeral-)?attachments/)\S+")
"""In the addresses of attachments there are the names of people's files."""


class _Formatter(logging.Formatter):
    """Writes of an error where it came from alone, and hides secrets."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__(TEXT)
        self._secrets = tuple(secret for secret in secrets if secret)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's own name
        """Return where an error came from, without what it was about."""
        error = ei[1] if isinstance(ei, tuple) else None
        return outline(error) if isinstance(error, BaseException) else ""

    def clean(self, text: str) -> str:
        """Hide what must not be written down."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return ATTACHMENTS.sub(rf"\1{HIDDEN}", ADDRESS_SECRETS.sub(rf"\1{HIDDEN}", text))

    def told(self, record: logging.LogRecord) -> str:
        """Return a record's message; of a failed task, asyncio's first line alone.

        The others show the task, and with it the message of what went wrong.
        """
        message = record.getMessage()
        if record.name == "asyncio":
            message = message.partition("\n")[0]
        return self.clean(message)


class TextFormatter(_Formatter):
    """Lines for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record, an error's outline below it."""
        time = self.formatTime(record)
        line = f"{time} {record.levelname} {record.name}: {self.told(record)}"
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        return f"{line}\n{trace}" if trace else line


class JsonFormatter(_Formatter):
    """One object a line: ``time`` (ISO 8601), ``level``, ``logger``, ``message``, ``trace``."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record; ``trace`` is the list of an error's lines, where there is one."""
        head, *rest = self.told(record).splitlines() or [""]
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
    """Log to standard error, without what people write or feel.

    In its debug log discord.py writes down every message and every reply, so that is never on; and
    it has a long traceback for each time that a connection is lost.

    Parameters
    ----------
    level
        How much the bot itself logs.
    style
        Lines for people, or JSON.
    secrets
        What is hidden wherever it turns up.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter((JsonFormatter if style == "json" else TextFormatter)(secrets))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(level)
    discord_log = logging.getLogger("discord")
    discord_log.setLevel(logging.INFO if level == "DEBUG" else logging.WARNING)
    logging.getLogger("discord.client").addFilter(_shorten)


def _shorten(record: logging.LogRecord) -> bool:
    """Put the type of an error in the place of its traceback."""
    if record.exc_info and record.exc_info[0] is not None:
        record.msg = f"{record.getMessage()} ({record.exc_info[0].__name__})"
        record.args = None
        record.exc_info = None
    return True
