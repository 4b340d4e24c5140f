"""Going back to an earlier revision, and taking an episode out of the feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sendung import records
from sendung.core.errors import ConflictError, SendungError, UsageError, merge
from sendung.core.version import __version__
from sendung.core.words import say
from sendung.records import EpisodeRecord, assets_of
from sendung.records.reader import Archive, find, revision_of
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.candidate import former_languages, former_slugs
from sendung.workflows.drafts.state import describe
from sendung.workflows.publish.site import refresh


def roll_back(name: str, number: int | None, run: RunContext) -> EpisodeRecord:
    """Publish an earlier revision of an episode again, as a new one: the one before, if no number is given.

    Running it twice is running it once, and finishes what was cut short: what is as it is to be stays. Raises
    UsageError if there is no such revision, ConflictError if its files were deleted, its name is another episode's now,
    or the other host was first.
    """
    archive = run.reader.archive()
    newest = find(archive, name)
    revisions = _revisions(newest, archive, run)
    chosen = _chosen(number, revisions)
    if _content(chosen) == _content(newest):
        refresh(run)
        return newest
    record = _put_back(chosen, newest, archive, run)
    refresh(run)
    return record


@dataclass(frozen=True)
class RolledBack:
    """What became of episodes that were mastered again."""

    back: tuple[EpisodeRecord, ...]
    """Those that are as they were before."""
    left: tuple[EpisodeRecord, ...]
    """The newest revisions of those that were published for another reason since, and stay as they are."""


def roll_back_remastered(since: datetime, run: RunContext) -> RolledBack:
    """Give each episode that was mastered again since a moment its audio of before; then feed and pages, once.

    Running it twice is running it once, and goes on where it was cut short. Raises what `roll_back` raises, of all
    episodes that cannot go back, once the others have.
    """
    archive = run.reader.archive()
    back, left, errors = [], [], []
    for newest in archive.episodes.values():
        if newest.at < since:
            continue
        revisions = _revisions(newest, archive, run)
        again = [False, *(_is_remaster(*pair) and pair[1].at >= since for pair in pairwise(revisions))]
        if again[-1]:
            before = max(index for index, remastered in enumerate(again) if not remastered)
            try:
                back.append(_put_back(revisions[before], newest, archive, run))
            except SendungError as error:
                errors.append(error)
        elif any(again) and newest.repeats is None:
            left.append(newest)
    refresh(run)
    if errors:
        raise merge(errors)
    return RolledBack(tuple(back), tuple(left))


def _is_remaster(before: EpisodeRecord, after: EpisodeRecord) -> bool:
    """Whether a revision states what the one before did, and names other audio; what a rollback made is none."""
    again = after.stated == before.stated and _audio_keys(after) != _audio_keys(before)
    return again and after.repeats is None and not after.withdrawn


def _put_back(chosen: EpisodeRecord, newest: EpisodeRecord, archive: Archive, run: RunContext) -> EpisodeRecord:
    """Make an earlier revision the newest; feed and pages are as before still."""
    _check_files(chosen, run)
    here = archive.by_slug.get(chosen.episode.slug)
    if here and here.episode.guid != newest.episode.guid:
        message = say(
            "Revision {number} was called {slug}, as “{title}” is now.",
            number=chosen.number,
            slug=chosen.episode.slug,
            title=here.episode.title,
        )
        raise ConflictError(message, "Rename that episode first, or roll back to a revision with another name.")
    former: dict[str, object] = {
        "former_slugs": former_slugs(newest, chosen.episode.slug),
        "former_languages": former_languages(newest, [t.language for t in chosen.episode.translations]),
    }
    episode = chosen.episode.model_copy(update=former)
    whole = chosen.whole.model_copy(update=former) if chosen.whole else None
    again = {
        "number": newest.number + 1,
        "meant": True,
        "repeats": chosen.number,
        "episode": episode,
        "whole": whole,
        **_signature(run),
    }
    return _commit(chosen.model_copy(update=again), run, chosen.number)


def _revisions(newest: EpisodeRecord, archive: Archive, run: RunContext) -> list[EpisodeRecord]:
    return run.reader.revisions(records.owner_of(newest.episode.guid), archive.listing, EpisodeRecord)


def _chosen(number: int | None, revisions: Sequence[EpisodeRecord]) -> EpisodeRecord:
    """The revision with a number; else the one before the newest, unless that came of a rollback: then it."""
    if number is not None:
        return revision_of(revisions, number)
    if len(revisions) < 2:
        raise UsageError(
            say("{slug} has one revision only.", slug=revisions[-1].episode.slug),
            say("To take it out of the feed: sendung withdraw {slug}", slug=revisions[-1].episode.slug),
        )
    newest = revisions[-1]
    original = next((revision for revision in revisions if revision.number == newest.repeats), None)
    # A withdrawal by another version of this program may have carried `repeats` over.
    return newest if original and _content(original) == _content(newest) else revisions[-2]


def _content(record: EpisodeRecord) -> tuple[object, ...]:
    """What a revision makes public, whatever it was called before."""
    bare: dict[str, object] = {"former_slugs": (), "former_languages": ()}
    whole = record.whole.model_copy(update=bare) if record.whole else None
    return (
        record.withdrawn,
        (record.audience, record.teaser),
        record.stated,
        record.episode.model_copy(update=bare),
        whole,
    )


def _check_files(chosen: EpisodeRecord, run: RunContext) -> None:
    gone = [asset.key for asset in assets_of(chosen) if run.store.stat(asset.key) is None]
    if gone:
        message = say(
            "Revision {number} cannot come back: {gone} was deleted from the store.",
            number=chosen.number,
            gone=", ".join(gone),
        )
        slug = chosen.episode.slug
        raise ConflictError(
            message, say("Publish the draft instead: sendung publish {slug} --override {slug}", slug=slug)
        )


def withdraw(name: str, run: RunContext, *, delete_audio: bool) -> EpisodeRecord:
    """Take an episode out of feed and pages, by a new revision; its address says so from then on.

    Running it again finishes what was cut short. `delete_audio` also deletes the audio, in every format, of all its
    revisions, which can then never come back; not what another episode names. Raises UsageError if there is none,
    ConflictError if the other host was first.
    """
    newest = find(run.reader.archive(), name)
    record = newest
    if newest.withdrawn:
        refresh(run)
    else:
        gone = {"number": newest.number + 1, "meant": True, "withdrawn": True, "repeats": None, **_signature(run)}
        record = _commit(newest.model_copy(update=gone), run, newest.number)
        refresh(run)
    if delete_audio:
        _delete_audio(record, run)
    return record


def _delete_audio(record: EpisodeRecord, run: RunContext) -> None:
    """Delete each file while the records, listed anew, say that the episode is withdrawn and nobody else has it."""
    guid = record.episode.guid
    revisions = _revisions(record, run.reader.archive(), run)
    for key in sorted(set().union(*map(_audio_keys, revisions))):
        archive = run.reader.archive()
        if not archive.episodes[guid].withdrawn:
            raise ConflictError(
                say("{slug} was published again meanwhile.", slug=record.episode.slug), "Its audio was left alone."
            )
        others = (other for other in archive.episodes.values() if other.episode.guid != guid)
        if not any(key in _audio_keys(other) for other in others):
            run.store.delete(key)


def _audio_keys(record: EpisodeRecord) -> set[str]:
    """The audio that a revision names, in every format, for the public and for customers."""
    facts = [record.episode, *([record.whole] if record.whole else [])]
    return {file.asset.key for episode in facts for file in episode.recordings}


def _signature(run: RunContext) -> dict[str, object]:
    return {"by": run.by, "at": run.moment(), "tool": __version__}


def _commit(record: EpisodeRecord, run: RunContext, like: int) -> EpisodeRecord:
    kept = run.reader.add(records.owner_of(record.episode.guid), record, like)
    if kept is not record:
        message = say(
            "{slug} was left as it is: {describe}, was first.", slug=record.episode.slug, describe=describe(kept)
        )
        raise ConflictError(message, "Look at it with sendung log, then try again.")
    return record
