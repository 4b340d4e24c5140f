"""Media types of the files that podcasts are made of: by their endings, by their codecs, and by their other names."""

from __future__ import annotations

from sendung.core.words import say

MP3 = "audio/mpeg"
M4A = "audio/x-m4a"
OPUS = "audio/ogg; codecs=opus"
"""Opus in Ogg (RFC 7845, section 9)."""
VTT = "text/vtt"
SRT = "application/x-subrip"
CHAPTERS = "application/json+chapters"
JSON = "application/json"
RSS = "application/rss+xml"
JPEG = "image/jpeg"

CODECS = {MP3: "MP3", M4A: "AAC", OPUS: "Opus"}
"""What sounds in the files that podcast apps play."""
CAPTIONS = {VTT, SRT, "application/srt"}
"""Transcripts that say when each line is spoken, as the podcast namespace names them (docs/tags/transcript.md)."""

_NAMES = {
    ".mp3": (MP3, "audio/mp3"),
    # Apple says audio/x-m4a, PSP-1 audio/m4a; both work everywhere.
    ".m4a": (M4A, "audio/m4a", "audio/mp4"),
    ".opus": (OPUS, "audio/opus"),
    ".ogg": ("audio/ogg",),
    ".aac": ("audio/aac",),
    ".flac": ("audio/flac",),
    ".wav": ("audio/wav",),
    ".vtt": (VTT,),
    ".srt": (SRT, "application/srt", "text/srt"),
    ".txt": ("text/plain",),
    ".html": ("text/html",),
    ".chapters.json": (CHAPTERS,),
    ".json": (JSON,),
    ".xml": (RSS,),
    ".jpg": (JPEG,),
    ".jpeg": (JPEG,),
    ".png": ("image/png",),
    ".webp": ("image/webp",),
    ".svg": ("image/svg+xml",),
}
"""Ending to media type, and to what else feeds and servers call it."""


def of(name: str) -> str:
    """The media type of a file with that name; empty for other endings."""
    return next((names[0] for ending, names in _NAMES.items() if name.lower().endswith(ending)), "")


def ending_of(media_type: str) -> str:
    """The ending of files with that media type, by any of its names; empty for other types."""
    return next((ending for ending, names in _NAMES.items() if media_type in names), "")


def served(media_type: str) -> str:
    """What a server says of such a file: text is UTF-8 everywhere here."""
    return (
        say("{media_type}; charset=utf-8", media_type=media_type)
        if media_type.startswith("text/") or media_type == RSS
        else media_type
    )
