"""Numbers along a programme, kept in a file: in three hours there are two million windows of 5 ms."""

from __future__ import annotations

import os
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]

_CHUNK = 1 << 14
"""Numbers read at once."""
_SIZE = 4
"""Bytes of one."""


class _Shelf:
    """The file, for all that look at it; closed when none does any more."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - lives as long as this object
        self.lock = threading.Lock()
        weakref.finalize(self, self.file.close)

    def write(self, place: int, values: Floats) -> None:
        with self.lock:
            self.file.seek(place * _SIZE)
            self.file.write(values.tobytes())

    def read(self, place: int, count: int) -> Floats:
        with self.lock:
            self.file.seek(place * _SIZE)
            return np.frombuffer(self.file.read(count * _SIZE), np.float32)


class Series:
    """Floats by number, written at any place and read in stretches. Several threads may share them.

    The file has no name, and goes with the object.
    """

    def __init__(self, values: Sequence[float] | Floats = (), folder: Path | None = None) -> None:
        """`folder` is where there is room for the file; the system's place for such files if None."""
        self._shelf = _Shelf(folder)
        self._head = 0
        self.write(0, np.asarray(values, np.float32))

    def write(self, at: int, values: Floats) -> None:
        """Put floats at a number and those after it."""
        self._shelf.write(self._head + at, values)

    def without_head(self, count: int) -> Series:
        """The same from a number on, in the same file."""
        rest = object.__new__(Series)
        rest._shelf, rest._head = self._shelf, self._head + count
        return rest

    def another(self) -> Series:
        """An empty one, whose file lies where this one's does."""
        return Series(folder=self._shelf.folder)

    def mapped(self, change: Callable[[Floats], Floats]) -> Series:
        """Another, with what `change` makes of each stretch."""
        changed = self.another()
        for at, values in self.chunks():
            changed.write(at, change(values))
        return changed

    def __len__(self) -> int:
        return max(0, os.fstat(self._shelf.file.fileno()).st_size // _SIZE - self._head)

    def __getitem__(self, which: slice) -> Floats:
        start, stop, _ = which.indices(len(self))
        return self._shelf.read(self._head + start, max(0, stop - start))

    def chunks(self, size: int = _CHUNK, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, Floats]]:
        """All of them (or a stretch) in order, so many at once: the number of the first, and the floats."""
        end = len(self) if stop is None else min(stop, len(self))
        for at in range(start, end, size):
            yield at, self[at : min(at + size, end)]

    def highest(self) -> float:
        """The highest of all; 0 if there are none."""
        return max((float(chunk.max()) for _, chunk in self.chunks()), default=0.0)
