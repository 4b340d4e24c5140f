"""What nothing names any more."""

from __future__ import annotations

from datetime import timedelta

from sendung import records
from sendung.store.interface import Stat
from sendung.workflows.context import RunContext

ASSETS = ("audio/", "assets/")
"""The folders that prune looks into: everything else is named by what is published."""


def find_unnamed(run: RunContext, age: timedelta, *, old_revisions: bool = False) -> tuple[Stat, ...]:
    """The assets that no revision names, and that are older than `age`: an upload may still be waiting for its record.

    With `old_revisions` also those that only earlier revisions name; no rollback can bring these back then. What
    a record names where only another version of this program looks is named as well. Raises StoreError; Outdated.
    """
    reader, now = run.reader, run.clock()
    listing = reader.archive().listing
    named: set[str] = set()
    for owner in records.newest(listing):
        named |= reader.texts_of(owner, listing, newest=old_revisions)
    return tuple(
        stat
        for folder in ASSETS
        for stat in run.store.list(folder)
        if stat.key not in named and stat.modified is not None and stat.modified < now - age
    )
