"""Write the golden numbers anew: ``python -m tests.golden.make``.

Run it when a stage, a metric or the default model was changed on purpose, and look at what it says
was written. A library that changes numbers by itself is no reason: find out first what that does to
the answers on real speech. Of the stages only what a test finds different is written, so that a
commit holds no other machine's rounding.
"""

import json

import numpy as np
import soxr

from tests.golden import predictions, stages
from tests.ser_core.audio.recordings import RECIPES, encode
from tests.voices import SAMPLE_RATE, noise, silence, talk


def clip():
    """Return the golden clip's bytes; another encoder would write other ones."""
    high = talk(2.6, pitch=180.0, glide=0.3, seed=3)
    low = talk(2.2, pitch=126.0, glide=-0.2, syllables_per_second=3.0, seed=53)
    sound = np.concatenate([high, silence(1.8), low])
    sound = sound + noise(sound.size / SAMPLE_RATE, 0.001, seed=103)
    return encode(soxr.resample(sound, SAMPLE_RATE, 48_000), RECIPES["ogg-opus-voice"])


def write_clip():
    """Write the clip, if it is not there: with other bytes every number would be another."""
    if not stages.CLIP.exists():
        stages.CLIP.write_bytes(clip())


def write_stages():
    """Write what each stage makes of the clip."""
    kept = stages.kept() if stages.NUMBERS.exists() else {}
    found, changed = {}, []
    for stage in stages.STAGES:
        for name, value in stages.run(stage, found).items():
            if name not in kept or stages.difference(name, value, kept[name]):
                changed.append(name)
            else:
                value = kept[name]
            found[name] = value
    if changed or set(kept) != set(found):
        np.savez_compressed(stages.NUMBERS, **found)
    print("Different in stages.npz:", ", ".join(changed) or "nothing")


def write_predictions():
    """Write predictions and what is expected of them."""
    for name, make in predictions.CASES.items():
        case = make()
        case["expected"] = predictions.expected(case)
        (stages.FOLDER / f"{name}.json").write_text(_lines(case), encoding="utf-8")


def _lines(case):
    """Return a case as JSON with one field, or one row of a table, on a line."""
    fields = []
    for name, value in case.items():
        text = json.dumps(value)
        if isinstance(value, list) and isinstance(value[0], list):
            text = "[\n" + ",\n".join(json.dumps(row) for row in value) + "\n]"
        elif isinstance(value, dict):
            text = json.dumps(value, indent=1)
        fields.append(f"{json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(fields) + "\n}\n"


if __name__ == "__main__":
    write_clip()
    write_stages()
    write_predictions()
