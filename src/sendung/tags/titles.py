"""The title that a recording carries, from an editor or a finished file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mutagen

from sendung.core.text import clean

_READ: Any = mutagen.File
_KEYS = ("tit2", "\xa9nam", "title")
"""Of ID3 (ID3v2.3, section 4.2.1), MP4 and Vorbis comments, in lower case."""


def read_title(path: Path) -> str:
    """The title in a recording's tags, one line; empty where it has none, or none that can be read."""
    try:
        tags = dict(getattr(_READ(path), "tags", None) or {})
    except (mutagen.MutagenError, OSError, ValueError):
        return ""
    said = {key.lower(): value for key, value in tags.items()}
    found = next((said[key] for key in _KEYS if key in said), "")
    values = found if isinstance(found, list) else getattr(found, "text", [found])
    return clean(str(values[0])) if values else ""
