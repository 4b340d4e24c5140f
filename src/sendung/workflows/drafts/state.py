"""Flow: how show.yaml and each draft stand to what is published."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import JsonValue

from sendung import records
from sendung.config.episode import Draft
from sendung.config.show import PODCAST_NAMESPACE, Audio, ShowConfig
from sendung.config.source import Source
from sendung.core.errors import ConfigError, ConflictError, Problem
from sendung.records import Change, EpisodeRecord, Record, Revision, ShowRecord, Standing, TakenBack
from sendung.records.reader import Archive, Reader

PULL = "Get the other host's changes, for example with git pull"
"""What to do about changes of the other host."""


@dataclass(frozen=True)
class ShowStanding:
    """The show: how show.yaml stands to the published show, and what a publish goes by."""

    config: ShowConfig
    """With the published audio settings, if show.yaml is left alone."""
    guid: str
    source: Source
    standing: Standing
    published: ShowRecord | None
    taken_back: tuple[TakenBack, ...] = ()
    """What an edited show.yaml would take back of the other host's changes."""
    since: tuple[Revision, ...] = ()
    """What was published since a show.yaml that is stale."""

    @property
    def due(self) -> bool:
        """Whether a publish makes a new revision of it."""
        return self.standing is Standing.NEW or (self.standing is Standing.EDITED and not self.taken_back)

    @property
    def number(self) -> int:
        """The number of its next revision."""
        return self.published.number + 1 if self.published else 1


@dataclass(frozen=True)
class DraftStanding:
    """A draft: how it stands to the published episode."""

    draft: Draft
    guid: str
    source: Source
    standing: Standing
    published: EpisodeRecord | None
    taken_back: tuple[TakenBack, ...] = ()
    """What an edited draft would take back of the other host's changes."""
    meant: bool = False
    """The host said that what it does to the published episode is meant."""
    since: tuple[Revision, ...] = ()
    """What was published since a draft that is stale."""

    @property
    def folder(self) -> Path:
        """The draft's folder."""
        return self.draft.folder

    @property
    def due(self) -> bool:
        """Whether a publish makes a new revision of it."""
        return self.standing is Standing.NEW or (self.standing is Standing.EDITED and not self.taken_back)

    @property
    def number(self) -> int:
        """The number of its next revision."""
        return self.published.number + 1 if self.published else 1

    def former_slugs(self) -> tuple[str, ...]:
        """The slugs that the episode was published under, but for the present one."""
        if self.published is None:
            return ()
        slugs = dict.fromkeys([*self.published.episode.former_slugs, self.published.episode.slug])
        return tuple(slug for slug in slugs if slug != self.draft.slug)


def stand_show(show: ShowConfig, archive: Archive, reader: Reader, *, meant: bool) -> ShowStanding:
    """How show.yaml stands to the published show. Raises ConfigError if it changes the podcast:guid.

    `meant`: the host wants it published although it takes back changes of the other host.
    """
    source = show.source(reader.digest)
    standing, back, since = _stand(source, reader.revisions(records.SHOW, archive.listing, ShowRecord), meant=meant)
    claimed = str(show.file.guid) if show.file.guid else None
    guid = archive.show.show.guid if archive.show else claimed or podcast_guid(show)
    if archive.show and (back or standing is Standing.STALE):
        audio = Audio.model_validate(archive.show.audio)
        show = replace(show, file=show.file.model_copy(update={"audio": audio}))
    elif claimed not in (None, guid):
        hint = f"Write {guid} again: apps and directories know the show by it."
        raise ConfigError("The GUID of a published show never changes.", hint, show.document.place("guid"))
    return ShowStanding(show, guid, source, standing, archive.show, back, since)


def podcast_guid(show: ShowConfig) -> str:
    """The show's podcast:guid by the address of its feed (podcast namespace, tag "guid").

    UUIDv5 of the feed's URL without the scheme and without slashes at its end.
    """
    feed_url = f"{show.file.store.public_url}/feed.xml"
    return str(uuid.uuid5(PODCAST_NAMESPACE, feed_url.split("://", 1)[1].rstrip("/")))


