"""Episodes that become visible when their date has come, and whether anything runs `publish --due` for that.

A small object in the store says when it ran last, and by whom, so that every machine of the show can see it. It is
written at most once an hour: a cron that finds nothing to do sends nothing.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from sendung.core.concurrency import each
from sendung.core.errors import ObjectChanged, SendungError
from sendung.core.model import Episode
from sendung.feed import FEED_KEY, is_further_page
from sendung.records import Status
from sendung.records.reader import PRIVATE, Archive
from sendung.store.interface import Store, Stored
from sendung.store.reading import read_or_none
from sendung.workflows.context import RunContext
from sendung.workflows.publish.flow import show_due
from sendung.workflows.publish.guard import read_feed
from sendung.workflows.publish.result import EpisodeResult, Outcome

DUE_KEY = "state/due.json"
_SELDOM = timedelta(hours=1)
_READERS = 8


class DueRun(BaseModel):
    """A run of `publish --due`."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    by: str


@dataclass(frozen=True)
class DueOutcome:
    """What a run of `publish --due` did."""

    archive: Archive
    visible: tuple[Episode, ...]
    """The episodes that the feed did not list before, oldest first."""
    held: SendungError | None = None
    """What the guard holds back; all else is public."""

    @property
    def outcome(self) -> Outcome:
        """The same as of a publish of the episodes that became visible; their folders are names alone."""
        results = [
            EpisodeResult(Path(episode.slug), Status.PUBLISHED, episode.guid, episode) for episode in self.visible
        ]
        return Outcome(self.archive.show.show if self.archive.show else None, tuple(results), self.held)


def run_due(run: RunContext) -> DueOutcome:
    """Make visible what was recorded before, and whose date has come, and have the store remember that this ran.

    Raises SendungError.
    """
    before, written = _FeedBefore(run.store), len(run.store.writes)
    refreshed, now = show_due(run), run.clock()
    shown = list[Episode]()
    if len(run.store.writes) > written:
        unseen = {*refreshed.archive.episodes} - before.listed() - {*refreshed.held}
        episodes = refreshed.archive.episodes.items()
        public = [record for guid, record in episodes if guid in unseen and record.public(now)]
        shown = sorted((record.episode for record in public), key=lambda episode: episode.date)
    _remember(run)
    return DueOutcome(refreshed.archive, tuple(shown), refreshed.error)


def last_due(store: Store) -> DueRun | None:
    """When `publish --due` ran last, to the hour; None if it never did. Raises StoreError."""
    return _parse(read_or_none(store, DUE_KEY))


def _parse(stored: Stored | None) -> DueRun | None:
    with contextlib.suppress(ValidationError):
        return DueRun.model_validate_json(stored.data) if stored else None
    return None


def listed(store: Store) -> frozenset[str]:
    """The GUIDs in the stored feed and on its further pages: what the public can see. Raises StoreError."""
    return _FeedBefore(store).listed()


class _FeedBefore:
    """The feed and its further pages as they are stored; read at once, and understood when that is asked for."""

    def __init__(self, store: Store) -> None:
        newest = read_or_none(store, FEED_KEY)
        paged = newest is not None and b"/feed/" in newest.data  # else a listing would be for nothing
        keys = [stat.key for stat in store.list("feed/") if is_further_page(stat.key)] if paged else []
        self._pages = [page for page in [newest, *each(lambda key: read_or_none(store, key), keys, _READERS)] if page]

    def listed(self) -> frozenset[str]:
        """The GUIDs in them."""
        return frozenset(guid for page in self._pages for guid in read_feed(page.data).items)


def _remember(run: RunContext) -> None:
    stored, now = read_or_none(run.store, DUE_KEY), run.moment()
    last = _parse(stored)
    if last and abs(now - last.at) < _SELDOM:
        return
    data = DueRun(at=now, by=run.by).model_dump_json().encode()
    with contextlib.suppress(ObjectChanged):  # another machine ran it at the same time, and says so
        run.store.replace(DUE_KEY, data, PRIVATE, stored.version if stored else None)
