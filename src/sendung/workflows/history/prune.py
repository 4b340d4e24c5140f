"""What nothing names any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta

from sendung import records
from sendung.store.interface import Stat
from sendung.workflows.context import RunContext

ASSETS = ("audio/", "assets/", records.PRIVATE_FILES, "state/remaster/")
"""The folders that prune looks into: everything else is named by what is published."""


def find_unnamed(run: RunContext, age: timedelta, *, old_revisions: bool = False) -> tuple[Stat, ...]:
    """The assets that no revision names, and that are older than `age`: an upload may still be waiting for its record.

    With `old_revisions` also those that only earlier revisions name; no rollback can bring these back then. What
    a record names where only another version of this program looks is named as well. Raises StoreError; Outdated.
    """
    now = run.clock()
    named = _named(run, run.reader.archive().listing, old_revisions=old_revisions)
    return tuple(
        stat
        for folder in ASSETS
        for stat in run.store.list(folder)
        if stat.key not in named and stat.modified is not None and stat.modified < now - age
    )


def delete_unnamed(run: RunContext, unnamed: Iterable[Stat], *, old_revisions: bool = False) -> Iterator[Stat]:
    """Delete what `find_unnamed` has found, and tell of each; but not what somebody has named since.

    The records are listed again before each delete: a publish or a rollback may be under way on another machine.
    """
    seen: Collection[str] = ()
    named: set[str] = set()
    for stat in unnamed:
        listing = run.reader.listing()
        if listing.keys() != seen:
            seen, named = listing.keys(), _named(run, listing, old_revisions=old_revisions)
        if stat.key not in named:
            run.store.delete(stat.key)
            yield stat


def _named(run: RunContext, listing: Mapping[str, Stat], *, old_revisions: bool) -> set[str]:
    """The keys that revisions name; with `old_revisions` the newest ones only."""
    named: set[str] = set()
    for owner in records.newest(listing):
        named |= run.reader.texts_of(owner, listing, newest=old_revisions)
    return named
