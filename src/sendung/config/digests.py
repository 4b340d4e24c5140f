"""What a source says, so that it is recognised again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

Source = dict[str, Any]
"""What a host decided, as flat JSON values: "title" and every other key that was set, and "file:NAME" for each file."""


def source_of(said: BaseModel, files: Iterable[Path], folder: Path) -> Source:
    """What a YAML file says and the files beside it hold, not how it was typed.

    Keys left at their default are not in it; a file stands there by its SHA-256 (hexadecimal).
    """
    values = said.model_dump(mode="json", exclude_defaults=True)
    return values | {f"file:{path.relative_to(folder)}": file_digest(path) for path in files}


def file_digest(path: Path) -> str:
    """SHA-256 (hexadecimal) of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
