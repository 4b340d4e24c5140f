"""The flow: make a preview, show it, wait for a file to change, and again."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from sendung.config.episode import find_drafts
from sendung.config.show import ShowConfig, load_show
from sendung.core.errors import ConfigError, Problem, SendungError, Severity, StoreError, UsageError
from sendung.core.progress import Progress
from sendung.core.words import say
from sendung.records.reader import Archive
from sendung.store import DirectoryStore, Store
from sendung.workflows.context import RunContext
from sendung.workflows.history.status import read_pending
from sendung.workflows.preview.build import BuiltPreview, PreviewContext, make, sweep
from sendung.workflows.preview.server import Published, site
from sendung.workflows.preview.state import PreviewProgress, PreviewState
from sendung.workflows.preview.watch import folders_of, watching
from sendung.workflows.serve import listen

_NOTHING = Archive({}, None, {})
_PATIENCE_S = 3
"""How long the end of the preview waits for answers that are under way."""


class Audience(Protocol):
    """Whoever is told what becomes of the preview."""

    def listening(self, address: str) -> None:
        """The browser may ask, at "http://127.0.0.1:8010/"."""

    def shown(self, preview: BuiltPreview, changed: frozenset[Path]) -> None:
        """There is a new preview; `changed` are the paths that made it necessary, none for the first one."""

    def failed(self, error: SendungError, changed: frozenset[Path]) -> None:
        """Nothing can be shown, until what is wrong is mended."""


@dataclass(frozen=True)
class PreviewSource:
    """What is previewed: some drafts of a show, beside what is published."""

    config: ShowConfig
    folders: Sequence[Path]
    """The drafts; none: all that are new or edited, also those that are begun meanwhile."""
    open_store: Callable[[], Store] | None
    """Opens the store in which the published episodes are read; None: do without them."""
    run_of: Callable[[ShowConfig, Store], RunContext]


def preview(source: PreviewSource, port: int, audience: Audience, progress: Progress) -> None:
    """Show drafts on localhost until KeyboardInterrupt, which is raised.

    The store is only read, once; where that fails, the drafts are shown without what is published. Raises UsageError
    if there is no draft to show, or the port is taken.
    """
    with tempfile.TemporaryDirectory(prefix="sendung-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        run, archive, remarks = _read_store(source, folder)
        drafts = list(source.folders) or _choose(source.config, archive, run)
        board = PreviewState(int(run.moment().timestamp()))
        with _serving(board, Published(run.store, archive, folder), source.config, port) as address:
            audience.listening(address)
            context = PreviewContext(run, archive, folder, address.rstrip("/"))
            _Round(source, source.config, drafts, context, remarks, board, audience, progress).go_on()


def _read_store(source: PreviewSource, folder: Path) -> tuple[RunContext, Archive, tuple[Problem, ...]]:
    """A run on the store, what is published in it, and a warning if that cannot be read."""
    offline = source.run_of(source.config, DirectoryStore(folder / "offline"))
    if source.open_store is None:
        return offline, _NOTHING, ()
    try:
        run = source.run_of(source.config, source.open_store())
        return run, run.reader.archive(), ()
    except StoreError as error:
        message = "What is published cannot be read, so the drafts are shown without it."
        reasons = [replace(problem, severity=Severity.WARNING) for problem in error.problems]
        return offline, _NOTHING, (Problem(message, severity=Severity.WARNING), *reasons)


def _choose(config: ShowConfig, archive: Archive, run: RunContext) -> list[Path]:
    """The drafts that are new or edited, or have mistakes. Raises UsageError if there are none."""
    due = {line.slug for line in read_pending(config, archive, run).episodes}
    drafts = find_drafts(config)
    chosen = [folder for folder in drafts if folder.name in due]
    if not chosen:
        have = ", ".join(folder.name for folder in drafts)
        hint = say("Name the episode to look at: {have}.", have=have) if have else "Begin one with sendung new."
        raise UsageError("There is no draft that is new or edited.", hint)
    return chosen


@contextmanager
def _serving(board: PreviewState, published: Published, config: ShowConfig, port: int) -> Iterator[str]:
    """Answer the browser from another thread, so that Ctrl-C ends what is being made, at once."""
    listening = listen(site(board, published, config.folder), port)
    thread = threading.Thread(target=listening.run, daemon=True)
    thread.start()
    try:
        yield listening.address
    finally:
        board.closed.set()
        listening.server.should_exit = True
        thread.join(_PATIENCE_S)


@dataclass
class _Round:
    """Make, show, wait; and again."""

    source: PreviewSource
    config: ShowConfig
    drafts: list[Path]
    context: PreviewContext
    remarks: tuple[Problem, ...]
    """What is said of every preview."""
    board: PreviewState
    audience: Audience
    progress: Progress
    fault: SendungError | None = None
    """What is wrong with show.yaml."""

    def go_on(self) -> None:
        """Until KeyboardInterrupt. Files are read after their watch has begun, so no save is missed."""
        changed: frozenset[Path] = frozenset()
        while True:
            watched = self._watched()
            with watching(watched) as wait:
                self._reload()
                while watched == self._watched():
                    self._make(changed)
                    changed = wait()
                    self._reload(changed)

    def _watched(self) -> frozenset[Path]:
        drafts = self.drafts if self.source.folders else (self.config.folder / "episodes").glob("*")
        return folders_of(self.config, drafts)

    def _reload(self, changed: frozenset[Path] = frozenset()) -> None:
        """Read show.yaml, and see which drafts there are."""
        self.fault = None
        try:
            self.config = load_show(self.config.folder)
        except ConfigError as error:
            self.fault = error
        if not self.source.folders:
            self.drafts = [
                folder for folder in find_drafts(self.config) if folder in self.drafts or _below(folder, changed)
            ]

    def _make(self, changed: frozenset[Path]) -> None:
        progress = PreviewProgress(self.board, self.progress)
        self.board.say("Making the preview")
        run = replace(self.source.run_of(self.config, self.context.run.store), progress=progress)
        context = replace(self.context, run=run)
        try:
            if self.fault:
                raise self.fault
            built = make(self.drafts, self.config, context)
        except SendungError as error:
            self.board.show(None, error.problems)
            self.audience.failed(error, changed)
            return
        built = replace(built, remarks=(*self.remarks, *built.remarks, *progress.warnings))
        self.board.show(built)
        sweep(built, context.folder)
        self.audience.shown(built, changed)


def _below(folder: Path, paths: frozenset[Path]) -> bool:
    return any(path.is_relative_to(folder) for path in paths)
