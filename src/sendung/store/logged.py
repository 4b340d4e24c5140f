"""A store that tells of each request: what was asked for, how long it took, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from sendung.core.words import say
from sendung.store.interface import Abilities, Headers, Stat, Store, Stored, Version, Write


class LoggedStore:
    """Passes everything on to `below`; `tell` hears one line a request, from any thread. `clock` is in seconds."""

    def __init__(self, below: Store, tell: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._below = below
        self._tell = tell
        self._clock = clock

    @property
    def name(self) -> str:
        """The name of the store below."""
        return self._below.name

    @property
    def writes(self) -> tuple[Write, ...]:
        """What was written to the store below."""
        return self._below.writes

    def read(self, key: str) -> Stored:
        """As the store below does."""
        with self._telling(say("read {key}", key=key)):
            return self._below.read(key)

    def create(self, key: str, data: bytes, headers: Headers) -> Version:
        """As the store below does."""
        with self._telling(say("create {key} ({data_count} bytes)", key=key, data_count=len(data))):
            return self._below.create(key, data, headers)

    def replace(self, key: str, data: bytes, headers: Headers, version: Version | None) -> Version:
        """As the store below does."""
        with self._telling(say("replace {key} ({data_count} bytes)", key=key, data_count=len(data))):
            return self._below.replace(key, data, headers, version)

    def upload(self, key: str, path: Path, sha256: str, headers: Headers, sent: Callable[[int], None]) -> None:
        """As the store below does."""
        with self._telling(say("upload {key} ({st_size} bytes)", key=key, st_size=path.stat().st_size)):
            self._below.upload(key, path, sha256, headers, sent)

    def copy(self, source: str, key: str, headers: Headers) -> None:
        """As the store below does."""
        with self._telling(say("copy {source} to {key}", source=source, key=key)):
            self._below.copy(source, key, headers)

    def download(self, key: str, path: Path) -> None:
        """As the store below does."""
        with self._telling(say("download {key}", key=key)):
            self._below.download(key, path)

    def stat(self, key: str) -> Stat | None:
        """As the store below does."""
        with self._telling(say("stat {key}", key=key)):
            return self._below.stat(key)

    def list(self, prefix: str, hints: Collection[str] = ()) -> Iterator[Stat]:
        """As the store below does."""
        with self._telling(say("list {prefix}", prefix=prefix)):
            yield from self._below.list(prefix, hints)

    def delete(self, key: str) -> None:
        """As the store below does."""
        with self._telling(say("delete {key}", key=key)):
            self._below.delete(key)

    def abilities(self) -> Abilities:
        """As the store below does."""
        with self._telling("try what the store can do"):
            return self._below.abilities()

    @contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        began = self._clock()
        came = ""
        try:
            yield
        except BaseException as error:
            came = f": {type(error).__name__}"
            raise
        finally:
            self._tell(say("{what}: {seconds:.3f} s{came}", what=what, seconds=self._clock() - began, came=came))
