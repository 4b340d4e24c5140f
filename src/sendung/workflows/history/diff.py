"""What publishing a draft would change."""

from __future__ import annotations

from dataclasses import replace
from difflib import unified_diff
from pathlib import Path

from sendung import records
from sendung.config.episode import Draft
from sendung.config.show import ShowConfig
from sendung.core.errors import UsageError
from sendung.feed import FEED_KEY
from sendung.records import Change, EpisodeRecord
from sendung.records.reader import find, revision_of
from sendung.store import DryRunStore
from sendung.store.interface import Store
from sendung.store.reading import read_or_none
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.compare import settled
from sendung.workflows.publish.flow import publish


def draft_changes(draft: Draft, run: RunContext, number: int | None) -> tuple[Change, ...]:
    """The keys and files of a draft that differ from a revision (the newest, if no number is given).

    All of them, if it is new. Raises UsageError if there is no such revision.
    """
    archive, source = run.reader.archive(), draft.source(run.reader.digest)
    try:
        newest = find(archive, draft.file.guid or draft.slug)
    except UsageError:
        if number is not None:
            raise
        return records.changes({}, source)
    revisions = run.reader.revisions(records.owner_of(newest.episode.guid), archive.listing, EpisodeRecord)
    stated = records.stated(settled(source, revisions, run.clock()), draft.slug)
    return records.changes(revision_of(revisions, number).stated, stated)


def feed_changes(folder: Path, config: ShowConfig, run: RunContext) -> list[str]:
    """The lines of the feed that publishing a draft would change, as a unified diff. Nothing is written.

    The run's progress hears of what publishing would warn of. Raises SendungError as publishing would.
    """
    trial = DryRunStore(run.store)
    overrides = frozenset({folder.name, records.SHOW})
    outcome = publish([folder], config, replace(run, store=trial, overrides=overrides, announces=False))
    if outcome.error:
        raise outcome.error
    return list(unified_diff(_feed_lines(run.store), _feed_lines(trial), "published", "draft", n=1, lineterm=""))


def _feed_lines(store: Store) -> list[str]:
    stored = read_or_none(store, FEED_KEY)
    return stored.data.decode().splitlines() if stored else []
