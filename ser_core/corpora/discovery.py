"""The labelled clips in the folders that people have after unpacking a corpus.

Clips are recognised by their file names, or by a table, wherever below the given folder they lie,
as WAV, FLAC, Ogg or MP3. A clip that is there twice (RAVDESS as it is passed around holds every
actor's folder twice) counts once.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from ser_core.corpora.clip import Clip
from ser_core.corpora.corpus import Corpus
from ser_core.corpora.crema_d import CREMA_D
from ser_core.corpora.nemo import NEMO
from ser_core.corpora.ordinary import ORDINARY, ORDINARY_HELD_OUT
from ser_core.corpora.ravdess import SONG, SPEECH
from ser_core.corpora.savee import SAVEE
from ser_core.corpora.tess import TESS
from ser_core.errors import CorpusError

CORPORA: dict[str, Corpus] = {
    corpus.name: corpus
    for corpus in (SPEECH, SONG, NEMO, CREMA_D, TESS, SAVEE, ORDINARY, ORDINARY_HELD_OUT)
}
"""The corpora, by the names that people type. A new one is a module, and its name here."""


def share_speakers(one: str, other: str) -> bool:
    """Return whether the same people may be heard in two corpora, named as in `CORPORA` or not."""
    if one == other:
        return True
    known = one in CORPORA and other in CORPORA
    return known and CORPORA[one].speaker_pool == CORPORA[other].speaker_pool


def find_strangers(arguments: Sequence[str], learned: Sequence[Clip]) -> list[Clip]:
    """Find the clips of corpora that are only to be tested on.

    Parameters
    ----------
    arguments
        As for `find_all`.
    learned
        Clips that are learned from.

    Raises
    ------
    CorpusError
        If the same people may be heard in both; or as `find_all`.
    """
    clips = find_all(arguments)
    for stranger in dict.fromkeys(clip.corpus for clip in clips):
        for corpus in dict.fromkeys(clip.corpus for clip in learned):
            if share_speakers(stranger, corpus):
                raise CorpusError(
                    f"{stranger} is no stranger: its speakers are in {corpus}, which is trained on."
                )
    return clips


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
        If the corpus is unknown, the folder is missing or holds none of its clips, or a table of
        the corpus cannot be used.
    """
    if corpus not in CORPORA:
        known = ", ".join(CORPORA)
        raise CorpusError(f"There is no corpus called {corpus!r}; known are {known}.")
    names = CORPORA[corpus]
    root = Path(folder)
    if not root.is_dir():
        raise CorpusError(
            f"{root} is not a folder; give the one into which you unpacked {names.title}."
        )
    files = [path for path in root.rglob("*") if path.is_file()]
    found = sorted(
        names.find(files), key=lambda one: (one[0], one[1].path.suffix, str(one[1].path))
    )
    clips: dict[str, Clip] = {}
    for name, clip in found:
        clips.setdefault(name, clip)
    if not clips:
        raise CorpusError(
            f"There are no clips of {names.title} below {root}; "
            f"their names look like {names.example}."
        )
    return list(clips.values())


def find_all(arguments: Sequence[str]) -> list[Clip]:
    """Find the clips of several corpora.

    Parameters
    ----------
    arguments
        Arguments of the form ``CORPUS=FOLDER``, as a person types them.

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
