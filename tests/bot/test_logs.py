"""The log: two styles, and what is in neither."""

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
    """Make a record, with an error if something went wrong."""
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


def test_json_is_one_object_a_line_with_what_one_searches_by():
    line = JsonFormatter([]).format(record("Finishing 2 voice notes.", wrong=True))
    assert "\n" not in line
    entry = json.loads(line)
    assert entry["time"].endswith("+00:00")
    assert (entry["level"], entry["logger"]) == ("ERROR", "bot.answers.service")
    assert entry["message"] == "Finishing 2 voice notes."
    assert entry["trace"][0] == "builtins.ValueError"


def test_lines_for_people_have_the_time_the_level_and_the_words():
    line = TextFormatter([]).format(record("Connected, in 2 servers."))
    assert line.endswith("ERROR bot.answers.service: Connected, in 2 servers.")


def test_of_an_error_there_is_where_it_was_and_not_what_it_said(formatter: logging.Formatter):
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


def test_of_a_task_that_failed_there_is_not_what_asyncio_shows_of_it(formatter: logging.Formatter):
    words = f"Task exception was never retrieved\nfuture: <Task exception=ValueError({SENTENCE!r})>"
    line = formatter.format(record(words, name="asyncio", wrong=True))
    assert "never retrieved" in line
    assert SENTENCE not in line
