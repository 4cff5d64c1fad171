"""Tests of mic.py with real PyAudio and virtual microphones."""
