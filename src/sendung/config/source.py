"""What a source says, so that it is recognised again; and the digests of large files, remembered."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sendung.core.errors import ConfigError, Place

Source = dict[str, Any]
"""What a host decided, as flat JSON values: "title" and every other key that was set, and "file:NAME" for each file."""
Digest = Callable[[Path], str]
"""SHA-256 (hexadecimal) of a file. Raises OSError."""


def source_of(said: BaseModel, files: Mapping[str, Path], digest: Digest) -> Source:
    """What a YAML file says and the files beside it hold, not how it was typed.

    Keys left at their default are not in it. A file stands there by its digest, its name in NFC: the same on a Mac.
    """
    values = said.model_dump(mode="json", exclude_defaults=True)
    names = {path: unicodedata.normalize("NFC", str(path.relative_to(folder))) for path in files}
    return values | {f"file:{name}": digest(path) for path, name in names.items()}
