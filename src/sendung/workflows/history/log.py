"""What was published, revision by revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sendung import records
from sendung.records import EpisodeRecord, Record, Revision, ShowRecord
from sendung.records.reader import find
from sendung.workflows.context import RunContext


@dataclass(frozen=True)
class LogEntry(Revision):
    """One revision, and what it changed."""

    name: str
    """The slug, or "show"."""


def read_log(run: RunContext, name: str | None = None) -> list[LogEntry]:
    """All revisions, newest first; of one episode (slug or GUID) or the "show", if one is named. Raises UsageError."""
    archive = run.reader.archive()
    owners = {}
    if name != records.SHOW:
        chosen = [find(archive, name, guess=True)] if name else list(archive.episodes.values())
        owners = {newest.episode.slug: records.owner_of(newest.episode.guid) for newest in chosen}
    entries = [
        entry
        for slug, owner in owners.items()
        for entry in _entries(slug, run.reader.revisions(owner, archive.listing, EpisodeRecord))
    ]
    if name in (None, records.SHOW):
        entries += _entries(records.SHOW, run.reader.revisions(records.SHOW, archive.listing, ShowRecord))
    return sorted(entries, key=lambda entry: (entry.record.at, entry.record.number), reverse=True)


def _entries(name: str, revisions: Sequence[Record]) -> list[LogEntry]:
    return [LogEntry(revision.record, revision.changes, name) for revision in records.with_changes(revisions)][::-1]
