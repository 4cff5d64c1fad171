"""File signatures, and the errors for files that cannot be decoded."""

from ser_core.audio.structure import ISO_BOXES
from ser_core.errors import AudioError, DamagedAudioError, Phrase, UnsupportedAudioError

HEAD_BYTES = 4096  # from the beginning of a file, in which signatures are looked up

ACCEPTED = Phrase("WAV, FLAC, MP3, Ogg (Opus or Vorbis), M4A, MP4, AAC, WebM or AMR")
"""The formats that error messages recommend: those that common programs can save."""

_SILK = b"#!SILK"  # a codec of messengers, which puremagic does not know
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_MPEG_SYNC = 0xFFE0  # the first eleven bits of an MPEG audio or ADTS frame

_PICTURE = Phrase("a picture")
_PLAYLIST = Phrase("a playlist, which only says where recordings are")
_DOCUMENT = Phrase("a document")
_ARCHIVE = Phrase("an archive, which has to be unpacked first")
_NOTES = Phrase("a MIDI file, notes without a recording")
_VIDEO = Phrase("a video of a kind that is not read here")
_AUDIO = Phrase("a recording of a kind that is not read here")
_TEXT = Phrase("text, not a recording")
_UNKNOWN = Phrase("not a recording of a known kind")

_BY_MEDIA_TYPE: tuple[tuple[str, Phrase], ...] = (
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
"""Descriptions of puremagic's media types, by prefix."""

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
"""Containers that libav reads, by signatures at an offset. Only these can be "damaged"."""

_FRAGMENTS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x1f\x43\xb6\x75", "WebM"),  # a cluster (Matroska)
    *((4, box, "MP4") for box in (b"styp", b"moof", b"sidx")),  # fragments (ISO/IEC 14496-12)
)
"""Signatures of a later part of a recording that was streamed in parts."""


def opening_error(head: bytes, *, is_cut_off: bool) -> AudioError:
    """Return the error for a file that libav cannot open.

    Parameters
    ----------
    head
        The first `HEAD_BYTES` of the file.
    is_cut_off
        Whether the end of the file is known to be missing.
    """
    fragment = _name(head, _FRAGMENTS)
    if head[:4] == b"OggS" and len(head) > 5 and not head[5] & 2:
        fragment = "Ogg"
    if fragment is not None:
        return UnsupportedAudioError(
            "This is a later part of a recording ({container}) whose beginning is missing: send "
            "the whole recording, or record it again.",
            container=fragment,
        )
    container = _name(head, _CONTAINERS)
    description = _describe(head)
    if container is None or description is _PICTURE:
        return unsupported_error(description or (_TEXT if _is_text(head) else _UNKNOWN))
    return cut_off_error(container) if is_cut_off else damaged_error(container)


def reject_non_audio(head: bytes) -> None:
    """Raise UnsupportedAudioError if a file is not audio though libav finds MP3 or AAC frames.

    These formats have no header, so libav looks for frames anywhere in a file, and finds some in
    pictures and archives too.
    """
    starts_in_frame = int.from_bytes(head[:2], "big") & _MPEG_SYNC == _MPEG_SYNC
    if starts_in_frame or head[:3] == b"ID3":
        return
    description = _describe(head)
    if description is not None and description not in (_AUDIO, _VIDEO):
        raise unsupported_error(description)
    if _is_text(head):
        raise unsupported_error(_TEXT)


def unsupported_error(description: Phrase) -> UnsupportedAudioError:
    """Return the error for a file that is not a recording, or in an unsupported format."""
    return UnsupportedAudioError(
        "This is {thing}: use a recording of a voice instead, as {accepted}.",
        thing=description,
        accepted=ACCEPTED,
    )


def cut_off_error(container: str) -> DamagedAudioError:
    """Return the error for a file that cannot be decoded because its end is missing."""
    return DamagedAudioError(
        "This {container} file is cut off, its end is missing: send the whole file, or record it "
        "again.",
        container=container,
    )


def damaged_error(container: str | None) -> DamagedAudioError:
    """Return the error for a file that cannot be decoded because it is damaged."""
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
    """Return the name of a file's container by its first bytes; None if it is unknown."""
    return _name(head, _CONTAINERS)


def _name(head: bytes, signatures: tuple[tuple[int, bytes, str], ...]) -> str | None:
    found = (name for offset, magic, name in signatures if head.startswith(magic, offset))
    return next(found, None)


def _describe(head: bytes) -> Phrase | None:
    """Return a description of a file by puremagic's signatures; None if it is unknown."""
    if head.startswith(_SILK, head.startswith(b"\2")):
        return _AUDIO
    import puremagic  # slow to import, and only needed for errors

    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:
        return None
    for match in matches:
        for prefix, description in _BY_MEDIA_TYPE:
            if match.mime_type.startswith(prefix):
                return description
    return None


def _is_text(head: bytes) -> bool:
    """Return whether the first bytes of a file are text in UTF-8, UTF-16 or Windows-1252."""
    for encoding in ("utf-8", "utf-16" if head[:2] in _UTF_16_MARKS else "cp1252"):
        text = head.decode(encoding, errors="replace")
        if len(head) == HEAD_BYTES:
            text = text[:-3]  # the last character may be incomplete
        if all(one.isprintable() or one.isspace() for one in text) and "\ufffd" not in text:
            return True
    return False
