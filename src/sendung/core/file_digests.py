"""The digests of large files, each made once on a machine and remembered."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sendung.core.atomic_write import write_whole

SETTLED_NS = 2 * 10**9
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
        return _recall(self._place(path), FileStamp.of(path)) is not None

    def digest(self, path: Path) -> str:
        """SHA-256 (hexadecimal) of a file. Raises OSError."""
        cache_file = self._place(path)
        before = FileStamp.of(path)
        known = _recall(cache_file, before)
        if known is not None:
            return known
        sha256 = file_digest(path)
        if FileStamp.of(path) == before:
            with contextlib.suppress(OSError):
                entry = _DigestEntry(look=before, sha256=sha256, seal=_seal(before, sha256))
                write_whole(cache_file, entry.model_dump_json().encode())
        return sha256

    def _place(self, path: Path) -> Path:
        return self._folder / f"{hashlib.sha256(os.fsencode(path.absolute())).hexdigest()}.json"


class FileStamp(BaseModel):
    """What a file system says of a file without reading it; times in nanoseconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, path: Path) -> FileStamp:
        """As a file is now. Raises OSError."""
        stat = path.stat()
        return cls(
            path=ascii(str(path.absolute())),
            device=stat.st_dev,
            inode=stat.st_ino,
            size=stat.st_size,
            modified=stat.st_mtime_ns,
            changed=stat.st_ctime_ns,
        )


class _DigestEntry(BaseModel):
    """A remembered digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    look: FileStamp
    sha256: str
    seal: str
    """Of all the rest, so that damage is noticed."""


def _seal(stamp: FileStamp, sha256: str) -> str:
    return hashlib.sha256(f"{stamp.model_dump_json()} {sha256}".encode()).hexdigest()


def _recall(cache_file: Path, stamp: FileStamp) -> str | None:
    """The remembered digest of a file that looks like this, if it is certain."""
    try:
        entry = _DigestEntry.model_validate_json(cache_file.read_bytes())
        written = cache_file.stat().st_mtime_ns
    except (OSError, ValidationError):
        return None
    settled = written - max(stamp.modified, stamp.changed) > SETTLED_NS
    return entry.sha256 if settled and entry.look == stamp and entry.seal == _seal(stamp, entry.sha256) else None
