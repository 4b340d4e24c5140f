"""Which episode a draft is: an episode that is published, or a new one. Pure.

Folders are renamed, and names are used again; apps know an episode by its GUID alone. What a draft without `guid:` is
recognised by is what two episodes never share by chance: the recording, the article, title and date, the number.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from sendung.records import EpisodeRecord, Status
from sendung.records.reader import Archive


@dataclass(frozen=True)
class Marks:
    """What an episode is recognised by; empty and None match nothing."""

    slug: str
    recording: str
    """SHA-256 (hexadecimal) of the recording."""
    articles: frozenset[str]
    """Addresses."""
    title: str
    date: datetime
    number: tuple[int | None, int] | None
    """Season and number."""

    def agrees(self, other: Marks) -> bool:
        """Whether an edit could lead from one to the other. A date alone is no sign: shows have fixed days."""
        return (
            (bool(self.recording) and self.recording == other.recording)
            or bool(self.articles & other.articles)
            or (bool(self.title) and self.title == other.title)
        )

    def is_same(self, other: Marks) -> bool:
        """Whether both are one episode under two names."""
        return (
            (bool(self.recording) and self.recording == other.recording)
            or bool(self.articles & other.articles)
            or (bool(self.title) and (self.title, self.date) == (other.title, other.date))
            or (self.number is not None and self.number == other.number)
        )


@dataclass(frozen=True)
class Identity:
    """Which episode a draft is."""

    guid: str
    clash: Status | None = None
    """RENAMED or TAKEN: the draft says too little of which episode it is."""
    other: EpisodeRecord | None = None
    """The published episode that it may be, or that has its name."""


def marks_of(record: EpisodeRecord) -> Marks:
    """What a published episode is recognised by."""
    episode = record.episode
    return Marks(
        slug=episode.slug,
        recording=recording_in(record.source),
        articles=frozenset(article.url for article in episode.articles),
        title=episode.title,
        date=episode.date,
        number=(episode.season, episode.number) if episode.number is not None else None,
    )


def recording_in(source: Mapping[str, JsonValue]) -> str:
    """The digest of the recording that a source names, or of each of its tracks; empty where it names none."""
    tracks = source.get("tracks")
    names = [track.get("file") for track in tracks if isinstance(track, dict)] if isinstance(tracks, list) else []
    digests = (str(source.get(f"file:{name}", "")) for name in names or [source.get("audio", "")])
    return " ".join(dict.fromkeys(digests))


def identify(
    marks: Marks, archive: Archive, show_guid: str, present: Collection[str], *, new: bool = False
) -> Identity:
    """Which episode a draft without `guid:` is.

    `present` are the GUIDs and slugs of all drafts of this checkout but this one. `new`: the host said that it is no
    episode which is published under another name. The GUID of what is new is a UUIDv5 of show and slug, and of a number
    where the slug was used before: the same on every machine.
    """
    here, others = archive.by_slug.get(marks.slug), {*present}
    if here:
        alike = marks.agrees(marks_of(here))
        return Identity(here.episode.guid, None if alike else Status.TAKEN, here)
    for guid in _guids(show_guid, marks.slug):
        former = archive.episodes.get(guid)
        if former is None:
            break
        here_too = {former.episode.guid, former.episode.slug} & others
        if not (new or here_too) and marks.agrees(marks_of(former)):  # a checkout from before the folder was renamed
            return Identity(guid, None, former)
    same = None if new else next((known for known in gone(archive, others) if marks.is_same(marks_of(known))), None)
    return Identity(guid, Status.RENAMED if same else None, same)


def gone(archive: Archive, present: Collection[str]) -> Iterator[EpisodeRecord]:
    """The published episodes that no draft here has the GUID or the name of, if `present` are those of all drafts."""
    for record in archive.episodes.values():
        if not {record.episode.guid, record.episode.slug} & {*present}:
            yield record


def first_guid(show_guid: str, slug: str) -> str:
    """The GUID of the first episode of a name that says none."""
    return str(uuid.uuid5(uuid.UUID(show_guid), slug))


def _guids(show_guid: str, slug: str) -> Iterator[str]:
    yield first_guid(show_guid, slug)
    for number in itertools.count(2):
        yield first_guid(show_guid, f"{slug} {number}")
