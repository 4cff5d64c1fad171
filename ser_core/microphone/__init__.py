"""Recording from a sound device, as blocks of a waveform.

Nothing of the sound is stored or analysed here.
"""

from ser_core.microphone.devices import find_device, list_devices
from ser_core.microphone.stream import Array, Microphone

__all__ = [
    "Array",
    "Microphone",
    "find_device",
    "list_devices",
]
