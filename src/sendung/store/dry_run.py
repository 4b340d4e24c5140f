"""A store that changes nothing: what is written to it stays in this process, over what another store holds."""

from __future__ import annotations

import hashlib
import heapq
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from sendung.core.atomic_write import write_whole
from sendung.core.errors import ObjectChanged, ObjectExists, ObjectMissing
from sendung.core.file_digests import file_digest
from sendung.core.words import say
from sendung.store.interface import Abilities, Headers, Stat, Store, Stored, Version, Write
from sendung.store.keys import check_key
from sendung.store.reading import other_file


@dataclass(frozen=True)
class _TrialObject:
    """What would have been written: bytes, the file that holds them, or what reads the object that was copied."""

    source: bytes | Path | Callable[[], bytes]
    stat: Stat

    def read(self) -> Stored:
        source = self.source.read_bytes if isinstance(self.source, Path) else self.source
        data = source if isinstance(source, bytes) else source()
        return Stored(data, self.stat.version)


class DryRunStore:
    """Reads come from `below` until something was written or deleted here; nothing reaches `below`.

    A version is the digest of the bytes: caches of this machine outlive the process, and must not take an object of one
    trial for that of another.
    """

    def __init__(self, below: Store) -> None:
        self._below = below
        self._kept: dict[str, _TrialObject | None] = {}
        self._writes: list[Write] = []
        self._lock = threading.RLock()

    @property
    def name(self) -> str:
        """The name of the store below."""
        return self._below.name

    @property
    def writes(self) -> tuple[Write, ...]:
        """What would have been written, in order."""
        return tuple(self._writes)

    def read(self, key: str) -> Stored:
        """What was written here, else what the store below holds. Raises ObjectMissing."""
        with self._lock:
            if check_key(key) not in self._kept:
                return self._below.read(key)
            kept = self._kept[key]
            if kept is None:
                raise ObjectMissing(say("{name} holds no {key}.", name=self.name, key=key))
            return kept.read()

    def create(self, key: str, data: bytes, headers: Headers) -> Version:
        """Keep an object that must not be there yet. Raises ObjectExists if there are other bytes."""
        with self._lock:
            try:
                stored = self.read(key)
            except ObjectMissing:
                return self._keep(key, data, len(data), hashlib.sha256(data).hexdigest()).version
            if stored.data != data:
                raise ObjectExists(say("{name} already holds another {key}.", name=self.name, key=key))
            return stored.version

    def replace(self, key: str, data: bytes, headers: Headers, version: Version | None) -> Version:
        """Keep an object if the key still has `version` (None: is absent). Raises ObjectChanged."""
        with self._lock:
            present = self.stat(key)
            if (present.version if present else None) != version:
                raise ObjectChanged(
                    say("Somebody else has written {key} in {name} meanwhile.", key=key, name=self.name),
                    "Run it again.",
                )
            if version is not None and present and present.size == len(data) and self.read(key).data == data:
                return version
            return self._keep(key, data, len(data), hashlib.sha256(data).hexdigest()).version

    def upload(self, key: str, path: Path, sha256: str, headers: Headers, sent: Callable[[int], None]) -> None:
        """Note a file, which must stay where it is. Raises Damaged if it is not what `sha256` says."""
        if file_digest(path) != sha256:
            raise other_file(path)
        size = path.stat().st_size
        with self._lock:
            present = self.stat(key)
            sent(size)
            if present is None or present.size != size or present.sha256 not in {sha256, None}:
                self._keep(key, path, size, sha256)

    def copy(self, source: str, key: str, headers: Headers) -> None:
        """Note a copy; what is below is not read for it. Raises ObjectMissing."""
        with self._lock:
            origin, present = self.stat(source), self.stat(key)
            if origin is None:
                raise ObjectMissing(say("{name} holds no {source}.", name=self.name, source=source))
            if present is None or present.size != origin.size:
                digest = origin.sha256 or hashlib.sha256(f"{source} {origin.version}".encode()).hexdigest()
                self._keep(key, lambda: self.read(source).data, origin.size, digest)

    def download(self, key: str, path: Path) -> None:
        """What was written here, else what the store below holds. Raises ObjectMissing."""
        with self._lock:
            kept = check_key(key) in self._kept
        if kept:
            write_whole(path, self.read(key).data)
        else:
            self._below.download(key, path)

    def stat(self, key: str) -> Stat | None:
        """What is known of an object here or below, or None."""
        with self._lock:
            if check_key(key) not in self._kept:
                return self._below.stat(key)
            kept = self._kept[key]
            return kept.stat if kept else None

    def list(self, prefix: str, hints: Collection[str] = ()) -> Iterator[Stat]:
        """What is here and below, by key in byte order."""
        with self._lock:
            kept = dict(self._kept)
        here = sorted(
            (entry.stat for key, entry in kept.items() if entry and key.startswith(prefix)), key=lambda entry: entry.key
        )
        below = (entry for entry in self._below.list(prefix, hints) if entry.key not in kept)
        return heapq.merge(here, below, key=lambda entry: entry.key)

    def delete(self, key: str) -> None:
        """Show the key as empty from now on."""
        with self._lock:
            self._kept[check_key(key)] = None

    def abilities(self) -> Abilities:
        """Those of the store below, which would do the writing."""
        return self._below.abilities()

    def _keep(self, key: str, source: bytes | Path | Callable[[], bytes], size: int, sha256: str) -> Stat:
        self._writes.append(Write(key, size))
        kept = _TrialObject(source, Stat(key, size, Version(f"dry-run-{sha256}"), sha256))
        self._kept[key] = kept
        return kept.stat
