"""Hearing of files that change."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import watchfiles

from sendung.config.show import ShowConfig

_QUIET_MS = 100
"""After this long without a further change, what has changed is told."""
_LONGEST_MS = 1600
"""A file that is being written without a pause is told of after this long, and again."""


def folders_of(config: ShowConfig, drafts: Iterable[Path]) -> frozenset[Path]:
    """The folders whose files a preview is made of: the show's, its templates', the drafts', the one for new drafts."""
    files = (config.cover, config.intro, config.outro, config.logo, *config.portraits.values())
    named = [path.parent for path in files if path]
    trees = [config.folder / "templates", *drafts]
    folders = [config.folder, config.folder / "episodes", *named, *trees]
    folders += [path for tree in trees for path in tree.rglob("*")]
    return frozenset(path for path in folders if path.is_dir())


@contextmanager
def watching(folders: Iterable[Path]) -> Iterator[Callable[[], frozenset[Path]]]:
    """Watch some folders, not those below them. The function waits, and returns the paths that have changed.

    Nothing that changes after the context was entered is missed, however late the function is called. Where the
    system cannot tell (too many watches, some file servers), the folders are looked at three times a second.
    """
    heard: queue.SimpleQueue[frozenset[Path]] = queue.SimpleQueue()
    gate = _Gate()
    thread = threading.Thread(target=_listen, args=(tuple(folders), gate, heard), daemon=True)
    thread.start()
    gate.open.wait()
    try:
        yield heard.get
    finally:
        gate.shut.set()
        thread.join()


class _Gate:
    """The stop event of a watch, which is asked for the first time when the watch has begun."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.shut = threading.Event()

    def is_set(self) -> bool:
        self.open.set()
        return self.shut.is_set()


def _listen(folders: tuple[Path, ...], gate: _Gate, heard: queue.SimpleQueue[frozenset[Path]]) -> None:
    try:
        _watch(folders, gate, heard, polling=None)
    except OSError:
        _watch(folders, gate, heard, polling=True)


def _watch(
    folders: tuple[Path, ...], gate: _Gate, heard: queue.SimpleQueue[frozenset[Path]], *, polling: bool | None
) -> None:
    changes = watchfiles.watch(
        *folders,
        debounce=_LONGEST_MS,
        step=_QUIET_MS,
        stop_event=gate,
        force_polling=polling,
        recursive=False,
        ignore_permission_denied=True,
    )
    for change in changes:
        heard.put(frozenset(Path(path) for _, path in change))
