"""A playground for tests: people who act on demand, and faults on demand."""

from bot.playground.world.attachments import Upload
from tests.playground.faults import Faults
from tests.playground.invocation import Invocation
from tests.playground.playground import Playground

__all__ = ["Faults", "Invocation", "Playground", "Upload"]
