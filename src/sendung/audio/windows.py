"""A number for each window of a programme, kept in a file: three hours are two million of them."""

from __future__ import annotations

import os
import tempfile
import threading
import weakref
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import overload

_CHUNK = 1 << 14
"""Numbers read at once."""
_SIZE = 4
"""Bytes of one."""


class _Shelf:
    """The file, for all that look at it; closed when none does any more."""

    def __init__(self, folder: Path | None) -> None:
        self.file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - lives as long as this object
        self.lock = threading.Lock()
        weakref.finalize(self, self.file.close)

    def write(self, place: int, values: array[float]) -> None:
        with self.lock:
            self.file.seek(place * _SIZE)
            self.file.write(values.tobytes())

    def read(self, place: int, count: int) -> array[float]:
        found = array("f")
        with self.lock:
            self.file.seek(place * _SIZE)
            found.frombytes(self.file.read(count * _SIZE))
        return found


class Windows:
    """Floats by window, written at any place and read in order or by window. Several threads may share them.

    The file has no name, and goes with the object.
    """

    def __init__(self, values: Iterable[float] = (), folder: Path | None = None) -> None:
        """`folder` is where there is room for the file; the system's place for such files if None."""
        self._shelf = _Shelf(folder)
        self._head = 0
        self._near = (0, array("f"))
        """Where what was read last starts in the file, and that."""
        self.write(0, array("f", values))

    def write(self, at: int, values: array[float]) -> None:
        """Put floats at a window and those after it."""
        self._shelf.write(self._head + at, values)
        self._near = (0, array("f"))

    def without_head(self, count: int) -> Windows:
        """The same from a window on, in the same file."""
        rest = object.__new__(Windows)
        rest._shelf, rest._head, rest._near = self._shelf, self._head + count, (0, array("f"))
        return rest

    def __len__(self) -> int:
        return os.fstat(self._shelf.file.fileno()).st_size // _SIZE - self._head

    def __iter__(self) -> Iterator[float]:
        at = 0
        while chunk := self[at : at + _CHUNK]:
            yield from chunk
            at += _CHUNK

    @overload
    def __getitem__(self, which: int) -> float: ...
    @overload
    def __getitem__(self, which: slice) -> array[float]: ...
    def __getitem__(self, which: int | slice) -> float | array[float]:
        if isinstance(which, slice):
            start, stop, _ = which.indices(len(self))
            return self._shelf.read(self._head + start, max(0, stop - start))
        place = self._head + which
        start, near = self._near
        if not start <= place < start + len(near):
            start, near = self._near = (place, self._shelf.read(place, _CHUNK))
        return near[place - start]
