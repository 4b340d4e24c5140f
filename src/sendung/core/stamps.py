"""How files and folders look, without reading them: whether anything in them may have changed."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable
from pathlib import Path

from sendung.core.file_digests import SETTLED_NS


class _Unsure(Exception):
    """Something is neither a file nor a folder."""


def stamp_of(folder: Path) -> str:
    """Stands for all files in and below a folder: another one where any of them may have changed (hexadecimal).

    Empty where that cannot be told: a link leads elsewhere, or something changed within the last two seconds.
    """
    looks: list[str] = []
    try:
        newest = max(_look(str(folder), "", looks), _changed(os.lstat(folder), looks, ""))
    except (OSError, _Unsure):
        return ""
    return _stamp(looks, newest)


def stamp_of_files(paths: Iterable[Path]) -> str:
    """The same for some files, each of them there or not; links are followed."""
    looks: list[str] = []
    newest = 0
    for path in dict.fromkeys(paths):
        try:
            newest = max(newest, _changed(path.stat(), looks, str(path)))
        except FileNotFoundError:
            looks.append("\0" + str(path))  # no path has that, so it stands for one that is not there
        except (OSError, _Unsure):
            return ""
    return _stamp(looks, newest)


def _stamp(looks: list[str], newest: int) -> str:
    # What changed a moment ago could change again without its times telling: see `file_digests.Memory`.
    if time.time_ns() - newest <= SETTLED_NS:
        return ""
    return hashlib.sha256("\n".join(sorted(looks)).encode("utf-8", "surrogateescape")).hexdigest()


def _look(folder: str, base: str, looks: list[str]) -> int:
    """Note how everything in a folder looks; when any of it changed last, in nanoseconds."""
    newest = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            known, name = entry.stat(follow_symlinks=False), f"{base}{entry.name}"
            if stat.S_ISDIR(known.st_mode):
                newest = max(newest, _look(entry.path, f"{name}/", looks))
            newest = max(newest, _changed(known, looks, name))
    return newest


def _changed(known: os.stat_result, looks: list[str], name: str) -> int:
    if not (stat.S_ISREG(known.st_mode) or stat.S_ISDIR(known.st_mode)):
        raise _Unsure
    numbers = (known.st_dev, known.st_ino, known.st_mode, known.st_size, known.st_mtime_ns, known.st_ctime_ns)
    looks.append(f"{name} {numbers}")
    return max(known.st_mtime_ns, known.st_ctime_ns)
