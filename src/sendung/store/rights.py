"""Who may read the files of a directory store: web servers are other users of the machine."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from sendung.store.keys import PRIVATE

_FOLDER, _FILE = 0o555, 0o444


def is_private(key: str) -> bool:
    """Whether a key, or a folder's with a slash at its end, is none of the public's business."""
    return key.startswith(PRIVATE)


def let_read(file: int | Path) -> None:
    """Let everybody read a file or folder; some file systems know no rights."""
    with contextlib.suppress(OSError):
        mode = os.stat(file).st_mode  # noqa: PTH116 - it may be a descriptor
        os.chmod(file, stat.S_IMODE(mode) | _wanted(mode))  # noqa: PTH101


def unreadable(root: Path) -> dict[str, int]:
    """How many files and folders not everybody may read, by the name at the root that they are below; "." is the root.

    Earlier versions left them as the umask had it. Private folders are not looked into. Raises OSError.
    """
    closed: dict[str, int] = {}
    if _is_closed(root):
        closed["."] = 1
    for folder, folders, files in os.walk(root):
        way = Path(folder).relative_to(root).as_posix()
        if way == ".":
            folders[:] = sorted(name for name in folders if not is_private(f"{name}/"))
        for name in (*folders, *files):
            if _is_closed(Path(folder, name)):
                top = name if way == "." else way.partition("/")[0]
                closed[top] = closed.get(top, 0) + 1
    return closed


def _is_closed(path: Path) -> bool:
    mode = path.lstat().st_mode
    return not stat.S_ISLNK(mode) and mode & _wanted(mode) != _wanted(mode)


def _wanted(mode: int) -> int:
    return _FOLDER if stat.S_ISDIR(mode) else _FILE
