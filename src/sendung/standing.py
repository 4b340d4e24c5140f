"""Flow: how show.yaml and each draft stand to what is published."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from sendung import records
from sendung.archive import Archive, Reader
from sendung.config.digests import Source
from sendung.config.episode import Draft
from sendung.config.show import Audio, ShowConfig
from sendung.errors import ConfigError
from sendung.records import EpisodeRecord, Record, ShowRecord, Standing

PODCAST_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The name space of podcast GUIDs (podcast namespace, tag "guid")."""


@dataclass(frozen=True)
class ShowStanding:
    """The show: how show.yaml stands to the published show, and what a publish goes by."""

    config: ShowConfig
    """With the published audio settings, if show.yaml is stale."""
    guid: str
    source: Source
    standing: Standing
    published: ShowRecord | None

    @property
    def due(self) -> bool:
        """Whether a publish makes a new revision of it."""
        return self.standing in (Standing.NEW, Standing.EDITED)

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

    @property
    def number(self) -> int:
        """The number of its next revision."""
        return self.published.number + 1 if self.published else 1


def stand_show(show: ShowConfig, archive: Archive, reader: Reader) -> ShowStanding:
    """How show.yaml stands to the published show. Raises ConfigError if it changes the podcast:guid."""
    source = show.source()
    revisions = reader.revisions(records.SHOW, archive.listing, ShowRecord)
    standing = records.standing(source, revisions)
    claimed = str(show.file.guid) if show.file.guid else None
    guid = archive.show.show.guid if archive.show else claimed or podcast_guid(show)
    if standing is Standing.STALE and archive.show:
        audio = Audio.model_validate(archive.show.audio)
        show = replace(show, file=show.file.model_copy(update={"audio": audio}))
    elif claimed not in (None, guid):
        hint = f"Write {guid} again: apps and directories know the show by it."
        raise ConfigError("The GUID of a published show never changes.", hint, show.document.place("guid"))
    return ShowStanding(show, guid, source, standing, archive.show)


def podcast_guid(show: ShowConfig) -> str:
    """The show's podcast:guid by the address of its feed (podcast namespace, tag "guid").

    UUIDv5 of the feed's URL without the scheme and without slashes at its end.
    """
    feed_url = f"{show.file.store.public_url}/feed.xml"
    return str(uuid.uuid5(PODCAST_NAMESPACE, feed_url.split("://", 1)[1].rstrip("/")))


def stand_draft(draft: Draft, show_guid: str, archive: Archive, reader: Reader) -> DraftStanding:
    """How a draft stands to the published episode.

    Without a `guid:` in the draft the GUID is the one published under this slug, else a UUIDv5 of show and slug: the
    same on every machine. Raises ConfigError if the draft's GUID is not the published one's, or its slug is another
    episode's.
    """
    here = archive.by_slug.get(draft.slug)
    guid = draft.file.guid or (here.episode.guid if here else str(uuid.uuid5(uuid.UUID(show_guid), draft.slug)))
    if here and here.episode.guid != guid:
        message = f"{draft.slug} is published with the GUID {here.episode.guid}, and a GUID never changes."
        hint = "Write that GUID again; if this is another episode, rename its folder."
        raise ConfigError(message, hint, draft.place("guid"))
    source = draft.source()
    revisions = reader.revisions(records.owner_of(guid), archive.listing, EpisodeRecord)
    return DraftStanding(draft, guid, source, records.standing(source, revisions), archive.episodes.get(guid))


def describe(record: Record) -> str:
    """Who published a revision, and when, in words."""
    return f"revision {record.number}, published by {record.by} on {record.at:%Y-%m-%d at %H:%M} UTC"
