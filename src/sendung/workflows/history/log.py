"""What was published, revision by revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sendung import records
from sendung.records import EpisodeRecord, Record, Revision, ShowRecord
from sendung.records.reader import Reader, find
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
