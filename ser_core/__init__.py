"""Undertone's core: from the bytes of a recording to the emotion in its tone of voice.

`analyse` returns the answer for a recording; docs/library.md is the page for those who import it.
The names are loaded when they are first used (`__init__.pyi` lists them), so that importing one
package of the core does not import all of it.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
