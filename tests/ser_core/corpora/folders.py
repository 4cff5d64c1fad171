"""Folders with a corpus's file names in them."""

from ser_core.corpora.discovery import find_clips


def touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(corpus, root):
    return [(clip.path.name, clip.emotion, clip.speaker) for clip in find_clips(corpus, root)]
