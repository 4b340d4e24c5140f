"""The title that a recording carries, from an editor or a finished file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mutagen

from sendung.text import clean

_READ: Any = mutagen.File
_KEYS = ("TIT2", "\xa9nam", "title")
"""Of ID3 (ID3v2.3, section 4.2.1), MP4 and Vorbis comments."""


def read_title(path: Path) -> str:
    """The title in a recording's tags, one line; empty where it has none, or none that can be read."""
    try:
        tags = getattr(_READ(path), "tags", None) or {}
        found = next((tags[key] for key in _KEYS if key in tags), "")
    except (mutagen.MutagenError, OSError, ValueError, KeyError):
        return ""
    values = found if isinstance(found, list) else getattr(found, "text", [found])
    return clean(str(values[0])) if values else ""
