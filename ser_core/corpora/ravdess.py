"""RAVDESS, English speech and song by the same actors.

A name is modality, channel, emotion, intensity, statement, repetition and actor, two digits each.

Source: Livingstone & Russo (2018), "The Ryerson Audio-Visual Database of Emotional Speech and
Song".
"""

import re

from ser_core.corpora.corpus import NamedCorpus

_EMOTIONS = {
    "01": "neutral",
    "02": "calm",
    "03": "happy",
    "04": "sad",
    "05": "angry",
    "06": "fearful",
    "07": "disgust",
    "08": "surprised",
}


def _corpus(name: str, title: str, n_clips: int, channel: str) -> NamedCorpus:
    return NamedCorpus(
        name=name,
        title=title,
        n_clips=n_clips,
        example=f"03-{channel}-05-02-01-01-12.wav",
        speaker_pool="ravdess",
        pattern=re.compile(
            rf"03-{channel}-(?P<emotion>0[1-8])-(?P<level>0[12])-0[12]-0[12]-(?P<speaker>\d\d)"
        ),
        emotions=_EMOTIONS,
    )


SPEECH = _corpus("ravdess", "RAVDESS speech", 1440, "01")
SONG = _corpus("ravdess-song", "RAVDESS song", 1012, "02")
