"""SAVEE, British English by four men; a name is emotion and sentence, with the speaker before it.

The speaker is a folder (``DC/a01``) or a part of the name (``DC_a01``).

Source: Haq & Jackson (2010), "Multimodal Emotion Recognition".
"""

import re

from ser_core.corpora.corpus import NamedCorpus

SAVEE = NamedCorpus(
    name="savee",
    title="SAVEE",
    n_clips=480,
    example="DC/a01.wav or DC_a01.wav",
    speaker_pool="savee",
    pattern=re.compile(r"(?P<speaker>DC|JE|JK|KL)[/_](?P<emotion>[a-z]+)\d\d"),
    emotions={
        "a": "angry",
        "d": "disgust",
        "f": "fearful",
        "h": "happy",
        "n": "neutral",
        "sa": "sad",
        "su": "surprised",
    },
)
