"""The emotion in a file: ``python examples/hear_a_file.py [RECORDING...]``.

Why: this is all of the library that most programs need.

What to see: for each recording one label, which may also be "mixed", "not sure" or "no speech",
and how likely each emotion is. Without an argument it hears ``note.ogg``, whose voices are made up:
what is heard in them only shows the form of an answer.
"""

import sys
from pathlib import Path

import ser_core

NOTE = Path(__file__).with_name("note.ogg")

for path in sys.argv[1:] or [NOTE]:
    try:
        analysis = ser_core.analyse(path)
    except ser_core.AudioError as error:
        # A sentence for the person who sent the file; it names the path if there is no such file.
        print(error if isinstance(error, ser_core.AudioUnreadableError) else f"{path}: {error}")
        continue
    print(f"{path}: {analysis.label}, in {analysis.duration:.0f} seconds")
    if analysis.prediction is not None:  # else nobody speaks
        for emotion, probability in analysis.prediction.ranked:
            print(f"  {emotion:<10} {100 * probability:3.0f} %")
