"""What a source says, so that it is recognised again; and the digests of large files, remembered."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sendung.core.errors import ConfigError, Place
from sendung.core.words import say

Source = dict[str, Any]
"""What a host decided, as flat JSON values: "title" and every other key that was set, and "file:NAME" for each file."""
Digest = Callable[[Path], str]
"""SHA-256 (hexadecimal) of a file. Raises OSError."""


def source_of(file: BaseModel, files: Mapping[str, Path], digest: Digest) -> Source:
    """What a YAML file says and the files beside it hold, not how it was typed.

    Keys left at their default are not in it. A file stands there by its digest, its name in NFC: the same on a Mac.
    Raises ConfigError for one that cannot be read.
    """
    values = file.model_dump(mode="json", exclude_defaults=True)
    return values | {_key(name): _digest_of(path, digest) for name, path in files.items()}


def changed_files(source: Source, files: Mapping[str, Path], digest: Digest) -> tuple[Path, ...]:
    """Those of the files of a source that are not any more what they were when it was made. Raises ConfigError."""
    return tuple(path for name, path in files.items() if _digest_of(path, digest) != source.get(_key(name)))


def _key(name: str) -> str:
    return f"file:{unicodedata.normalize('NFC', name)}"


def _digest_of(path: Path, digest: Digest) -> str:
    try:
        return digest(path)
    except OSError as error:
        message = say("{name} cannot be read: {strerror}.", name=path.name, strerror=error.strerror)
        raise ConfigError(message, "Check the file, and run the same command again.", Place(path)) from None
