"""Audio from outside: any container, as bytes or a path, to pydub's `AudioSegment` and a waveform.

What is allowed, how much, what a file is when it is no recording, and how much of it was read are
here too. What is in the sound is not.
"""

from ser_core.audio.codecs import MP3, OPUS, round_trip
from ser_core.audio.coverage import Coverage, Remark
from ser_core.audio.decoding import Recording, Source, decode, open_recording
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
    "Recording",
    "Remark",
    "Source",
    "decode",
    "new_wave_file",
    "open_recording",
    "round_trip",
    "to_waveform",
    "to_waveforms",
]
