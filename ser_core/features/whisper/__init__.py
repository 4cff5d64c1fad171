"""The first blocks of Whisper's encoder: a waveform to frames of numbers learned from much speech.

The weights are no part of this package: `weights` keeps them in the user's cache folder.
"""
