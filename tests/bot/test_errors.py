"""The traceback of an error that is logged."""

from bot.errors import WorkerFaultError, redacted_traceback


def failing() -> None:
    try:
        raise KeyError("what somebody wrote")
    except KeyError as cause:
        raise ValueError("https://cdn.example/secret.ogg") from cause


def caught() -> ValueError:
    try:
        failing()
    except ValueError as error:
        return error
    raise AssertionError


def test_a_redacted_traceback_has_types_and_lines_of_code():
    lines = redacted_traceback(caught()).splitlines()
    assert lines[0] == "builtins.ValueError"
    assert "caused by builtins.KeyError" in lines
    assert any("test_errors.py" in line and "in failing" in line for line in lines)


def test_a_redacted_traceback_has_no_messages():
    assert "somebody" not in redacted_traceback(caught())
    assert "secret" not in redacted_traceback(caught())


def test_a_workers_traceback_is_logged_and_not_in_the_sentence():
    error = WorkerFaultError("builtins.ValueError\n  core/audio.py:1 in decode")
    assert "audio.py" in redacted_traceback(error)
    assert "audio.py" not in str(error)


def test_errors_that_cause_each_other_are_listed_once():
    one, other = ValueError(), KeyError()
    one.__cause__, other.__cause__ = other, one
    assert redacted_traceback(one).count("caused by") == 1
