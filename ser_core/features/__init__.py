"""From a waveform to named numbers, in families chosen by name."""
