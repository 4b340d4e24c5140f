"""What Sendung asks of a place that keeps objects. Every store keeps every promise made here.

Keys are ASCII, relative, with "/" between parts, never with "." or ".." as a part, never starting or ending in "/";
any other key is a ValueError. No key is another key's folder. The folder ".sendung" is the store's own.
A `Version` is opaque: two reads that return equal versions of one key returned equal bytes. `read`, `stat` and `list`
give one object the same version.

All methods may raise the StoreError family: AccessDenied, StoreMissing, Unreachable (after the store's own
retries), NoSpace, Damaged. No message ever holds a credential. All methods may be called from several threads.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NewType, Protocol

Version = NewType("Version", str)


@dataclass(frozen=True)
class Stored:
    """A small object, read whole."""

    data: bytes
    version: Version


@dataclass(frozen=True)
class Stat:
    """What a store knows of an object without reading it.

    `sha256` (hexadecimal) is what `upload` recorded, or what the store computes; None where it is not known.
    """

    key: str
    size: int
    version: Version
    sha256: str | None = None
    modified: datetime | None = None
    """When it was written, by the store's clock; `list` tells it."""


@dataclass(frozen=True)
class Headers:
    """How an object is served. A directory store leaves this to its web server."""

    content_type: str
    cache_control: str = ""
    content_disposition: str = ""
    content_encoding: str = ""
    """Of bytes that are encoded already ("gzip"); a directory cannot say it."""


@dataclass(frozen=True)
class Write:
    """An object that was written, and the bytes that were sent for it."""

    key: str
    size: int


@dataclass(frozen=True)
class Abilities:
    """What a store does by itself. What it does not do, its store object makes up for as far as can be."""

    create: bool
    """Whether it refuses to create an object that is there."""
    replace: bool
    """Whether it refuses to replace an object that is not the expected version."""
    metadata: bool | None
    """Whether what is recorded with an object when it is written comes back; None: the store takes no such thing."""


class Store(Protocol):
    """A place that keeps objects."""

    @property
    def name(self) -> str:
        """The store as a host would write it ("public", "s3://bucket/prefix"); without credentials."""

    @property
    def writes(self) -> tuple[Write, ...]:
        """What was written through this object so far, in order; what was there already does not count.

        A dry run lists here what it would have written.
        """

    def read(self, key: str) -> Stored:
        """The whole of a small object. Raises ObjectMissing."""

    def create(self, key: str, data: bytes, headers: Headers) -> Version:
        """Write an object that must not be there yet; it appears whole or not at all.

        Creating again with equal bytes succeeds (so a retried call does), and returns the version that is there.
        Raises ObjectExists if the key holds other bytes; of several racing writers with different bytes exactly
        one succeeds. On services that ignore conditional writes that takes a second, and does not hold for a writer
        that is held up longer than that between looking and writing.
        """

    def replace(self, key: str, data: bytes, headers: Headers, version: Version | None) -> Version:
        """Write an object if it still has `version` (None: if it is still absent); readers see old or new, whole.

        Where the store can tell that it has these bytes already, nothing is written, and the version stays.
        Raises ObjectChanged otherwise. Of several racing writers with one version exactly one succeeds, on
        stores that honour conditional writes; on those that ignore them, the last one wins and callers must look again.
        """

    def upload(self, key: str, path: Path, sha256: str, headers: Headers, sent: Callable[[int], None]) -> None:
        """Write a file as a content-addressed object, and verify that the store holds it, whole.

        `sha256` is the file's digest (hexadecimal). `sent` hears the bytes of each piece as it is sent, from any
        thread; pieces that the store has already count too, so they add up to the file's size. An object that is
        there whole is left alone. An upload that is cut short leaves nothing under its key, and is begun again.
        Raises Damaged if the file is not what `sha256` says, or the store holds something else afterwards.
        """

    def copy(self, source: str, key: str, headers: Headers) -> None:
        """Make a content-addressed object of the bytes of another, within the store: nothing is sent or fetched.

        It appears whole or not at all; one that is there with as many bytes is left alone. Raises ObjectMissing if
        there is no `source`, Damaged if the store holds something else afterwards.
        """

    def download(self, key: str, path: Path) -> None:
        """Write the bytes of an object, however large, to a file of this machine that must not be there.

        It appears whole or not at all. Raises ObjectMissing; Damaged if it is not what the store says that it holds;
        OSError if the file cannot be written.
        """

    def stat(self, key: str) -> Stat | None:
        """What is known of an object, or None if it is not there."""

    def list(self, prefix: str, hints: Collection[str] = ()) -> Iterator[Stat]:
        """Every object whose key starts with `prefix`, by key in byte order; sees every write that has returned.

        `hints` are keys that are probably there, so that a store that lists them in many requests can send those at
        once; what is listed does not depend on them. The stats may lack `sha256`.
        """

    def delete(self, key: str) -> None:
        """Remove an object; removing what is not there succeeds."""

    def abilities(self) -> Abilities:
        """What the store does by itself, found out by trying it on a scratch object that is no key's."""
