"""Which container a file's bytes are, and a name for what they are when it is none of them."""

from ser_core.containers import adts, id3, mp3, wav
from ser_core.containers.kinds import ACCEPTED, Container
from ser_core.errors import UnsupportedAudioError

_HEAD = 64  # bytes that are looked at to name a file that is not accepted

# The brands in an MP4's first box that mark still pictures.
_PICTURE_BRANDS = {b"avif", b"avis", b"crx ", b"heic", b"heim", b"heix", b"hevc", b"mif1", b"msf1"}

_MATROSKA_MAGIC = b"\x1a\x45\xdf\xa3"

# What people most often send instead; (offset, magic, name).
_STRANGERS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG", "a picture"),
    (0, b"\xff\xd8\xff", "a picture"),
    (0, b"GIF8", "a picture"),
    (0, b"BM", "a picture"),
    (8, b"WEBP", "a picture"),
    (8, b"AVI ", "an AVI video"),
    (0, b"FLV", "a Flash video"),
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document"),
    (0, b"\x1f\x8b", "a compressed archive"),
    (0, b"7z\xbc\xaf", "a compressed archive"),
    (0, b"Rar!", "a compressed archive"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a WMA or WMV file"),
    (0, b"FORM", "an AIFF file"),
    (0, b"caff", "a Core Audio (CAF) file"),
    (0, b".snd", "a Sun (AU) file"),
    (0, b"MThd", "a MIDI file, notes without a recording"),
)


def recognise(data: bytes) -> Container:
    """Tell which container a file is, by its bytes alone.

    Parameters
    ----------
    data
        The whole file.

    Returns
    -------
    Container
        The one accepted container whose signature it carries.

    Raises
    ------
    UnsupportedAudioError
        It is none of the accepted ones.
    """
    container = _by_magic(data)
    if container is None:
        # An ID3 tag stands before MP3, and before some AAC and FLAC files too.
        start = id3.skip(data)
        if data.startswith(b"fLaC", start):
            container = Container.FLAC
        elif 0 < len(data) <= start:
            container = Container.MP3  # cut off within its tag
        elif adts.starts_at(data, start):
            container = Container.ADTS
        elif mp3.starts_at(data, start):
            container = Container.MP3
    if container is None:
        raise UnsupportedAudioError(
            f"This is {_name_of(data)}: use a recording of a voice instead, as {ACCEPTED}."
        )
    return container


def _by_magic(data: bytes) -> Container | None:
    """Recognise a container that begins with a signature of its own."""
    if wav.begins(data):
        return Container.WAV
    if data.startswith(b"fLaC"):
        return Container.FLAC
    if data.startswith(b"OggS"):
        return Container.OGG
    if data.startswith(_MATROSKA_MAGIC):
        return Container.MATROSKA
    if data[4:8] == b"ftyp" and data[8:12] not in _PICTURE_BRANDS:
        return Container.MP4
    if data.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return Container.AMR
    return None


def _name_of(data: bytes) -> str:
    """Name what is not accepted, as far as its first bytes tell."""
    for offset, magic, name in _STRANGERS:
        if data.startswith(magic, offset):
            return name
    if data[4:8] == b"ftyp":
        return "a picture"
    return "text, not a recording" if _is_text(data) else "not a recording of a known kind"


def _is_text(data: bytes) -> bool:
    """Tell whether a file begins as text in UTF-8 does."""
    # The last letter may be cut through.
    head = data[:_HEAD].decode(errors="replace")[: None if len(data) <= _HEAD else -3]
    return all(letter.isprintable() or letter.isspace() for letter in head) and "\ufffd" not in head
