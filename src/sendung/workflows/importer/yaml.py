"""What was found -> the text of show.yaml and of each episode.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sendung.config.yaml_writer import dump
from sendung.core.model import EpisodeType, Person
from sendung.core.words import say, told
from sendung.media.chapters import format_time
from sendung.media.notes import printable
from sendung.workflows.importer.losses import Loss
from sendung.workflows.importer.old_show import OldChapter, OldEpisode, OldShow

_HOST_ROLES = {"host", "co-host", "guest host", "presenter", "narrator", "moderator"}
_PLAIN = re.compile(
    r"[A-Za-z](?:[A-Za-z0-9.,/_()!?&+=%~@;äöüÄÖÜß-]|:(?=[A-Za-z0-9/])| (?=[A-Za-z0-9.,/_(!?&+=~äöüÄÖÜß-]))*"
)
"""Text that YAML takes as it stands (YAML 1.2, section 7.3.3): nothing in it is quote, bracket or comment."""
_TITLED = re.compile(rf"{_PLAIN.pattern}: (?:{_PLAIN.pattern})")
"""Two of these with a colon and a blank between them, which YAML takes for a key: “Folge 12: Vom Wetter”."""
_WORDS_OF_YAML = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_PLAIN_LENGTH = 80
_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d:\d\d")
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
    transcript_language: str | None = None
    """Where it is not the show's."""
    chapters: tuple[OldChapter, ...] = ()
    no_chapters: bool = False
    """Whether times in the notes are to be taken for text."""
    pictures: Mapping[str, str] = field(default_factory=dict)
    """The chapters' pictures: address to file."""


def show_yaml(show: OldShow, home: NewHome) -> str:
    """show.yaml. Where the feed leaves a required value open, an example stands there, with a comment."""
    hosts = hosts_of(show.persons) or show.persons
    values: dict[str, Any] = {
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
        "language": say(
            "The old feed says {unread_language}: look whether this is right.", unread_language=show.unread_language
        )
        if show.unread_language
        else "",
        "timezone": "Guessed from the language." if home.guessed else "",
        "website": "" if show.website else _NOT_KNOWN,
        "category": _about_category(show),
        "owner": "" if show.owner_email else _NOT_KNOWN,
        "guid": "Never change this: apps and directories know the show by it.",
        "store": "" if "example.org" not in home.public_url else "Where the new feed will be on the web.",
    }
    head = told("Moved from {url}", url=show.url or say("another host"))
    return _dump(values, notes, f"yaml-language-server: $schema=schema/show.schema.json\n\n{head}")


def episode_values(episode: OldEpisode, show: OldShow, files: EpisodeFiles, zone: ZoneInfo) -> dict[str, Any]:
    """What episode.yaml says; None for keys that it leaves out."""
    heard = hosts_of(episode.persons)
    guests = [person for person in episode.persons if person not in heard]
    own_hosts = [host.name for host in heard] != [host.name for host in hosts_of(show.persons) or show.persons]
    return {
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
        "chapters": [_chapter(chapter, files.pictures) for chapter in files.chapters]
        or ([] if files.no_chapters else None),
        "transcript": files.transcript,
        "transcript_language": files.transcript_language,
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


def episode_yaml(values: Mapping[str, Any], losses: Sequence[Loss]) -> str:
    """episode.yaml, with what its readers could not keep as a comment."""
    notes = {
        "guid": "Never change this: apps know the episode by it.",
        "master": "The audio is mastered already: it goes out bit for bit.",
        "chapters": "The times in the notes do not fit the audio: they are text."
        if values.get("chapters") == []
        else "",
    }
    head = "yaml-language-server: $schema=../../schema/episode.schema.json"
    return _dump(values, notes, "\n\n".join(filter(None, (head, _kept_out(losses)))))


def _kept_out(losses: Sequence[Loss]) -> str:
    """What the old feed says of an episode and has no key, for whoever edits it."""
    lines = [f"{loss.tag} “{printable(loss.value)[:200]}”: {told(loss.why)}" for loss in losses]
    return (
        "\n".join([told("Not kept from the old feed:"), *(f"  {' '.join(line.split())}" for line in lines)])
        if lines
        else ""
    )


def _about_category(show: OldShow) -> str:
    if not show.category:
        return _NOT_KNOWN
    return (
        say("The old feed has also: {other_categories}.", other_categories="; ".join(show.other_categories))
        if show.other_categories
        else ""
    )


def hosts_of(persons: Sequence[Person]) -> tuple[Person, ...]:
    """Those among some persons who host."""
    return tuple(person for person in persons if person.role in _HOST_ROLES)


def _feed(show: OldShow, home: NewHome) -> dict[str, Any] | None:
    values: dict[str, Any] = {}
    if "example.org" not in home.public_url:
        values["new_feed_url"] = f"{home.public_url}/feed.xml"
    if show.complete:
        values["complete"] = True
    if show.block:
        values["block"] = True
    if show.locked is False:
        values["locked"] = False
    return values | dict(show.feed) or None


def _person(person: Person, usual: str) -> dict[str, Any]:
    values = {"name": person.name, "role": person.role, "url": person.url, "image": person.image}
    return {key: value for key, value in values.items() if value and not (key == "role" and value == usual)}


def _chapter(chapter: OldChapter, pictures: Mapping[str, str]) -> dict[str, Any]:
    at = format_time(chapter.start_ms, milliseconds=chapter.start_ms % 1000 > 0)
    values = {"at": at, "title": chapter.title, "url": chapter.url, "image": pictures.get(chapter.image or "")}
    return {key: value for key, value in values.items() if value}


def _dump(values: Mapping[str, Any], notes: Mapping[str, str], head: str) -> str:
    """YAML in the order of the keys, without those that have no value, with comments above some."""
    parts = [_comment(head)]
    for key, value in values.items():
        if value is not None:
            parts += [_comment(notes.get(key, "")), entry(key, value)]
    return "".join(parts)


def entry(key: str, value: Any) -> str:
    """One key as `dump` writes it; what is plain is written at once, for a show may have thousands of episodes."""
    if isinstance(value, str) and len(value) < _PLAIN_LENGTH:
        if _DATE.fullmatch(value):
            return f"{key}: '{value}'\n"
        if _PLAIN.fullmatch(value) and value.lower() not in _WORDS_OF_YAML:
            return f"{key}: {value}\n"
        if _TITLED.fullmatch(value):
            return f"{key}: '{value}'\n"
    if isinstance(value, bool | int) or value == []:
        return f"{key}: {str(value).lower()}\n"
    return dump({key: value})


def _comment(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in told(text).split("\n")) if text else ""
