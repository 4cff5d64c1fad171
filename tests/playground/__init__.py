"""A playground for tests, with methods for what people do and for faults."""

from bot.playground.world.attachments import Upload
from tests.playground.faults import Faults
from tests.playground.invocation import Invocation
from tests.playground.playground import Playground

__all__ = ["Faults", "Invocation", "Playground", "Upload"]
