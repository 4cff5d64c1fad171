"""TESS, Canadian English; a name is speaker (older or younger), word and emotion.

Folders are spelt in several ways and are not looked at. "ps" is pleasant surprise. One name lacks
the F of its speaker, ``OA_bite_neutral``, so speakers go without it.

Source: Pichora-Fuller & Dupuis (2020), "Toronto emotional speech set (TESS)".
"""

import re

from ser_core.corpora.corpus import NamedCorpus

TESS = NamedCorpus(
    name="tess",
    title="TESS",
    n_clips=2800,
    example="OAF_back_angry.wav",
    speaker_pool="tess",
    pattern=re.compile(r"(?P<speaker>OA|YA)F?_[a-z]+_(?P<emotion>[a-z]+)"),
    emotions={
        "angry": "angry",
        "disgust": "disgust",
        "fear": "fearful",
        "happy": "happy",
        "neutral": "neutral",
        "ps": "surprised",
        "sad": "sad",
    },
)
