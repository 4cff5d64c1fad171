"""CREMA-D, English speech by actors of 20 to 74; a name is actor, sentence, emotion and level.

About ten people listened to each clip. How many of them heard which emotion from the voice alone is
in a table that lies below the same folder: ``tabulatedVotes.csv`` as published, or
``voice_votes.csv`` (the columns ``clip`` and our emotions).

Source: Cao et al. (2014), "CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ser_core.corpora.clip import Clip
from ser_core.corpora.corpus import NamedCorpus, read_table
from ser_core.errors import CorpusError

_EMOTIONS = {
    "ANG": "angry",
    "DIS": "disgust",
    "FEA": "fearful",
    "HAP": "happy",
    "NEU": "neutral",
    "SAD": "sad",
}
_LETTERS = {code[0]: emotion for code, emotion in _EMOTIONS.items()}
_VOTES, _PUBLISHED_VOTES = "voice_votes.csv", "tabulatedVotes.csv"
_VOICE_ALONE = "1"  # how the number of a published row begins; with 2 and 3 there was a face to see
_MISSPELT = {"1040_ITH_SAD_X": "1040_ITH_SAD_XX"}


class CremaD(NamedCorpus):
    """CREMA-D, with its listeners' votes where they are."""

    def find(self, files: Sequence[Path]) -> Iterator[tuple[str, Clip]]:
        """Yield the clips among files.

        Raises
        ------
        CorpusError
            If a table of votes cannot be used.
        """
        votes: dict[str, Mapping[str, int]] = {}
        for path in files:
            if path.name in (_VOTES, _PUBLISHED_VOTES):
                votes |= _read_votes(path)
        for name, clip in super().find(files):
            yield name, replace(clip, votes=votes.get(_MISSPELT.get(name, name)))


def _read_votes(path: Path) -> dict[str, Mapping[str, int]]:
    """Return how many listeners heard each emotion, by the names of clips."""
    if path.name == _VOTES:
        clip, columns = "clip", {emotion: emotion for emotion in _EMOTIONS.values()}
        rows = read_table(path, [clip, *columns])
    else:
        clip, columns = "fileName", _LETTERS
        rows = [
            row
            for row in read_table(path, ["", clip, *columns])
            if row[""].startswith(_VOICE_ALONE)
        ]
    try:
        return {
            row[clip]: {emotion: int(row[column]) for column, emotion in columns.items()}
            for row in rows
        }
    except ValueError as cause:
        raise CorpusError(f"A vote in {path} is no number: {cause}.") from cause


CREMA_D = CremaD(
    name="crema-d",
    title="CREMA-D",
    n_clips=7442,
    example="1001_DFA_ANG_XX.wav",
    speaker_pool="crema-d",
    left_out={"1076_MTI_SAD_XX": "has no signal"},
    pattern=re.compile(
        r"(?P<speaker>1\d{3})_[A-Z]{3}_(?P<emotion>[A-Z]{3})_(?:(?P<level>LO|MD|HI)|XX?)"
    ),
    emotions=_EMOTIONS,
)
