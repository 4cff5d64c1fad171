"""Analysis in worker processes: the workers, the fair queue before them, the cache of results.

Nothing here knows Discord. Only `worker` imports the core's audio and models. The names are loaded
when they are first used (`__init__.pyi` lists them), so that a worker does not import what the bot
alone needs.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
