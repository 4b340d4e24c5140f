"""The boxes that an MP4 file is made of (ISO 14496-12, section 4.2): a size, a kind of four letters, a body."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from sendung.core.words import say


class BadBoxes(ValueError):
    """The file is not made of boxes as it should be."""


@dataclass(frozen=True)
class Mp4Span:
    """Where a box of a file is: its first byte, its body's, and the one behind it."""

    kind: bytes
    start: int
    body: int
    end: int


@dataclass(frozen=True)
class Mp4Box:
    """A box in memory."""

    kind: bytes
    body: bytes

    def children(self) -> list[Mp4Box]:
        """The boxes in its body. Raises BadBoxes."""
        return [Mp4Box(span.kind, self.body[span.body : span.end]) for span in _spans_of(self.body)]

    def find(self, *path: bytes) -> Mp4Box | None:
        """The first box at the end of a path of kinds, or None."""
        if not path:
            return self
        child = next((box for box in self.children() if box.kind == path[0]), None)
        return child.find(*path[1:]) if child else None

    def need(self, *path: bytes) -> Mp4Box:
        """As `find`; raises BadBoxes where there is none."""
        box = self.find(*path)
        if box is None:
            raise BadBoxes(say("it has no {path} box", path=b"/".join(path).decode("latin-1")))
        return box


def top_level(source: BinaryIO) -> Iterator[Mp4Span]:
    """The boxes of a file; their bodies are not read. Raises BadBoxes."""
    end = source.seek(0, 2)
    position = 0
    while position < end:
        source.seek(position)
        span = _span(source.read(16), position, end)
        yield span
        position = span.end


def read_box(source: BinaryIO, span: Mp4Span) -> Mp4Box:
    """One box of a file, whole."""
    source.seek(span.body)
    return Mp4Box(span.kind, source.read(span.end - span.body))


def _spans_of(data: bytes) -> Iterator[Mp4Span]:
    """The boxes in a body; QuickTime may end a list of them with zeros."""
    position = 0
    while position < len(data) and any(data[position : position + 8]):
        span = _span(data[position : position + 16], position, len(data))
        yield span
        position = span.end


def _span(head: bytes, start: int, limit: int) -> Mp4Span:
    if len(head) < 8:
        raise BadBoxes("it is cut off")
    size, kind = struct.unpack(">I4s", head[:8])
    body = start + 8
    if size == 1 and len(head) == 16:
        size, body = struct.unpack(">Q", head[8:])[0], start + 16
    end = limit if size == 0 else start + size
    if not body <= end <= limit:
        raise BadBoxes("it is damaged or cut off")
    return Mp4Span(kind, start, body, end)


_BLOCK = 1024 * 1024


def copy_range(source: BinaryIO, target: BinaryIO, start: int, end: int) -> None:
    """Append bytes `start` to `end` of the source to the target, as far as there are any."""
    source.seek(start)
    left = end - start
    while left > 0 and (block := source.read(min(_BLOCK, left))):
        target.write(block)
        left -= len(block)
