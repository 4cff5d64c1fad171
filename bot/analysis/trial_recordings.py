"""Trial recordings: one voice, made for this project, in every format that people send."""

from pathlib import Path

FOLDER = Path(__file__).parent / "trial"
USUAL_KIND = "Ogg Opus"  # of Discord's own voice messages

KINDS = {
    "WAV": "voice.wav",
    "FLAC": "voice.flac",
    "MP3": "voice.mp3",
    "Ogg Opus": "voice.ogg",
    "Ogg Vorbis": "vorbis.ogg",
    "M4A": "voice.m4a",
    "AAC": "voice.aac",
    "WebM": "voice.webm",
    "AMR": "voice.amr",
}
"""The file of each format."""


def trial_recording(kind: str = USUAL_KIND) -> bytes:
    """Return a second of a voice as one of `KINDS`."""
    return (FOLDER / KINDS[kind]).read_bytes()
