"""Where half-made files are kept: a folder in the cache that goes with the process, however that ends."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

_PREFIX = "making-"


@contextmanager
def scratch_in(cache: Path) -> Iterator[Path]:
    """A folder for this run, removed at its end; those that killed runs left are removed first. Raises OSError."""
    cache.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with _entering(cache):
            _sweep(cache)
            scratch = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=cache, ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(scratch)).absolute()
            _lock(stack.enter_context((folder / "lock").open("w")))
        yield folder


@contextmanager
def _entering(cache: Path) -> Iterator[None]:
    """Alone in a cache, of all threads and processes; else what another has made, and not locked yet, seems abandoned.

    Where directories cannot be locked, as on Windows and NFS, that moment is left to chance.
    """
    if sys.platform == "win32":
        yield
        return
    door = os.open(cache, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(door, fcntl.LOCK_EX)
        yield
    finally:
        os.close(door)


def _sweep(cache: Path) -> None:
    """Remove folders whose lock nobody holds: the system lets go of a lock when its process ends."""
    for path in cache.glob(f"{_PREFIX}*/lock"):
        try:
            with path.open("r+") as lock:
                abandoned = _lock(lock)
        except OSError:
            continue
        if abandoned:
            shutil.rmtree(path.parent, ignore_errors=True)


def _lock(file: IO[str]) -> bool:
    """Take the lock if it is free. Where there is none of this kind, nothing counts as abandoned."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
