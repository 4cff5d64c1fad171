"""Decoding of audio files to pydub's `AudioSegment` and to waveforms, within limits; and codecs.

The errors for files that cannot be decoded are built here; their classes are in `errors`. Analysis
of the waveform is in `signal`, `voice` and `features`.
"""

from ser_core.audio.codecs import MP3, OPUS, round_trip
from ser_core.audio.coverage import Coverage
from ser_core.audio.decoding import Source, decode, open_recording
from ser_core.audio.limits import DEFAULT_LIMITS, AudioLimits
from ser_core.audio.segments import SAMPLE_RATE, AudioSegment, to_waveform, to_waveforms
from ser_core.audio.wav_writer import new_wave_file

__all__ = [
    "DEFAULT_LIMITS",
    "MP3",
    "OPUS",
    "SAMPLE_RATE",
    "AudioLimits",
    "AudioSegment",
    "Coverage",
    "Source",
    "decode",
    "new_wave_file",
    "open_recording",
    "round_trip",
    "to_waveform",
    "to_waveforms",
]
