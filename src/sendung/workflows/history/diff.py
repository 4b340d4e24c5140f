"""Flow: what publishing a draft would change."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

from sendung import records
from sendung.config.episode import Draft
from sendung.config.show import ShowConfig
from sendung.core.errors import UsageError
from sendung.core.progress import Silent
from sendung.feed import FEED_KEY
from sendung.records import Change, EpisodeRecord
from sendung.records.reader import Archive, Reader, find, revision_of
from sendung.store import DryRunStore
from sendung.store.interface import Store, Stored
from sendung.workflows.context import Desk
from sendung.workflows.publish.flow import publish
from sendung.workflows.publish.site import read_or_none


def draft_changes(draft: Draft, archive: Archive, reader: Reader, number: int | None) -> tuple[Change, ...]:
    """The keys and files of a draft that differ from a revision (the newest, if no number is given).

    All of them, if it is new. Raises UsageError if there is no such revision.
    """
    try:
        newest = find(archive, draft.file.guid or draft.slug)
    except UsageError:
        if number is not None:
            raise
        return records.changes({}, draft.source(reader.digest))
    revisions = reader.revisions(records.owner_of(newest.episode.guid), archive.listing, EpisodeRecord)
    return records.changes(revision_of(revisions, number).source, draft.source(reader.digest))


def feed_changes(folder: Path, show: ShowConfig, store: Store, desk: Desk) -> list[str]:
    """The lines of the feed that publishing a draft would change, as a unified diff. Nothing is written.

    Raises SendungError as publishing would.
    """
    trial = DryRunStore(store)
    outcome = publish([folder], show, trial, desk, Silent(), override=[folder.name, records.SHOW])
    if outcome.error:
        raise outcome.error
    before, after = ((found.data.decode() if found else "").splitlines() for found in _feeds(store, trial))
    return list(unified_diff(before, after, "published", "draft", n=1, lineterm=""))


def _feeds(*stores: Store) -> list[Stored | None]:
    return [read_or_none(store, FEED_KEY) for store in stores]
