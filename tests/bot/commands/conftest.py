"""What all tests of commands have: a scene."""

from tests.bot.scene import scene, storage

__all__ = ["scene", "storage"]
