"""What of an error goes to the log."""

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


def test_an_outline_tells_types_and_places():
    lines = redacted_traceback(caught()).splitlines()
    assert lines[0] == "builtins.ValueError"
    assert "caused by builtins.KeyError" in lines
    assert any("test_errors.py" in line and "in failing" in line for line in lines)


def test_an_outline_tells_nothing_of_what_the_error_was_about():
    assert "somebody" not in redacted_traceback(caught())
    assert "secret" not in redacted_traceback(caught())


def test_a_workers_outline_is_kept_for_the_log_and_spared_the_reader():
    error = WorkerFaultError("builtins.ValueError\n  core/audio.py:1 in decode")
    assert "audio.py" in redacted_traceback(error)
    assert "audio.py" not in str(error)


def test_errors_that_cause_each_other_are_outlined_once():
    one, other = ValueError(), KeyError()
    one.__cause__, other.__cause__ = other, one
    assert redacted_traceback(one).count("caused by") == 1
