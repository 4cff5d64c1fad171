"""nEMO, Polish speech; a name is speaker, emotion and sentence.

Source: Christop (2024), "nEMO: Dataset of Emotional Speech in Polish".
"""

import re

from ser_core.corpora.corpus import NamedCorpus

NEMO = NamedCorpus(
    name="nemo",
    title="nEMO",
    n_clips=4481,
    example="EB0_anger_12.wav",
    speaker_pool="nemo",
    pattern=re.compile(r"(?P<speaker>[A-Z]{2}\d)_(?P<emotion>[a-z]+)_\d+"),
    emotions={
        "anger": "angry",
        "fear": "fearful",
        "happiness": "happy",
        "neutral": "neutral",
        "sadness": "sad",
        "surprised": "surprised",
    },
)
