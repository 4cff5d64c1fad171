"""A sound device as blocks of waveform."""
