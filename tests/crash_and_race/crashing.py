"""A store at which the process of a host ends, without ending this one."""

from __future__ import annotations

from typing import Any


class Crashed(BaseException):
    """The process of a host ended in the middle; nothing that handles errors may catch it."""


class CrashingStore:
    """A store at whose nth write (counted from 0) the process ends, before or after it was done; at none, with None."""

    def __init__(self, below: Any, at: tuple[int, bool] | None) -> None:
        self._below = below
        self._left, self._after = at or (-1, False)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._below, name)
        if name not in {"create", "replace", "upload", "delete"}:
            return value

        def call(*arguments: Any, **keywords: Any) -> Any:
            self._left -= 1
            if self._left == -1 and not self._after:
                raise Crashed
            result = value(*arguments, **keywords)
            if self._left == -1:
                raise Crashed
            return result

        return call
