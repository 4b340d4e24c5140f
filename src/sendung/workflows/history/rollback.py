"""Going back to an earlier revision, and taking an episode out of the feed."""

from __future__ import annotations

from sendung import records
from sendung.core.errors import ConflictError, UsageError
from sendung.core.progress import Progress
from sendung.core.version import __version__
from sendung.records import EpisodeRecord
from sendung.records.reader import Reader, find, revision_of
from sendung.records.revision import assets_of
from sendung.store.interface import Store
from sendung.workflows.context import Desk
from sendung.workflows.drafts.state import describe
from sendung.workflows.publish.site import refresh


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
