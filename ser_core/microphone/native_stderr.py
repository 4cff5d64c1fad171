"""Suppression of what native libraries print to standard error.

PortAudio, ALSA and JACK write dozens of lines directly to file descriptor 2 at every start, and
more when a device is disconnected.
"""

import contextlib
import os
import sys
from collections.abc import Iterator

STDERR = 2  # file descriptor of standard error for native code, independent of `sys.stderr`


@contextlib.contextmanager
def native_stderr_hidden() -> Iterator[None]:
    """Discard what native code writes to standard error, and keep what Python writes.

    Affects all threads of the process, and can be nested. Python objects that refer to the previous
    ``sys.stderr`` (such as a logging handler) are also silenced.
    """
    try:
        original = os.dup(STDERR)
    except OSError:  # the process has no standard error
        yield
        return
    with contextlib.ExitStack() as undo:
        undo.callback(os.close, original)
        if _python_writes_to_stderr():
            sys.stderr.flush()
            replacement = open(  # noqa: SIM115 (flushed and closed by the stack)
                original,
                "w",
                buffering=1,
                encoding=sys.stderr.encoding,
                errors="backslashreplace",
                closefd=False,
            )
            undo.enter_context(replacement)
            undo.enter_context(contextlib.redirect_stderr(replacement))
        undo.callback(os.dup2, original, STDERR)
        with open(os.devnull, "wb") as null:
            os.dup2(null.fileno(), STDERR)
        yield


def _python_writes_to_stderr() -> bool:
    """Return whether ``sys.stderr`` writes to the descriptor that is redirected."""
    try:
        return sys.stderr is not None and sys.stderr.fileno() == STDERR
    except (OSError, ValueError):  # replaced by an object without a descriptor
        return False
