"""What a file is that cannot be decoded, and what its sender can do about it."""

from ser_core.audio.structure import ISO_BOXES
from ser_core.errors import AudioError, DamagedAudioError, UnsupportedAudioError, Words

HEAD_BYTES = 4096  # from the beginning of a file, that are looked at

ACCEPTED = Words("WAV, FLAC, MP3, Ogg (Opus or Vorbis), M4A, MP4, AAC, WebM or AMR")
"""What people are told to send: the kinds that their programs offer, of all that are read."""

_SILK = b"#!SILK"  # of messengers that the library does not know
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_MPEG_SYNC = 0xFFE0  # the first eleven bits of an MPEG audio or ADTS frame

_PICTURE = Words("a picture")
_PLAYLIST = Words("a playlist, which only says where recordings are")
_DOCUMENT = Words("a document")
_ARCHIVE = Words("an archive, which has to be unpacked first")
_NOTES = Words("a MIDI file, notes without a recording")
_VIDEO = Words("a video of a kind that is not read here")
_AUDIO = Words("a recording of a kind that is not read here")
_TEXT = Words("text, not a recording")
_UNKNOWN = Words("not a recording of a known kind")

_BY_MEDIA_TYPE: tuple[tuple[str, Words], ...] = (
    ("image/", _PICTURE),
    ("audio/x-mpegurl", _PLAYLIST),
    ("audio/x-scpls", _PLAYLIST),
    ("application/vnd.apple.mpegurl", _PLAYLIST),
    ("audio/x-midi", _NOTES),
    ("audio/", _AUDIO),
    ("video/", _VIDEO),
    ("application/vnd.rn-realmedia", _VIDEO),
    ("application/pdf", _DOCUMENT),
    ("application/rtf", _DOCUMENT),
    ("application/msword", _DOCUMENT),
    ("application/postscript", _DOCUMENT),
    ("application/vnd.openxmlformats", _ARCHIVE),
    ("application/zip", _ARCHIVE),
    ("application/x-gzip", _ARCHIVE),
    ("application/gzip", _ARCHIVE),
    ("application/x-bzip2", _ARCHIVE),
    ("application/x-xz", _ARCHIVE),
    ("application/x-7z-compressed", _ARCHIVE),
    ("application/vnd.rar", _ARCHIVE),
    ("application/x-tar", _ARCHIVE),
)
"""What the media types that a library of signatures returns are called, by how they begin."""

_CONTAINERS: tuple[tuple[int, bytes, str], ...] = (
    (8, b"WAVE", "WAV"),
    (0, b"fLaC", "FLAC"),
    (0, b"OggS", "Ogg"),
    (0, b"\x1a\x45\xdf\xa3", "WebM"),
    *((4, box, "MP4") for box in ISO_BOXES),
    (0, b"ID3", "MP3"),
    (0, b"#!AMR", "AMR"),
    (8, b"AIF", "AIFF"),
    (0, b"caff", "CAF"),
    (0, b".snd", "AU"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMA"),
)
"""What libav reads, by bytes at an offset: of these, "damaged" may be said."""

_PARTS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x1f\x43\xb6\x75", "WebM"),  # a cluster (Matroska)
    *((4, box, "MP4") for box in (b"styp", b"moof", b"sidx")),  # fragments (ISO/IEC 14496-12)
)
"""How a later part of a recording begins that was cut into parts as it was made."""


def explain(head: bytes, *, is_cut_off: bool) -> AudioError:
    """Return the error for a file that libav cannot open.

    Parameters
    ----------
    head
        The first `HEAD_BYTES` of the file.
    is_cut_off
        Whether its end is known to be missing.
    """
    part = _name(head, _PARTS)
    if head[:4] == b"OggS" and len(head) > 5 and not head[5] & 2:
        part = "Ogg"
    if part is not None:
        return UnsupportedAudioError(
            "This is a later part of a recording ({container}) whose beginning is missing: send "
            "the whole recording, or record it again.",
            container=part,
        )
    container = _name(head, _CONTAINERS)
    thing = _name_by_library(head)
    if container is None or thing is _PICTURE:
        return strange(thing or (_TEXT if _is_text(head) else _UNKNOWN))
    return cut_off(container) if is_cut_off else damaged(container)


def refuse_what_is_no_audio(head: bytes) -> None:
    """Raise UnsupportedAudioError for a file that merely has something like frames of MP3 in it.

    For formats without a header libav looks for frames anywhere, as it must where a broadcast was
    joined in the middle. Enough of a picture or an archive looks like that.
    """
    starts_in_frame = int.from_bytes(head[:2], "big") & _MPEG_SYNC == _MPEG_SYNC
    if starts_in_frame or head[:3] == b"ID3":
        return
    thing = _name_by_library(head)
    if thing is not None and thing not in (_AUDIO, _VIDEO):
        raise strange(thing)
    if _is_text(head):
        raise strange(_TEXT)


def strange(thing: Words) -> UnsupportedAudioError:
    """Return the error for something that is no recording, or none that is read."""
    return UnsupportedAudioError(
        "This is {thing}: use a recording of a voice instead, as {accepted}.",
        thing=thing,
        accepted=ACCEPTED,
    )


def cut_off(container: str) -> DamagedAudioError:
    """Return the error for a file of which nothing can be decoded, since its end is missing."""
    return DamagedAudioError(
        "This {container} file is cut off, its end is missing: send the whole file, or record it "
        "again.",
        container=container,
    )


def damaged(container: str | None) -> DamagedAudioError:
    """Return the error for a file of which nothing can be decoded."""
    if container is None:
        return DamagedAudioError(
            "This recording is damaged and cannot be decoded: send another copy of it, or record "
            "it again."
        )
    return DamagedAudioError(
        "This {container} file is damaged and cannot be decoded: send another copy of it, or "
        "record it again.",
        container=container,
    )


def container_name(head: bytes) -> str | None:
    """Return what a file's container is called, by its first bytes; None if they do not say."""
    return _name(head, _CONTAINERS)


def _name(head: bytes, signatures: tuple[tuple[int, bytes, str], ...]) -> str | None:
    found = (name for offset, magic, name in signatures if head.startswith(magic, offset))
    return next(found, None)


def _name_by_library(head: bytes) -> Words | None:
    """Ask a library of signatures what a file is; None if it does not know."""
    if head.startswith(_SILK, head.startswith(b"\2")):
        return _AUDIO
    import puremagic  # takes a while, and is wanted for refusals alone

    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:
        return None
    for match in matches:
        for beginning, words in _BY_MEDIA_TYPE:
            if match.mime_type.startswith(beginning):
                return words
    return None


def _is_text(head: bytes) -> bool:
    """Tell whether a file begins as text does, in UTF-8, UTF-16 or Windows' Latin letters."""
    for encoding in ("utf-8", "utf-16" if head[:2] in _UTF_16_MARKS else "cp1252"):
        text = head.decode(encoding, errors="replace")
        if len(head) == HEAD_BYTES:
            text = text[:-3]  # the last letter may be cut through
        if all(one.isprintable() or one.isspace() for one in text) and "\ufffd" not in text:
            return True
    return False
