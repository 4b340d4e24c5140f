"""Flow: what was published, how the drafts stand to it, and how to go back."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sendung.config.episode import find_drafts, load_draft
from sendung.config.show import ShowConfig
from sendung.core.concurrency import each
from sendung.core.errors import SendungError
from sendung.records import EpisodeRecord, Revision, Standing
from sendung.records.reader import Archive, Reader
from sendung.store.interface import Store
from sendung.workflows.context import Desk
from sendung.workflows.drafts.state import stand_draft, stand_show


class State(StrEnum):
    """How an episode stands, as a host sees it."""

    NEW = "new"
    EDITED = "edited"
    STALE = "stale"
    PUBLISHED = "published"
    SCHEDULED = "scheduled"
    WITHDRAWN = "withdrawn"
    BROKEN = "broken"
    """The draft cannot be read; `sendung check` says why."""
    NO_DRAFT = "no draft here"


@dataclass(frozen=True)
class Line:
    """One episode beside what is published of it."""

    slug: str
    state: State
    title: str
    published: EpisodeRecord | None
    since: tuple[Revision, ...] = ()
    """What was published since, of a draft that is stale."""


def read_status(show: ShowConfig, store: Store, desk: Desk) -> list[Line]:
    """Every draft beside what is published, and what is published without a draft here. Raises StoreError."""
    reader = Reader(store, desk.cache)
    archive = reader.archive()
    lines = _lines(show, stand_show(show, archive, reader, meant=True).guid, archive, reader, desk)
    seen = {line.published.episode.guid for line in lines if line.published}
    lines += [
        Line(record.episode.slug, State.WITHDRAWN if record.withdrawn else State.NO_DRAFT, record.episode.title, record)
        for record in archive.episodes.values()
        if record.episode.guid not in seen
    ]
    return lines


@dataclass(frozen=True)
class Pending:
    """What a publish would take up."""

    episodes: tuple[Line, ...]
    """The drafts that are new, edited, or broken."""
    show: bool
    """Whether show.yaml is new or edited."""


def read_pending(show: ShowConfig, store: Store, desk: Desk) -> Pending:
    """What is new or edited since it was published. Raises StoreError, ConfigError."""
    reader = Reader(store, desk.cache)
    archive = reader.archive()
    standing = stand_show(show, archive, reader, meant=False)
    return Pending(tuple(pending_drafts(show, standing.guid, archive, reader, desk)), standing.due)


def pending_drafts(show: ShowConfig, guid: str, archive: Archive, reader: Reader, desk: Desk) -> list[Line]:
    """The drafts of a show (with this GUID) that are new, edited, or broken."""
    taken = {State.NEW, State.EDITED, State.BROKEN}
    return [line for line in _lines(show, guid, archive, reader, desk) if line.state in taken]


def _lines(show: ShowConfig, guid: str, archive: Archive, reader: Reader, desk: Desk) -> list[Line]:
    return each(
        lambda folder: _line(folder, show, guid, archive, reader, desk.clock()), find_drafts(show), os.cpu_count() or 1
    )


def _line(folder: Path, show: ShowConfig, guid: str, archive: Archive, reader: Reader, now: datetime) -> Line:
    try:
        draft = load_draft(folder, show)
        one = stand_draft(draft, guid, archive, reader, meant=False)
    except SendungError:
        return Line(folder.name, State.BROKEN, "", archive.by_slug.get(folder.name))
    title = draft.title or (one.published.episode.title if one.published else "")
    return Line(draft.slug, _state(one.standing, one.published, now), title, one.published, one.since)


def _state(standing: Standing, published: EpisodeRecord | None, now: datetime) -> State:
    if standing is not Standing.UNCHANGED or published is None:
        return State(standing.value)
    if published.withdrawn:
        return State.WITHDRAWN
    return State.PUBLISHED if published.public(now) else State.SCHEDULED
