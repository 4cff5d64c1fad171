"""The endings by which people know files as recordings.

They tell what is meant, where folders are looked through and where strangers send files. What is in
a file, its bytes decide.
"""

AUDIO_ENDINGS = frozenset(
    {
        *(".3ga", ".aac", ".aif", ".aifc", ".aiff", ".amr", ".au", ".awb", ".caf", ".flac"),
        *(".m4a", ".m4b", ".mka", ".mp2", ".mp3", ".mpga", ".oga", ".ogg", ".opus", ".rf64"),
        *(".spx", ".w64", ".wav", ".wave", ".weba", ".wma"),
    }
)
"""Of recordings alone."""

VIDEO_ENDINGS = frozenset(
    {".3g2", ".3gp", ".asf", ".m4v", ".mkv", ".mov", ".mp4", ".ogv", ".webm", ".wmv"}
)
"""Of files that hold a picture too, or a recording alone."""
