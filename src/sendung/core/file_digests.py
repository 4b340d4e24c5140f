"""The digests of large files, each made once on a machine and remembered."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sendung.core.atomic_write import write_whole

_SETTLED_NS = 2 * 10**9
"""The coarsest time stamps of a file system in use (FAT)."""


def file_digest(path: Path) -> str:
    """SHA-256 (hexadecimal) of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Memory:
    """Digests of files, each made once on this machine and remembered in its cache folder.

    A file is known again by path, inode, size and times. One that changed within two seconds before it was digested
    could change again without any of these telling, so it is digested again the next time (git's rule for its
    index, Documentation/technical/racy-git). What is damaged or cannot be written costs time, nothing else.
    """

    def __init__(self, cache: Path) -> None:
        self._folder = cache / "digests"

    def remembers(self, path: Path) -> bool:
        """Whether the digest of a file is known without reading it. Raises OSError."""
        return _recall(self._place(path), _Look.of(path)) is not None

    def digest(self, path: Path) -> str:
        """SHA-256 (hexadecimal) of a file. Raises OSError."""
        place = self._place(path)
        before = _Look.of(path)
        known = _recall(place, before)
        if known is not None:
            return known
        sha256 = file_digest(path)
        if _Look.of(path) == before:
            with contextlib.suppress(OSError):
                entry = _Entry(look=before, sha256=sha256, seal=_seal(before, sha256))
                write_whole(place, entry.model_dump_json().encode())
        return sha256

    def _place(self, path: Path) -> Path:
        return self._folder / f"{hashlib.sha256(os.fsencode(path.absolute())).hexdigest()}.json"


class _Look(BaseModel):
    """What a file system says of a file without reading it; times in nanoseconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, path: Path) -> _Look:
        there = path.stat()
        return cls(
            path=ascii(str(path.absolute())),
            device=there.st_dev,
            inode=there.st_ino,
            size=there.st_size,
            modified=there.st_mtime_ns,
            changed=there.st_ctime_ns,
        )


class _Entry(BaseModel):
    """A remembered digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    look: _Look
    sha256: str
    seal: str
    """Of all the rest, so that damage is noticed."""


def _seal(look: _Look, sha256: str) -> str:
    return hashlib.sha256(f"{look.model_dump_json()} {sha256}".encode()).hexdigest()


def _recall(place: Path, look: _Look) -> str | None:
    """The remembered digest of a file that looks like this, if it is certain."""
    try:
        entry = _Entry.model_validate_json(place.read_bytes())
        written = place.stat().st_mtime_ns
    except (OSError, ValidationError):
        return None
    settled = written - max(look.modified, look.changed) > _SETTLED_NS
    return entry.sha256 if settled and entry.look == look and entry.seal == _seal(look, entry.sha256) else None
