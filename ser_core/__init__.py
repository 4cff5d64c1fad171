"""Undertone's core: from the bytes of a recording to the emotion in its tone of voice.

The flow runs one way: `audio` decodes, `speech` prepares, `features` measures, `model` predicts,
and `analysis` is the one door to all four.
"""

__version__ = "0.1.0"
