"""What a source says, so that it is recognised again; and the digests of large files, remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

Source = dict[str, Any]
"""What a host decided, as flat JSON values: "title" and every other key that was set, and "file:NAME" for each file."""
Digest = Callable[[Path], str]
"""SHA-256 (hexadecimal) of a file. Raises OSError."""


def source_of(said: BaseModel, files: Iterable[Path], folder: Path, digest: Digest) -> Source:
    """What a YAML file says and the files beside it hold, not how it was typed.

    Keys left at their default are not in it; a file stands there by its digest.
    """
    values = said.model_dump(mode="json", exclude_defaults=True)
    return values | {f"file:{path.relative_to(folder)}": digest(path) for path in files}
