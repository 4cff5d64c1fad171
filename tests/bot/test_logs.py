"""The log, as text and as JSON, and what is hidden in both."""

import json
import logging
import sys

import pytest

from bot.logs import HIDDEN, JsonFormatter, TextFormatter

TOKEN = "MTA.token-of.the-bot"  # noqa: S105
SENTENCE = "I feel awful today"


def record(
    message: str, *, name: str = "bot.answers.service", wrong: bool = False
) -> logging.LogRecord:
    """Return a record, with an error if something went wrong."""
    exc_info = None
    if wrong:
        try:
            raise ValueError(SENTENCE)
        except ValueError:
            exc_info = sys.exc_info()
    return logging.LogRecord(name, logging.ERROR, "", 0, message, None, exc_info)


@pytest.fixture(params=[TextFormatter, JsonFormatter])
def formatter(request: pytest.FixtureRequest) -> logging.Formatter:
    made: logging.Formatter = request.param([TOKEN, ""])
    return made


def test_json_is_one_object_a_line():
    line = JsonFormatter([]).format(record("Finishing 2 voice notes.", wrong=True))
    assert "\n" not in line
    entry = json.loads(line)
    assert entry["time"].endswith("+00:00")
    assert (entry["level"], entry["logger"]) == ("ERROR", "bot.answers.service")
    assert entry["message"] == "Finishing 2 voice notes."
    assert entry["trace"][0] == "builtins.ValueError"


def test_a_line_of_text_has_the_level_the_logger_and_the_message():
    line = TextFormatter([]).format(record("Connected, in 2 servers."))
    assert line.endswith("ERROR bot.answers.service: Connected, in 2 servers.")


def test_an_error_is_logged_with_its_traceback_and_without_its_message(
    formatter: logging.Formatter,
):
    line = formatter.format(record("It failed.", wrong=True))
    assert "ValueError" in line
    assert "test_logs.py" in line
    assert SENTENCE not in line


@pytest.mark.parametrize(
    "secret",
    [
        f"logged in as {TOKEN}",
        "POST https://discord.com/api/v10/interactions/1/aW50ZXJhY3Rpb24/callback",
        "PATCH https://discord.com/api/v10/webhooks/12/aW50ZXJhY3Rpb24/messages/@original",
        "GET https://cdn.discordapp.com/attachments/1/2/aW50ZXJhY3Rpb24.ogg?ex=1&is=2",
    ],
)
def test_secrets_and_names_of_files_are_hidden(formatter: logging.Formatter, secret: str):
    line = formatter.format(record(secret))
    assert HIDDEN in line
    assert TOKEN not in line
    assert "aW50ZXJhY3Rpb24" not in line


def test_a_failed_task_is_logged_without_its_errors_message(formatter: logging.Formatter):
    words = f"Task exception was never retrieved\nfuture: <Task exception=ValueError({SENTENCE!r})>"
    line = formatter.format(record(words, name="asyncio", wrong=True))
    assert "never retrieved" in line
    assert SENTENCE not in line
