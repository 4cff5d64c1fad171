"""Speech corpora: from the folders that people have after unpacking to labelled clips.

Clips are recognised by their file names, wherever below the given folder they lie, as WAV, FLAC,
Ogg or MP3.
A clip that is there twice (RAVDESS as it is passed around holds every actor's folder twice) counts
once.

Sources
-------
RAVDESS: Livingstone & Russo (2018), "The Ryerson Audio-Visual Database of Emotional Speech and
Song". nEMO: Christop (2024), "nEMO: Dataset of Emotional Speech in Polish".
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ser_core.errors import CorpusError

EXTENSIONS = frozenset({".wav", ".flac", ".ogg", ".mp3"})


@dataclass(frozen=True)
class Clip:
    """One labelled recording.

    Parameters
    ----------
    path
        Where it is.
    emotion
        One of `emotions.EMOTION_NAMES`.
    speaker
        Who speaks, unique over all corpora; who speaks and sings is one speaker.
    corpus
        A key of `CORPORA`.
    """

    path: Path
    emotion: str
    speaker: str
    corpus: str


@dataclass(frozen=True)
class Corpus:
    """How one corpus names its files.

    Parameters
    ----------
    title
        For people to read.
    n_clips
        How many clips the whole corpus has.
    looks_like
        An example of a file name.
    voices
        Whose they are: corpora in which the same people are heard say the same here.
    name
        Of a file, without its ending: the groups ``emotion`` and ``speaker`` are what they are.
    emotions
        Ours by theirs.
    """

    title: str
    n_clips: int
    looks_like: str
    voices: str
    name: re.Pattern[str]
    emotions: Mapping[str, str]

    def parse(self, stem: str) -> tuple[str, str] | None:
        """Return emotion and speaker by a file name's stem; None if it is none of this corpus."""
        match = self.name.fullmatch(stem)
        if match is None or match["emotion"] not in self.emotions:
            return None
        return self.emotions[match["emotion"]], f"{self.voices}-{match['speaker']}"


_RAVDESS_NAME = r"03-{channel}-(?P<emotion>0[1-8])-0[12]-0[12]-0[12]-(?P<speaker>\d\d)"
_RAVDESS_EMOTIONS = {
    "01": "neutral",
    "02": "calm",
    "03": "happy",
    "04": "sad",
    "05": "angry",
    "06": "fearful",
    "07": "disgust",
    "08": "surprised",
}


def _ravdess(title: str, n_clips: int, channel: str) -> Corpus:
    return Corpus(
        title=title,
        n_clips=n_clips,
        looks_like=f"03-{channel}-05-02-01-01-12.wav",
        voices="ravdess",
        name=re.compile(_RAVDESS_NAME.format(channel=channel)),
        emotions=_RAVDESS_EMOTIONS,
    )


CORPORA: dict[str, Corpus] = {
    "ravdess": _ravdess("RAVDESS speech", 1440, "01"),
    "ravdess-song": _ravdess("RAVDESS song", 1012, "02"),
    "nemo": Corpus(
        title="nEMO",
        n_clips=4481,
        looks_like="EB0_anger_12.wav",
        voices="nemo",
        name=re.compile(r"(?P<speaker>[A-Z]{2}\d)_(?P<emotion>[a-z]+)_\d+"),
        emotions={
            "anger": "angry",
            "fear": "fearful",
            "happiness": "happy",
            "neutral": "neutral",
            "sadness": "sad",
            "surprised": "surprised",
        },
    ),
}


def share_speakers(one: str, other: str) -> bool:
    """Whether the same people may be heard in two corpora, by their names."""
    if one == other:
        return True
    return one in CORPORA and other in CORPORA and CORPORA[one].voices == CORPORA[other].voices


def find_clips(corpus: str, folder: str | os.PathLike[str]) -> list[Clip]:
    """Find the clips of a corpus below a folder.

    Parameters
    ----------
    corpus
        A key of `CORPORA`.
    folder
        The folder into which it was unpacked, or any folder above its clips.

    Returns
    -------
    list of Clip
        In the order of their file names, whatever the folders are called; never empty.

    Raises
    ------
    CorpusError
        If the corpus is unknown, or the folder is missing or holds none of its clips.
    """
    if corpus not in CORPORA:
        known = ", ".join(CORPORA)
        raise CorpusError(f"There is no corpus called {corpus!r}; known are {known}.")
    form = CORPORA[corpus]
    root = Path(folder)
    if not root.is_dir():
        raise CorpusError(
            f"{root} is not a folder; give the one into which you unpacked {form.title}."
        )
    clips: dict[str, Clip] = {}
    for path in sorted(root.rglob("*"), key=lambda path: (path.stem, path.suffix, str(path))):
        if path.suffix.lower() not in EXTENSIONS or path.stem in clips:
            continue
        label = form.parse(path.stem)
        if label is not None and path.is_file():
            emotion, speaker = label
            clips[path.stem] = Clip(path=path, emotion=emotion, speaker=speaker, corpus=corpus)
    if not clips:
        raise CorpusError(
            f"There are no clips of {form.title} below {root}; "
            f"their names look like {form.looks_like}."
        )
    return list(clips.values())


def find_all(arguments: Sequence[str]) -> list[Clip]:
    """Find the clips of several corpora.

    Parameters
    ----------
    arguments
        Of the form ``CORPUS=FOLDER``, as a person types them.

    Raises
    ------
    CorpusError
        If one is not of that form, is named twice, or as `find_clips`.
    """
    clips: dict[str, list[Clip]] = {}
    for argument in arguments:
        corpus, equals, folder = argument.partition("=")
        if not equals or not folder:
            raise CorpusError(
                f"{argument!r} does not say which corpus it is; write for example "
                f"ravdess={argument}."
            )
        if corpus in clips:
            raise CorpusError(f"The corpus {corpus} is named twice.")
        clips[corpus] = find_clips(corpus, folder)
    return [clip for found in clips.values() for clip in found]
