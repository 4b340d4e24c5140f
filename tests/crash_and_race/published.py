"""What is published, read from a store without this program: records as they are, the feed, and every page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from sendung.store import Store

NEWER = "99.0.0"
"""A version of this program that the others have not yet."""
PRIVATE = ("records/", "state/", "audio/", "assets/")
"""Where nothing is that the public reads as a page."""
_TEXT = re.compile(r"(?:Folge|Notiz|Beschreibung|Vorlage) \d+ Ende")
"""A text that a host wrote: each is written once in a history."""
_ASSET = re.compile(r'"key": "((?:audio|assets)/[^"]+)"')


@dataclass(frozen=True)
class Published:
    """What the newest record of an episode says."""

    number: int
    slug: str
    withdrawn: bool
    texts: Mapping[str, str]
    """Its title, its notes, and its date as a host wrote it."""
    moment: datetime
    at: datetime
    by: str


@dataclass(frozen=True)
class PublishedShow:
    """What the newest record of the show says; empty where there is none."""

    faces: Mapping[str, str]
    public_url: str = ""
    by: str = ""


class Records:
    """The records of a store. A record never changes, so each is fetched once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, bytes] = {}

    def keys(self) -> list[str]:
        """The keys of all revisions, those of one owner together, oldest first."""
        return sorted(stat.key for stat in self._store.list("records/"))

    def text(self, key: str) -> bytes:
        if key not in self._known:
            self._known[key] = self._store.read(key).data
        return self._known[key]

    def newest(self) -> dict[str, dict[str, Any]]:
        """The newest record of each owner."""
        return {owner: json.loads(self.text(key)) for owner, key in {_owner(key): key for key in self.keys()}.items()}

    def episodes(self) -> dict[str, Published]:
        """The newest of each episode, by GUID."""
        records = [record for record in self.newest().values() if record["kind"] == "episode"]
        return {record["episode"]["guid"]: _published(record) for record in records}

    def show(self) -> PublishedShow:
        """What the show is now."""
        record = self.newest().get("show")
        if record is None:
            return PublishedShow({})
        show, source, own = record["show"], record["source"], record["templates"]
        listen = self._store.read(own["listen.html"]["key"]).data.decode() if own else ""
        faces = {
            "description": show["description"],
            "timezone": show["timezone"],
            "cover": source["file:cover.jpg"],
            "template": "".join(_TEXT.findall(listen)),
        }
        return PublishedShow(faces, show["public_url"], record["by"])

    def newer_wrote(self) -> bool:
        """Whether the newest record of anything is of the newer version."""
        return any(record["tool"] == NEWER for record in self.newest().values())

    def assets(self) -> dict[str, set[str]]:
        """The files that each revision names, by its key."""
        return {key: {*_ASSET.findall(self.text(key).decode())} for key in self.keys()}


def _owner(key: str) -> str:
    return key.split("/")[1]


def _published(record: Mapping[str, Any]) -> Published:
    episode = record["episode"]
    texts = {"title": episode["title"], "notes": episode["notes"].strip(), "date": record["source"]["date"]}
    moment, at = (datetime.fromisoformat(text) for text in (episode["date"], record["at"]))
    return Published(record["number"], episode["slug"], record["withdrawn"], texts, moment, at, record["by"])


def read_items(store: Store) -> list[tuple[str, str, str]]:
    """GUID, title and link of each item of the feed; none where there is no feed."""
    if store.stat("feed.xml") is None:
        return []
    root = etree.fromstring(store.read("feed.xml").data)
    names = ("guid", "title", "link")
    words = [[item.findtext(name) or "" for name in names] for item in root.iter("item")]
    return [(guid, title, link) for guid, title, link in words]


def read_texts(store: Store) -> dict[str, set[str]]:
    """What hosts wrote, as far as each public object shows it."""
    keys = [stat.key for stat in store.list("") if not stat.key.startswith(PRIVATE)]
    return {key: {*_TEXT.findall(store.read(key).data.decode(errors="replace"))} for key in keys}
