"""Flow: what was published, how the drafts stand to it, and how to go back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sendung import records
from sendung.config.episode import find_drafts, load_draft
from sendung.config.show import ShowConfig
from sendung.core.concurrency import each
from sendung.core.errors import ConflictError, SendungError, UsageError
from sendung.core.progress import Progress
from sendung.core.version import __version__
from sendung.desk import Desk
from sendung.records import EpisodeRecord, Record, Revision, ShowRecord, Standing
from sendung.records.reader import Archive, Reader, find, revision_of
from sendung.records.revision import assets_of
from sendung.refresh import refresh
from sendung.standing import describe, stand_draft, stand_show
from sendung.store.interface import Store


@dataclass(frozen=True)
class Entry(Revision):
    """One revision, and what it changed."""

    name: str
    """The slug, or "show"."""


def read_log(store: Store, cache: Path, name: str | None = None) -> list[Entry]:
    """All revisions, newest first; of one episode (slug or GUID) or the "show", if one is named. Raises UsageError."""
    reader = Reader(store, cache)
    archive = reader.archive()
    if name == records.SHOW:
        return _entries(records.SHOW, reader.revisions(records.SHOW, archive.listing, ShowRecord))
    chosen = [find(archive, name)] if name else list(archive.episodes.values())
    found: list[Entry] = []
    for newest in chosen:
        revisions = reader.revisions(records.owner_of(newest.episode.guid), archive.listing, EpisodeRecord)
        found += _entries(newest.episode.slug, revisions)
    if name is None:
        found += _entries(records.SHOW, reader.revisions(records.SHOW, archive.listing, ShowRecord))
    return sorted(found, key=lambda entry: (entry.record.at, entry.record.number), reverse=True)


def _entries(name: str, revisions: Sequence[Record]) -> list[Entry]:
    return [Entry(one.record, one.changes, name) for one in records.with_changes(revisions)][::-1]


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


def roll_back(name: str, number: int | None, store: Store, desk: Desk, progress: Progress) -> EpisodeRecord:
    """Publish an earlier revision of an episode again, as a new one: the one before, if no number is given.

    Raises UsageError if there is none, ConflictError if its files were deleted or the other host was first.
    """
    reader = Reader(store, desk.cache)
    archive = reader.archive()
    newest = find(archive, name)
    revisions = reader.revisions(records.owner_of(newest.episode.guid), archive.listing, EpisodeRecord)
    if number is None and len(revisions) < 2:
        raise UsageError(f"{name} has one revision only.", "To take it out of the feed, use sendung withdraw.")
    chosen = revisions[-2] if number is None else revision_of(revisions, number)
    gone = [asset.key for asset in assets_of(chosen.episode) if store.stat(asset.key) is None]
    if gone:
        message = f"Revision {chosen.number} cannot come back: {', '.join(gone)} was deleted from the store."
        raise ConflictError(message, "Publish the draft again instead.")
    slugs = dict.fromkeys([*newest.episode.former_slugs, newest.episode.slug])
    former = tuple(slug for slug in slugs if slug != chosen.episode.slug)
    episode = chosen.episode.model_copy(update={"former_slugs": former})
    again = {"number": newest.number + 1, "meant": True, "episode": episode, **_signature(desk)}
    return _commit(chosen.model_copy(update=again), store, reader, desk, progress)


def withdraw(name: str, store: Store, desk: Desk, progress: Progress, *, delete_audio: bool) -> EpisodeRecord:
    """Take an episode out of feed and pages, by a new revision; its address says so from then on.

    `delete_audio` also deletes the audio, in every format, of all its revisions, which can then never come back.
    Raises UsageError if there is none, ConflictError if the other host was first.
    """
    reader = Reader(store, desk.cache)
    archive = reader.archive()
    newest = find(archive, name)
    record = newest
    if not newest.withdrawn:
        gone = {"number": newest.number + 1, "meant": True, "withdrawn": True, **_signature(desk)}
        record = _commit(newest.model_copy(update=gone), store, reader, desk, progress)
    if delete_audio:
        revisions = reader.revisions(records.owner_of(newest.episode.guid), reader.listing(), EpisodeRecord)
        for key in sorted({file.asset.key for one in revisions for file in one.episode.audio.renditions}):
            store.delete(key)
    return record


def _signature(desk: Desk) -> dict[str, object]:
    return {"by": desk.by, "at": desk.moment(), "tool": __version__}


def _commit(record: EpisodeRecord, store: Store, reader: Reader, desk: Desk, progress: Progress) -> EpisodeRecord:
    kept = reader.add(records.owner_of(record.episode.guid), record)
    if kept is not record:
        message = f"{record.episode.slug} was left as it is: {describe(kept)}, was first."
        raise ConflictError(message, "Look at it with sendung log, then try again.")
    refresh(store, reader, desk, progress)
    return record
