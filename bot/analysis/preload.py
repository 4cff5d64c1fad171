"""What the fork server does once, for all the workers that it forks: imported for its side effect.

The core's libraries load much of themselves at their first use, so importing them is not enough: a
trial recording is taken all the way. Workers then start in a moment instead of seconds, and share
the memory of what they have in common. No thread is started by this, so forking afterwards is safe.
"""

import contextlib

from bot.analysis.worker import warm_up

with contextlib.suppress(Exception):  # each worker meets the same trouble, and reports it
    warm_up()
