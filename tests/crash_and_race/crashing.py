"""A store at which the process of a host ends, without ending this one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from typing import Any

WRITES = frozenset({"create", "replace", "upload", "copy", "delete"})
CALLS = WRITES | {"read", "stat", "list"}


class Crashed(BaseException):
    """The process of a host ended in the middle; nothing that handles errors may catch it."""


class CrashingStore:
    """A store at whose nth write (counted from 0) the process ends, before or after it was done; at none, with None.

    With `CALLS` also those calls are counted that only read. After the end nothing reaches the store any more, from
    whatever thread.
    """

    def __init__(self, below: Any, at: tuple[int, bool] | None, names: Collection[str] = WRITES) -> None:
        self._below = below
        self._at = at[0] if at else None
        self._after = at is not None and at[1]
        self._names = names
        self._counting = threading.Lock()
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._below, name)
        if name not in CALLS:
            return value

        def call(*arguments: Any, **keywords: Any) -> Any:
            counts = name in self._names
            with self._counting:
                over = self._at is not None and self.calls > self._at
                mine = counts and self.calls == self._at
                self.calls += counts
            if over or (mine and not self._after):
                raise Crashed
            result = value(*arguments, **keywords)
            if name == "list":
                result = iter(list(result))
            if mine:
                raise Crashed
            return result

        return call


class Interrupted:
    """A store at which others do something once: before or after the first call of a name for a key that begins so."""

    def __init__(self, below: Any, name: str, prefix: str, work: Callable[[], object], *, after: bool = False) -> None:
        self._below = below
        self._name = name
        self._prefix = prefix
        self._work: Callable[[], object] | None = work
        self._after = after

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._below, name)
        if name != self._name:
            return value

        def call(*arguments: Any, **keywords: Any) -> Any:
            work = self._work if arguments[0].startswith(self._prefix) else None
            if work is None:
                return value(*arguments, **keywords)
            self._work = None
            if not self._after:
                work()
            result = value(*arguments, **keywords)
            if self._after:
                work()
            return result

        return call
