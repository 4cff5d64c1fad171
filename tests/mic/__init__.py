"""mic.py, with real PyAudio and microphones that are not really there."""
