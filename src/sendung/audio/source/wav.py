"""What a WAV or AIFF file says of its samples, and what it holds of them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from sendung.core.errors import AudioError
from sendung.core.words import say

_NEAR = 1 << 13
"""Bytes around 2 GB and 4 GB in which a length is a stand-in: SoX writes 0x7ffff000, arecord 0x80000000, others
0xffffffff, some less their header, if they cannot go back to fill in the length."""
_WRAP = 1 << 32
"""Bytes after which a length of 32 bits begins again at zero: editors write what remains of longer recordings."""
_MORE = 1 << 24
"""Bytes behind a stand-in that are sound; less may be what an editor notes behind the samples."""


@dataclass(frozen=True)
class Samples:
    """The part of a file that holds its samples."""

    size: int
    """Bytes of them, as far as they are there."""
    known: bool
    """Whether the header says how many there are."""
    a_second: int
    """Bytes in a second, as a WAV header says; else 0."""
    beyond: bool = False
    """Whether there is more sound than the header can say."""


def samples_in(path: Path) -> Samples | None:
    """The samples of a WAV or AIFF file; None if it is of another kind. Raises AudioError if its end is missing."""
    with path.open("rb") as file:
        head = file.read(12)
        # RF64: EBU Tech 3306; BW64: ITU-R BS.2088.
        if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:] == b"WAVE":
            order, data = "<", b"data"
        elif head[:4] == b"FORM" and head[8:] in (b"AIFF", b"AIFC"):
            order, data = ">", b"SSND"
        else:
            return None
        size, wide, rate = path.stat().st_size, 0, 0
        while len(header := file.read(8)) == 8:
            name, length = struct.unpack(order + "4sI", header)
            here = file.tell()
            if name == b"ds64":
                wide = struct.unpack("<Q", file.read(24)[8:16])[0]
            if name == b"fmt ":
                rate = struct.unpack("<I", file.read(12)[8:])[0]
            if name == data:
                declared = wide if wide and length == 0xFFFFFFFF else length
                return _samples(path, declared, size - here, rate)
            file.seek(here + length + length % 2)
    return None


def _samples(path: Path, declared: int, there: int, rate: int) -> Samples:
    if there - declared >= (_MORE if _is_stand_in(declared) else _WRAP - _NEAR):
        return Samples(there, False, rate, beyond=True)
    if declared <= there and declared:
        return Samples(declared, True, rate)
    if declared and not _is_stand_in(declared):
        raise AudioError(
            say(
                "{name} is cut off: it says {declared} bytes of sound, {there} are there",
                name=path.name,
                declared=declared,
                there=there,
            ),
            "Copy it again from where it was recorded.",
        )
    return Samples(there, False, rate)


def _is_stand_in(declared: int) -> bool:
    return abs(declared - (1 << 31)) <= _NEAR or declared >= (1 << 32) - _NEAR
