"""Reading what may not be there, and files that must be what they were."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from pathlib import Path

from sendung.core.errors import Damaged, ObjectMissing
from sendung.core.words import say
from sendung.store.interface import Store, Stored


def read_or_none(store: Store, key: str) -> Stored | None:
    """A small object, or None if it is not there."""
    try:
        return store.read(key)
    except ObjectMissing:
        return None


def pieces_of(path: Path, sha256: str, size: int) -> Generator[bytes]:
    """A file in pieces of at most `size` bytes. Raises Damaged at its end if it is not what `sha256` says."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(size):
            digest.update(piece)
            yield piece
    if digest.hexdigest() != sha256:
        raise other_file(path)


def other_file(path: Path) -> Damaged:
    """The error for a file that has changed since its digest was taken."""
    return Damaged(say("{path} is not the file that was to be uploaded.", path=path), "Run the command again.")