def stand_draft(draft: Draft, show_guid: str, archive: Archive, reader: Reader, *, meant: bool) -> DraftStanding:
    """How a draft stands to the published episode.

    Without a `guid:` in the draft the GUID is the one published under this slug, else a UUIDv5 of show and slug: the
    same on every machine. `meant`: the host wants it published although it takes back changes of the other host.
    Raises ConfigError if the draft's GUID is not the published one's, or its slug is another episode's.
    """
    guid = _guid(draft, show_guid, archive)
    published = archive.episodes.get(guid)
    source = draft.source(reader.digest)
    revisions = reader.revisions(records.owner_of(guid), archive.listing, EpisodeRecord)
    standing, back, since = _stand(source, revisions, meant=meant)
    return DraftStanding(draft, guid, source, standing, published, back, meant, since)


def _stand(
    source: Source, revisions: Sequence[Record], *, meant: bool
) -> tuple[Standing, tuple[TakenBack, ...], tuple[Revision, ...]]:
    """How a source stands to all revisions of its owner, what it would take back, and what came since if it is stale.

    What is `meant` takes nothing back and is not stale.
    """
    standing = records.standing(source, revisions)
    if meant:
        return (Standing.EDITED if standing is Standing.STALE else standing), (), ()
    back = records.taken_back(source, revisions) if standing is Standing.EDITED else ()
    since = records.since(source, revisions) if standing is Standing.STALE else ()
    return standing, back, since


def _guid(draft: Draft, show_guid: str, archive: Archive) -> str:
    here = archive.by_slug.get(draft.slug)
    guid = draft.file.guid or (here.episode.guid if here else str(uuid.uuid5(uuid.UUID(show_guid), draft.slug)))
    if here and here.episode.guid != guid:
        message = f"{draft.slug} is published with the GUID {here.episode.guid}, and a GUID never changes."
        hint = "Write that GUID again; if this is another episode, rename its folder."
        raise ConfigError(message, hint, draft.place("guid"))
    return guid


def keep_date(one: DraftStanding, now: datetime) -> DraftStanding:
    """The same; raises ConfigError if it changes the date of an episode that is public, and that is not meant."""
    draft, published = one.draft, one.published
    if one.due and not one.meant and published and published.public(now) and published.episode.date != draft.date:
        message = (
            f"The episode is public since {published.episode.date:%Y-%m-%d %H:%M} UTC, and apps sort by that date."
        )
        hint = f"Write the old date again, or say that it is meant with --override {draft.slug}."
        raise ConfigError(message, hint, draft.place("date"))
    return one


def describe(record: Record) -> str:
    """Who published a revision, and when, in words."""
    return f"revision {record.number}, published by {record.by} on {record.at:%Y-%m-%d at %H:%M} UTC"


def describe_since(since: Sequence[Revision]) -> str:
    """What some revisions did, each with its number and its author."""
    told = [f"{len(since) - _SAID} earlier revisions"] if len(since) > _SAID else []
    told += [
        f"{_done(one)} (revision {one.record.number} by {one.record.by}, {one.record.at:%Y-%m-%d %H:%M} UTC)"
        for one in since[-_SAID:]
    ]
    return "; ".join(told)


def _done(revision: Revision) -> str:
    changes = revision.changes
    if not changes:
        return "it was withdrawn" if revision.withdrawn else "it was published again"
    if len(changes) > _SAID:
        return f"{', '.join(change.key for change in changes)} changed"
    return ", ".join(map(_words, changes))


def _words(change: Change) -> str:
    """Of files the sources have digests, which tell a host nothing."""
    kind, _, name = change.key.partition(":")
    if kind == "file":
        return f"{name} was {'added' if change.old is None else 'removed' if change.new is None else 'replaced'}"
    return f"{change.key} went from {show_value(change.old)} to {show_value(change.new)}"


_SAID = 3
"""Revisions that are told of, the newest; and changes of one whose values are told."""


def describe_taken_back(name: str, back: Sequence[TakenBack], override: str) -> ConflictError:
    """What an edit would undo, said of each key."""
    return ConflictError.of(
        Problem(
            f'{name} was edited on top of an older revision: "{one.change.key}" would go back to '
            f"{show_value(one.change.old)} from {show_value(one.change.new)} of {describe(one.record)}.",
            f"{PULL}; or publish yours with --override {override}.",
        )
        for one in back
    )


def show_value(value: JsonValue) -> str:
    """A value of a source, short enough for a line."""
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return f'"{text[:57]}..."' if len(text) > 60 else f'"{text}"'
