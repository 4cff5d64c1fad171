"""Waiting for other threads and processes."""

import time

PATIENCE = 60  # seconds until a test gives up


def wait_for(condition):
    """Wait until a condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.05)
