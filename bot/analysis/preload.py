"""The preload module of the fork server, imported once for all the workers that it forks.

The core's libraries load much of themselves at their first use, so importing them is not enough: a
trial recording is analysed, with the default model and the encoder that it needs. Workers then
start in a moment instead of seconds, and share the memory of what they have in common. No thread is
started by this, so forking afterwards is safe.
"""

import contextlib

from bot.analysis.worker import warm_up

with contextlib.suppress(Exception):  # each worker has the same error, and reports it
    warm_up()
