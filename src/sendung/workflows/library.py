"""What other programs may use, with the names and parameters that docs/library.md promises."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sendung.config.episode import find_drafts
from sendung.config.show import ShowConfig
from sendung.core.progress import Progress, Silent
from sendung.net import NetPolicy
from sendung.records import EpisodeRecord
from sendung.records.reader import Archive
from sendung.store.interface import Store
from sendung.workflows.context import RunContext
from sendung.workflows.history import rollback, status
from sendung.workflows.publish import flow
from sendung.workflows.publish.overrides import resolve_overrides
from sendung.workflows.publish.result import Outcome


@dataclass(frozen=True)
class Desk:
    """Who publishes, by which clock, and where this machine keeps its caches."""

    by: str
    clock: Callable[[], datetime]
    """Aware times. Asked again at each step, for mastering takes minutes."""
    cache: Path
    templates: Path | None = None
    """A folder with page templates, in place of `templates/` beside show.yaml."""
    announces: bool = False
    """Whether hubs that show.yaml names hear of a new feed."""
    policy: NetPolicy | None = None
    """How to reach the articles' pages; None: not at all, unless show.yaml has `fetch_articles: true`."""

    def run(self, store: Store, progress: Progress | None = None, override: Collection[str] = ()) -> RunContext:
        """One run on a store."""
        return RunContext(
            store=store,
            by=self.by,
            clock=self.clock,
            cache=self.cache,
            progress=progress or Silent(),
            overrides=frozenset(override),
            templates=self.templates,
            announces=self.announces,
            policy=self.policy,
        )


def publish(  # noqa: PLR0913  docs/library.md promises them
    folders: Sequence[Path],
    show: ShowConfig,
    store: Store,
    desk: Desk,
    progress: Progress,
    *,
    approve: flow.Approve = flow.PublishOptions.approve,
    remaster: bool = False,
    override: Collection[str] = (),
) -> Outcome:
    """Publish episodes, and the show where show.yaml was edited. Safe to run again after any failure.

    The show's templates and `fetch_articles` in show.yaml count, as they do for the commands. Nothing is sent before
    every draft is read, checked and mastered; if one of them is wrong, nothing is sent at all, and the outcome says
    what is wrong with each; of several, one that cannot be mastered stays behind. `approve` sees what is ready before
    the first byte is sent, and may raise to stop. `remaster` publishes unchanged drafts again, as the show's audio
    settings are now. `override` names the slugs (and "show" for show.yaml) that are published although they take back
    changes of the other host, or change the date of a public episode. Raises UsageError for one that is nobody's;
    SendungError for what concerns the show or the store as a whole.
    """
    options = flow.PublishOptions(remaster=remaster, approve=approve)
    config = replace(show, templates=desk.templates) if desk.templates else show
    policy = desk.policy or (NetPolicy() if show.file.fetch_articles else None)
    own = replace(desk, templates=config.templates, policy=policy)
    drafts = [folder.name for folder in (*folders, *find_drafts(config))]
    return flow.publish(folders, config, resolve_overrides(own.run(store, progress, override), drafts), options)


def publish_due(store: Store, desk: Desk, progress: Progress, *, override: Collection[str] = ()) -> Archive:
    """Make visible what was recorded before, and whose date has come. Needs no draft, on any machine; safe to repeat.

    It also finishes what an interrupted publish left. Raises UsageError for an `override` that is nobody's;
    SendungError.
    """
    refreshed = flow.show_due(resolve_overrides(desk.run(store, progress, override)))
    if refreshed.error:
        raise refreshed.error
    return refreshed.archive


def read_status(show: ShowConfig, store: Store, desk: Desk) -> list[status.StatusRow]:
    """Every draft beside what is published, and what is published without a draft here. Raises StoreError."""
    return status.read_status(show, desk.run(store))


def roll_back(name: str, number: int | None, store: Store, desk: Desk, progress: Progress) -> EpisodeRecord:
    """Publish an earlier revision of an episode again, as a new one: the one before, if no number is given.

    Raises UsageError if there is none, ConflictError if its files were deleted or the other host was first.
    """
    return rollback.roll_back(name, number, desk.run(store, progress))


def withdraw(name: str, store: Store, desk: Desk, progress: Progress, *, delete_audio: bool) -> EpisodeRecord:
    """Take an episode out of feed and pages, by a new revision; its address says so from then on.

    `delete_audio` also deletes the audio of all its revisions, which can then never come back. Raises UsageError if
    there is none, ConflictError if the other host was first.
    """
    return rollback.withdraw(name, desk.run(store, progress), delete_audio=delete_audio)
