"""The objects of a directory store, in the order of their keys."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

from sendung.store.interface import Stat, Version
from sendung.store.keys import HIDDEN, is_key


def version_of(known: os.stat_result) -> Version:
    """A file's version."""
    return Version(f"{known.st_ino:x}-{known.st_size:x}-{known.st_mtime_ns:x}")


def walk(folder: str, base: str, prefix: str) -> Iterator[Stat]:
    """The objects below a folder in byte order of their keys: a folder sorts as its name and a slash.

    There are tens of thousands of them, so paths are strings, and no generator is in another.
    """
    waiting = _entries(folder, base)
    while waiting:
        name, entry = waiting.pop()
        if name.endswith("/"):
            if name.startswith(prefix) or prefix.startswith(name):
                waiting += _entries(entry.path, name)
        elif name.startswith(prefix) and is_key(name):
            try:
                known = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            modified = datetime.fromtimestamp(known.st_mtime, UTC)
            yield Stat(name, known.st_size, version_of(known), modified=modified)


def _entries(folder: str, base: str) -> list[tuple[str, os.DirEntry[str]]]:
    """Names (folders end in a slash) and entries of a folder, the last in byte order first."""
    entries_by_name = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if base or entry.name != HIDDEN:
                        entries_by_name[f"{base}{entry.name}/"] = entry
                elif entry.is_file(follow_symlinks=False):
                    entries_by_name[f"{base}{entry.name}"] = entry
    except FileNotFoundError:
        return []
    return sorted(entries_by_name.items(), reverse=True)
