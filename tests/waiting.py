"""Waiting for what happens elsewhere."""

import time

PATIENCE = 60  # seconds until a test gives up


def wait_for(condition):
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.05)
