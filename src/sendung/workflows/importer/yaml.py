"""What was found -> the text of show.yaml and of each episode.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml.comments import CommentedMap

from sendung.config.yaml_writer import dump
from sendung.core.model import EpisodeType, Person
from sendung.media.chapters import format_time
from sendung.workflows.importer.old_show import OldChapter, OldEpisode, OldShow

_HOST_ROLES = {"host", "co-host", "guest host", "presenter", "narrator", "moderator"}
_NOT_KNOWN = "The old feed does not say it: write the right one."


@dataclass(frozen=True)
class NewHome:
    """What the old feed cannot know of the new place."""

    public_url: str
    timezone: str
    guessed: bool
    """Whether the time zone is a guess."""
    cover: str
    """The file's name."""


@dataclass(frozen=True)
class EpisodeFiles:
    """The files of an episode's folder, by name; None for what there is not."""

    audio: str
    master: bool
    """Whether the recording is to be mastered; else it goes out as it is."""
    notes: str | None = None
    cover: str | None = None
    transcript: str | None = None
    chapters: tuple[OldChapter, ...] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    """The chapters' pictures: address to file."""


def show_yaml(show: OldShow, home: NewHome) -> str:
    """show.yaml. Where the feed leaves a required value open, an example stands there, with a comment."""
    hosts = hosts_of(show.persons) or show.persons
    said: dict[str, Any] = {
        "title": show.title,
        "description": show.description,
        "language": show.language,
        "timezone": home.timezone,
        "website": show.website or "https://www.example.org/",
        "category": list(show.category) or ["Society & Culture"],
        "explicit": show.explicit,
        "type": str(show.type),
        "cover": home.cover,
        "cover_alt": show.image_alt or None,
        "copyright": show.copyright or None,
        "author": show.author if show.author != " & ".join(host.name for host in hosts) else None,
        "owner": {"name": show.owner_name, "email": show.owner_email or "post@example.org"},
        "hosts": [_person(host, "host") for host in hosts],
        "guid": show.guid,
        "feed": _feed(show, home),
        "store": {"public_url": home.public_url},
    }
    notes = {
        "timezone": "Guessed from the language." if home.guessed else "",
        "website": "" if show.website else _NOT_KNOWN,
        "category": "" if show.category else _NOT_KNOWN,
        "owner": "" if show.owner_email else _NOT_KNOWN,
        "guid": "Never change this: apps and directories know the show by it.",
        "store": "" if "example.org" not in home.public_url else "Where the new feed will be on the web.",
    }
    return _dump(said, notes, f"Moved from {show.url}" if show.url else "Moved from another host")


def episode_yaml(episode: OldEpisode, show: OldShow, files: EpisodeFiles, zone: ZoneInfo) -> str:
    """episode.yaml."""
    heard = hosts_of(episode.persons)
    guests = [person for person in episode.persons if person not in heard]
    own_hosts = [host.name for host in heard] != [host.name for host in hosts_of(show.persons) or show.persons]
    said: dict[str, Any] = {
        "title": episode.title,
        "date": episode.date.astimezone(zone).isoformat(" "),
        "article": episode.article,
        "number": episode.number,
        "number_label": (episode.number and episode.number_label) or None,
        "season": episode.season,
        "type": str(episode.type) if episode.type is not EpisodeType.FULL else None,
        "guid": episode.guid,
        "summary": episode.summary,
        "notes": files.notes,
        "audio": files.audio,
        "master": None if files.master else False,
        "chapters": [_chapter(chapter, files.pictures) for chapter in files.chapters] or None,
        "transcript": files.transcript,
        "cover": files.cover,
        "cover_alt": (files.cover and episode.image_alt) or None,
        "hosts": [_person(host, "host") for host in heard] if heard and own_hosts else None,
        "guests": [_person(guest, "guest") for guest in guests] or None,
        "explicit": episode.explicit if episode.explicit not in (None, show.explicit) else None,
        "keywords": list(episode.keywords) or None,
        "links": list(episode.links) or None,
        "soundbites": list(episode.soundbites) or None,
        "feed": dict(episode.feed) or None,
    }
    notes = {
        "guid": "Never change this: apps know the episode by it.",
        "master": "The audio is mastered already: it goes out bit for bit.",
    }
    return _dump(said, notes, "")


def hosts_of(persons: Sequence[Person]) -> tuple[Person, ...]:
    """Those among some persons who host."""
    return tuple(person for person in persons if person.role in _HOST_ROLES)


def _feed(show: OldShow, home: NewHome) -> dict[str, Any] | None:
    said: dict[str, Any] = {}
    if "example.org" not in home.public_url:
        said["new_feed_url"] = f"{home.public_url}/feed.xml"
    if show.complete:
        said["complete"] = True
    if show.block:
        said["block"] = True
    return said | dict(show.feed) or None


def _person(person: Person, usual: str) -> dict[str, Any]:
    said = {"name": person.name, "role": person.role, "url": person.url, "image": person.image}
    return {key: value for key, value in said.items() if value and not (key == "role" and value == usual)}


def _chapter(chapter: OldChapter, pictures: Mapping[str, str]) -> dict[str, Any]:
    at = format_time(chapter.start_ms, milliseconds=chapter.start_ms % 1000 > 0)
    said = {"at": at, "title": chapter.title, "url": chapter.url, "image": pictures.get(chapter.image or "")}
    return {key: value for key, value in said.items() if value}


def _dump(said: Mapping[str, Any], notes: Mapping[str, str], head: str) -> str:
    """YAML in the order of the keys, without those that have no value, with comments above some."""
    document = CommentedMap((key, value) for key, value in said.items() if value is not None)
    if head:
        document.yaml_set_start_comment(head)
    for key, note in notes.items():
        if note and key in document:
            document.yaml_set_comment_before_after_key(key, before=note)
    return dump(document)
