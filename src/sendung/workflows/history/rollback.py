"""Going back to an earlier revision, and taking an episode out of the feed."""

from __future__ import annotations

from sendung import records
from sendung.core.errors import ConflictError, UsageError
from sendung.core.version import __version__
from sendung.records import EpisodeRecord, assets_of
from sendung.records.reader import find, revision_of
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.candidate import former_slugs
from sendung.workflows.drafts.state import describe
from sendung.workflows.publish.site import refresh


def roll_back(name: str, number: int | None, run: RunContext) -> EpisodeRecord:
    """Publish an earlier revision of an episode again, as a new one: the one before, if no number is given.

    Raises UsageError if there is none, ConflictError if its files were deleted or the other host was first.
    """
    archive = run.reader.archive()
    newest = find(archive, name)
    revisions = run.reader.revisions(records.owner_of(newest.episode.guid), archive.listing, EpisodeRecord)
    if number is None and len(revisions) < 2:
        raise UsageError(f"{name} has one revision only.", "To take it out of the feed, use sendung withdraw.")
    chosen = revisions[-2] if number is None else revision_of(revisions, number)
    gone = [asset.key for asset in assets_of(chosen.episode) if run.store.stat(asset.key) is None]
    if gone:
        message = f"Revision {chosen.number} cannot come back: {', '.join(gone)} was deleted from the store."
        raise ConflictError(message, "Publish the draft again instead.")
    former = former_slugs(newest, chosen.episode.slug)
    episode = chosen.episode.model_copy(update={"former_slugs": former})
    again = {"number": newest.number + 1, "meant": True, "episode": episode, **_signature(run)}
    return _commit(chosen.model_copy(update=again), run)


def withdraw(name: str, run: RunContext, *, delete_audio: bool) -> EpisodeRecord:
    """Take an episode out of feed and pages, by a new revision; its address says so from then on.

    `delete_audio` also deletes the audio, in every format, of all its revisions, which can then never come back.
    Raises UsageError if there is none, ConflictError if the other host was first.
    """
    newest = find(run.reader.archive(), name)
    record = newest
    if not newest.withdrawn:
        gone = {"number": newest.number + 1, "meant": True, "withdrawn": True, **_signature(run)}
        record = _commit(newest.model_copy(update=gone), run)
    if delete_audio:
        owner = records.owner_of(newest.episode.guid)
        revisions = run.reader.revisions(owner, run.reader.listing(), EpisodeRecord)
        for key in sorted({file.asset.key for revision in revisions for file in revision.episode.audio.renditions}):
            run.store.delete(key)
    return record


def _signature(run: RunContext) -> dict[str, object]:
    return {"by": run.by, "at": run.moment(), "tool": __version__}


def _commit(record: EpisodeRecord, run: RunContext) -> EpisodeRecord:
    kept = run.reader.add(records.owner_of(record.episode.guid), record)
    if kept is not record:
        message = f"{record.episode.slug} was left as it is: {describe(kept)}, was first."
        raise ConflictError(message, "Look at it with sendung log, then try again.")
    refresh(run)
    return record
