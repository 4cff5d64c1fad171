"""Native code's standard error is discarded; Python's is not."""

import subprocess
import sys

from ser_core.microphone.native_stderr import native_stderr_hidden

NESTED = """
import os, sys
from ser_core.microphone.native_stderr import native_stderr_hidden

def chatter(text):
    os.write(2, text.encode())

chatter("native 1\\n")
with native_stderr_hidden():
    chatter("native 2\\n")
    print("python 2", file=sys.stderr)
    with native_stderr_hidden():
        chatter("native 3\\n")
        print("python 3 \u2713", file=sys.stderr)
    chatter("native 4\\n")
    print("python 4 without a line's end", file=sys.stderr, end="")
print(" python 5", file=sys.stderr)
chatter("native 5\\n")
"""


HIDDEN = """
from ser_core.microphone.native_stderr import native_stderr_hidden
with native_stderr_hidden():
    """


def run(code):
    command = [sys.executable, "-X", "utf8", "-c", code]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)


def test_native_code_is_silent_and_python_is_heard():
    assert run(NESTED).stderr.splitlines() == [
        "native 1",
        "python 2",
        "python 3 ✓",
        "python 4 without a line's end python 5",
        "native 5",
    ]


def test_an_error_inside_is_heard_afterwards():
    done = run(f"{HIDDEN}raise ValueError('heard')")
    assert done.returncode == 1
    assert done.stderr.endswith("ValueError: heard\n")


def test_a_process_without_standard_error_goes_on():
    assert run(f"import os; os.close(2)\n{HIDDEN}print('here')").stdout == "here\n"


def test_a_replaced_stderr_is_left_alone(capsys):
    replaced = sys.stderr
    with native_stderr_hidden():
        assert sys.stderr is replaced
        print("still here", file=sys.stderr)
    assert capsys.readouterr().err == "still here\n"
