"""Evaluation of models: how often they are right, for whom, and how sure; and the report of it.

The names are loaded when they are first used (`__init__.pyi` lists them), so that a command which
draws nothing does not wait for matplotlib.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
