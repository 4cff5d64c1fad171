"""A timeline as a picture: ``python examples/draw_a_timeline.py [RECORDING [PICTURE]]``.

Why: over minutes, what is heard, and when, says more than one label for the whole.

What to see: the segments in words, and a picture (.png or .svg) of the waveform in the colours of
the emotions, a mel spectrogram, and how likely each emotion is over time. The waveform is sketched
while it is heard, so that a recording of hours need not fit into memory. Without arguments it draws
``note.ogg``, made-up voices with a pause between them, as ``out/timeline.png``.
"""

import sys
from pathlib import Path

import ser_core
from ser_core.plots import SoundOutline, draw_recording

NOTE = Path(__file__).with_name("note.ogg")
recording = Path(sys.argv[1]) if sys.argv[1:] else NOTE
picture = Path(sys.argv[2]) if sys.argv[2:] else Path("out/timeline.png")

outline = SoundOutline()
try:
    analysis = ser_core.analyse(recording, listen_in=outline.feed)
except ser_core.AudioError as error:
    sys.exit(str(error))
for segment in analysis.timeline.segments:
    print(f"{segment.start:6.1f} to {segment.end:6.1f} s  {segment.label}")
drawn = draw_recording(outline, analysis.timeline, analysis.windows, name=recording.name)
picture.parent.mkdir(parents=True, exist_ok=True)
drawn.save(picture)
print(f"Wrote {picture}.")
