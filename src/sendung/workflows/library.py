"""What other programs may use, with the names and parameters that docs/library.md promises."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from sendung.config.episode import find_drafts
from sendung.config.show import ShowConfig
from sendung.core.progress import Progress, Silent
from sendung.core.watched import Watched
from sendung.net import NetPolicy
from sendung.records import EpisodeRecord
from sendung.records.customers_key import CustomersKey
from sendung.store.interface import Store
from sendung.workflows.context import RunContext
from sendung.workflows.customers.key_file import read_key
from sendung.workflows.episode_values import EpisodeValues, laid_out, without_places
from sendung.workflows.history import rollback, status
from sendung.workflows.publish import flow
from sendung.workflows.publish.due import run_due
from sendung.workflows.publish.overrides import resolve_overrides
from sendung.workflows.publish.result import Outcome
from sendung.workflows.store_of import store_of

_SILENT = Silent()


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
    customers_key: CustomersKey | None = field(default=None, repr=False)
    """What makes customers' addresses; None: what they get is left as it is, and a warning says so."""

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
            customers_key=self.customers_key,
        )


def open_store(show: ShowConfig) -> Store:
    """The store that show.yaml names: a directory or s3://bucket/prefix.

    Credentials come from boto3's usual chain. Raises ConfigError at the line of what cannot be opened, StoreError.
    """
    return store_of(show)


def desk_of(
    show: ShowConfig,
    by: str,
    cache: Path,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    customers_key: str = "",
) -> Desk:
    """A desk as the commands have it: with the show's templates, articles' pages and hubs as show.yaml says.

    `by` is who publishes, as records keep it; `cache` a folder for what can be made again. `customers_key` is what the
    commands find in SENDUNG_CUSTOMERS_KEY: the customers' key or the file that it is in; empty: the file into which
    `customers key new` writes it. It is looked for only if show.yaml has customers. Raises UsageError for a key that is
    none, or that others can read.
    """
    policy = NetPolicy() if show.file.fetch_articles else None
    key = read_key(customers_key) if show.file.customers else None
    return Desk(by, clock, cache, templates=show.templates, announces=True, policy=policy, customers_key=key)


def publish(  # noqa: PLR0913  docs/library.md promises them
    episodes: Sequence[Path | EpisodeValues],
    show: ShowConfig,
    store: Store,
    desk: Desk,
    progress: Progress = _SILENT,
    *,
    approve: flow.Approve = flow.PublishOptions.approve,
    remaster: bool = False,
    override: Collection[str] = (),
    cancel: Event | None = None,
) -> Outcome:
    """Publish episodes, and the show where show.yaml was edited. Safe to run again after any failure.

    An episode is its folder, or its values. The show's templates and `fetch_articles` in show.yaml count, as they do
    for the commands. Nothing is sent before every draft is read, checked and mastered; if one of them is wrong,
    nothing is sent at all, and the outcome says what is wrong with each, and what was warned of; of several, one that
    cannot be mastered stays behind. `approve` sees what is ready before the first byte is sent, and may raise to
    stop. `remaster` publishes unchanged drafts again, as the show's audio settings are now. `override` names the
    slugs (and "show" for show.yaml) that are published although they take back changes of the other host, or change
    the date of a public episode. Raises UsageError for one that is nobody's; SendungError for what concerns the show
    or the store as a whole; Cancelled soon after `cancel` was set, from whichever thread: what was recorded by then
    is published by the next run.
    """
    options = flow.PublishOptions(remaster=remaster, approve=approve)
    config = replace(show, templates=desk.templates) if desk.templates else show
    policy = desk.policy or (NetPolicy() if show.file.fetch_articles else None)
    own = replace(desk, templates=config.templates, policy=policy)
    watched = Watched(progress, cancel)
    with ExitStack() as stack:
        place = desk.cache / "values" / hashlib.sha256(store.name.encode()).hexdigest()[:16]
        folders = [
            episode if isinstance(episode, Path) else stack.enter_context(laid_out(episode, place))
            for episode in episodes
        ]
        drafts = [folder.name for folder in (*folders, *find_drafts(config))]
        outcome = flow.publish(folders, config, resolve_overrides(own.run(store, watched, override), drafts), options)
    results = tuple(
        replace(result, error=without_places(result.error, result.folder))
        if result.error and result.folder.parent == place
        else result
        for result in outcome.episodes
    )
    return replace(outcome, episodes=results, warnings=tuple(watched.warnings))


def publish_due(
    store: Store,
    desk: Desk,
    progress: Progress = _SILENT,
    *,
    override: Collection[str] = (),
    cancel: Event | None = None,
) -> Outcome:
    """Make visible what was recorded before, and whose date has come. Needs no draft, on any machine; safe to repeat.

    The outcome has the episodes that became visible. It also finishes what an interrupted publish left, and has the
    store remember that it ran. Raises UsageError for an `override` that is nobody's; SendungError; Cancelled.
    """
    watched = Watched(progress, cancel)
    outcome = run_due(resolve_overrides(desk.run(store, watched, override))).outcome
    return replace(outcome, warnings=tuple(watched.warnings))


def read_status(show: ShowConfig, store: Store, desk: Desk) -> list[status.StatusRow]:
    """Every draft beside what is published, and what is published without a draft here. Raises StoreError."""
    return status.read_status(show, desk.run(store))


def roll_back(name: str, number: int | None, store: Store, desk: Desk, progress: Progress = _SILENT) -> EpisodeRecord:
    """Publish an earlier revision of an episode again, as a new one: the one before, if no number is given.

    Raises UsageError if there is none, ConflictError if its files were deleted or the other host was first.
    """
    return rollback.roll_back(name, number, desk.run(store, progress))


def withdraw(
    name: str, store: Store, desk: Desk, progress: Progress = _SILENT, *, delete_audio: bool = False
) -> EpisodeRecord:
    """Take an episode out of feed and pages, by a new revision; its address says so from then on.

    `delete_audio` also deletes the audio of all its revisions, which can then never come back. Raises UsageError if
    there is none, ConflictError if the other host was first.
    """
    return rollback.withdraw(name, desk.run(store, progress), delete_audio=delete_audio)
