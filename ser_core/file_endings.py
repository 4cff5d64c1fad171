"""File name endings of recordings.

They select files in folders and among attachments. What a file holds is determined by its content.
"""

AUDIO_ENDINGS = frozenset(
    {
        *(".3ga", ".aac", ".aif", ".aifc", ".aiff", ".amr", ".au", ".awb", ".caf", ".flac"),
        *(".m4a", ".m4b", ".mka", ".mp2", ".mp3", ".mpga", ".oga", ".ogg", ".opus", ".rf64"),
        *(".spx", ".w64", ".wav", ".wave", ".weba", ".wma"),
    }
)
"""Endings of audio files."""

VIDEO_ENDINGS = frozenset(
    {".3g2", ".3gp", ".asf", ".m4v", ".mkv", ".mov", ".mp4", ".ogv", ".webm", ".wmv"}
)
"""Endings of video files, which may also hold audio alone."""
