"""Copy parts of files without holding them in memory."""

from __future__ import annotations

from typing import BinaryIO

_BLOCK = 1024 * 1024


def copy_range(source: BinaryIO, target: BinaryIO, start: int, end: int) -> None:
    """Append bytes `start` to `end` of the source to the target, as far as there are any."""
    source.seek(start)
    left = end - start
    while left > 0 and (block := source.read(min(_BLOCK, left))):
        target.write(block)
        left -= len(block)
