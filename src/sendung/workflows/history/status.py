"""How every draft stands to what is published, and what is published without a draft here."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sendung.config.episode import find_drafts, load_draft
from sendung.config.show import ShowConfig
from sendung.core.concurrency import each
from sendung.core.errors import SendungError
from sendung.records import EpisodeRecord, Revision, Status
from sendung.records.reader import Archive
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.compare import Comparison, state_of_show
from sendung.workflows.drafts.seen import SeenDrafts
from sendung.workflows.drafts.state import State
from sendung.workflows.publish.due import listed


@dataclass(frozen=True)
class StatusRow:
    """One episode beside what is published of it."""

    slug: str
    state: Status
    title: str
    published: EpisodeRecord | None
    since: tuple[Revision, ...] = ()
    """What was published since, of a draft that is stale."""
    comes: datetime | None = None
    """When it becomes visible, or should have; None of what is visible, or is not recorded."""


def read_status(config: ShowConfig, run: RunContext) -> list[StatusRow]:
    """Every draft beside what is published, and what is published without a draft here. Raises StoreError."""
    return status_in(run.reader.archive(), config, run)


def status_in(archive: Archive, config: ShowConfig, run: RunContext) -> list[StatusRow]:
    """The same beside an archive that was read already. Raises StoreError."""
    lines = _lines(config, state_of_show(config, archive, run).guid, archive, run)
    seen = {line.published.episode.guid for line in lines if line.published}
    unseen = [record for record in archive.episodes.values() if record.episode.guid not in seen]
    overdue = _overdue(archive, run)
    now = run.clock()
    return [_timed(line, overdue, now) for line in (*lines, *map(_without_draft, unseen))]


def _overdue(archive: Archive, run: RunContext) -> frozenset[str]:
    """The GUIDs of episodes whose date has come, and which the stored feed does not list."""
    now = run.clock()
    came = {
        guid
        for guid, record in archive.episodes.items()
        if record.released(now) and record.at < record.episode.date and now - record.episode.date < _LATELY
    }
    return frozenset(came - listed(run.store)) if came else frozenset()


def _timed(line: StatusRow, overdue: frozenset[str], now: datetime) -> StatusRow:
    record = line.published
    if record is None or record.withdrawn:
        return line
    late = record.episode.guid in overdue
    state = Status.DUE if late and line.state in _AS_PUBLISHED else line.state
    return replace(line, state=state, comes=record.episode.date if late or not record.released(now) else None)


_AS_PUBLISHED = (Status.PUBLISHED, Status.NO_DRAFT)
_LATELY = timedelta(days=31)
"""Whatever came earlier has become visible with something that was published since."""


@dataclass(frozen=True)
class Pending:
    """What a publish would take up."""

    episodes: tuple[StatusRow, ...]
    """The drafts that are new, edited, or broken."""
    show: bool
    """Whether show.yaml is new or edited."""


def read_pending(config: ShowConfig, archive: Archive, run: RunContext) -> Pending:
    """What is new or edited since it was published. Raises StoreError, ConfigError."""
    state = state_of_show(config, archive, run)
    wanted = {Status.NEW, Status.EDITED, Status.BROKEN}
    lines = (line for line in _lines(config, state.guid, archive, run) if line.state in wanted)
    return Pending(tuple(lines), state.due)


def _lines(config: ShowConfig, guid: str, archive: Archive, run: RunContext) -> list[StatusRow]:
    """Every draft beside what is published; those that did not change since they were looked at last are not read."""
    comparison, seen = Comparison(config, guid, archive, run), SeenDrafts(config, run)
    folders, now = find_drafts(config), run.clock()
    lines = {folder: line for folder in folders if (line := _seen_line(folder, seen, archive, now))}
    unread = [folder for folder in folders if folder not in lines]
    read = each(lambda folder: _line(folder, comparison, seen, now), unread, os.cpu_count() or 1)
    seen.keep()
    lines |= zip(unread, read, strict=True)
    return [lines[folder] for folder in folders]


def _seen_line(folder: Path, seen: SeenDrafts, archive: Archive, now: datetime) -> StatusRow | None:
    state = seen.state_of(folder, archive) if seen.looks_same(folder) else None
    if state is None or state.published is None:
        return None
    title = seen.title(folder) or state.published.episode.title
    return StatusRow(folder.name, _seen_status(state, now), title, state.published)


def _line(folder: Path, comparison: Comparison, seen: SeenDrafts, now: datetime) -> StatusRow:
    try:
        draft = load_draft(folder, comparison.config)
        state = comparison.state_of(draft)
        seen.note(draft, state, comparison.archive)
    except SendungError:
        return StatusRow(folder.name, Status.BROKEN, "", comparison.archive.by_slug.get(folder.name))
    published = state.published
    title = draft.title or (published.episode.title if published else "")
    return StatusRow(draft.slug, _seen_status(state, now), title, published, state.since)


def _without_draft(record: EpisodeRecord) -> StatusRow:
    status = Status.WITHDRAWN if record.withdrawn else Status.NO_DRAFT
    return StatusRow(record.episode.slug, status, record.episode.title, record)


def _seen_status(state: State[EpisodeRecord], now: datetime) -> Status:
    """How a draft stands; of one that is as published, what the public sees of it."""
    published = state.published
    if state.status is not Status.UNCHANGED or published is None:
        return state.status
    if published.withdrawn:
        return Status.WITHDRAWN
    return Status.PUBLISHED if published.released(now) else Status.SCHEDULED
