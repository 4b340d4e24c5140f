"""What this machine keeps of an earlier run, and believes only if it is whole, its own, and of the same program."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import sys
import sysconfig
from functools import cache
from pathlib import Path
from typing import Any

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


class _ProblemUnpickler(pickle.Unpickler):
    """Makes nothing but what errors and their sentences consist of."""

    def find_class(self, module: str, name: str) -> Any:
        """As pickle asks for it. Raises UnpicklingError for everything else."""
        if module not in _PLAIN:
            raise pickle.UnpicklingError(module)
        return super().find_class(module, name)


_PLAIN = ("sendung.core.errors", "sendung.core.words", "sendung.core.addresses", "pathlib", "datetime")


def pack(problems: object) -> bytes:
    """Errors and problems as bytes, each with what it takes to be told in another language."""
    return pickle.dumps(problems)


def unpack(data: bytes) -> Any:
    """What was packed; None if there is anything else in it."""
    try:
        return _ProblemUnpickler(io.BytesIO(data)).load()
    except Exception:  # noqa: BLE001 - pickle raises what it likes
        return None


def _seal(data: bytes, purpose: str) -> bytes:
    return hashlib.sha256(b"\0".join((program_mark().encode(), purpose.encode(), data))).hexdigest().encode()


@cache
def program_mark() -> str:
    """Hexadecimal: another one for any other version of this program, also one that a developer has just edited.

    Where anything is installed beside it, the folder that packages are in changes.
    """
    files = sorted(_looks(str(Path(__file__).parents[1])))
    beside = str(Path(sysconfig.get_path("purelib")).stat().st_mtime_ns)
    return hashlib.sha256("\n".join((__version__, sys.version, beside, *files)).encode()).hexdigest()


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
