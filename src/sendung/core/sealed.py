"""What this machine keeps of an earlier run, and believes only if it is whole, its own, and of the same program."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from functools import cache
from pathlib import Path

from sendung.core.atomic_write import write_whole
from sendung.core.version import __version__


def read_sealed(path: Path, purpose: str) -> bytes | None:
    """What `keep_sealed` wrote there for the same purpose; None if nothing did, or if it is damaged or another's.

    `purpose` names all that it was made for and from: another store, show or setting has another one.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return None
    seal, _, kept = data.partition(b"\n")
    return kept if seal == _seal(kept, purpose) else None


def keep_sealed(path: Path, purpose: str, data: bytes) -> None:
    """Keep something for later runs, for nobody but this user; it is there whole or not at all.

    A folder that cannot be written to costs time, nothing else.
    """
    with contextlib.suppress(OSError):
        write_whole(path, _seal(data, purpose) + b"\n" + data)


def _seal(data: bytes, purpose: str) -> bytes:
    return hashlib.sha256(b"\0".join((program_mark().encode(), purpose.encode(), data))).hexdigest().encode()


@cache
def program_mark() -> str:
    """Hexadecimal: another one for any other version of this program, also one that a developer has just edited."""
    root = Path(__file__).parents[1]
    files = sorted(_looks(str(root)))
    return hashlib.sha256("\n".join((__version__, sys.version, *files)).encode()).hexdigest()


def _looks(folder: str) -> list[str]:
    looks = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                looks += _looks(entry.path) if entry.name != "__pycache__" else []
            else:
                stat = entry.stat()
                looks.append(f"{entry.path} {stat.st_size} {stat.st_mtime_ns}")
    return looks
