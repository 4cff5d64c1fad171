"""Recordings and pictures that the tests make themselves."""

import io

import numpy as np
import soundfile
from PIL import Image


def wav(
    seconds: float = 1.5, *, rate: int = 44_100, channels: int = 1, subtype: str = "PCM_16"
) -> bytes:
    """Record a tone that swells from silence to half of full scale."""
    times = np.arange(int(seconds * rate)) / rate
    tone = 0.5 * times / max(seconds, 1e-9) * np.sin(2 * np.pi * 440 * times)
    out = io.BytesIO()
    soundfile.write(out, np.column_stack([tone] * channels), rate, format="WAV", subtype=subtype)
    return out.getvalue()


def png() -> bytes:
    """Paint a small picture."""
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "orange").save(out, "PNG")
    return out.getvalue()
