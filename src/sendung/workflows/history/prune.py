"""What nothing names any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sendung import records
from sendung.records import EpisodeRecord, Record, ShowRecord
from sendung.records.revision import assets_of
from sendung.store.interface import Stat
from sendung.workflows.context import RunContext

ASSETS = ("audio/", "assets/")
"""The folders that prune looks into: everything else is named by what is published."""


def find_unnamed(run: RunContext, age: timedelta, *, old_revisions: bool = False) -> tuple[Stat, ...]:
    """The assets that no revision names, and that are older than `age`: an upload may still be waiting for its record.

    With `old_revisions` also those that only earlier revisions name; no rollback can bring these back then.
    """
    reader, now = run.reader, run.clock()
    listing = reader.listing()
    named: set[str] = set()
    for owner in records.newest(listing):
        kind: type[Record] = ShowRecord if owner == records.SHOW else EpisodeRecord
        revisions: Sequence[Record] = reader.revisions(owner, listing, kind)
        for record in revisions[-1:] if old_revisions else revisions:
            named |= {asset.key for asset in assets_of(record)}
    return tuple(
        stat
        for folder in ASSETS
        for stat in run.store.list(folder)
        if stat.key not in named and stat.modified is not None and stat.modified < now - age
    )
