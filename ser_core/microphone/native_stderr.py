"""Silence for what native libraries print: a person who asked for one sentence gets that one.

PortAudio, ALSA and JACK write to file descriptor 2 behind Python's back, dozens of lines at every
start and more when a device goes away.
"""

import contextlib
import os
import sys
from collections.abc import Iterator

STDERR = 2  # the file descriptor that native code writes to, whatever `sys.stderr` is


@contextlib.contextmanager
def native_stderr_hidden() -> Iterator[None]:
    """Discard what native code writes to standard error, and let through what Python writes.

    Holds for the whole process, all of its threads included, and may be nested. Python objects that
    took hold of the old ``sys.stderr`` before (a logging handler, say) are silenced with the native
    code.
    """
    try:
        kept = os.dup(STDERR)
    except OSError:  # started without a standard error: nothing to hide
        yield
        return
    with contextlib.ExitStack() as undo:
        undo.callback(os.close, kept)
        if _python_writes_to_stderr():
            sys.stderr.flush()
            ours = open(  # noqa: SIM115 (closed, unflushed text included, by the stack)
                kept,
                "w",
                buffering=1,
                encoding=sys.stderr.encoding,
                errors="backslashreplace",
                closefd=False,
            )
            undo.enter_context(ours)
            undo.enter_context(contextlib.redirect_stderr(ours))
        undo.callback(os.dup2, kept, STDERR)
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), STDERR)
        yield


def _python_writes_to_stderr() -> bool:
    """Whether ``sys.stderr`` ends in the descriptor that is about to be redirected."""
    try:
        return sys.stderr is not None and sys.stderr.fileno() == STDERR
    except (OSError, ValueError):  # replaced by something that is no file
        return False
