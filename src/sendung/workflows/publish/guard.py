"""The last look before a feed is written over another: nothing may be lost, and nothing may be promised in vain.

What the hosts do is checked long before; this holds off what should not happen at all: a bug, a foreign feed under the
same key, an object that somebody deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from lxml import etree

from sendung.core.errors import InvariantBroken, Problem
from sendung.core.model import Episode
from sendung.core.namespaces import URIS
from sendung.feed.document import XML_SPACE
from sendung.records.reader import Archive
from sendung.store.interface import Store
from sendung.workflows.context import RunContext


@dataclass(frozen=True)
class ItemFacts:
    """What apps go by in an item of a feed."""

    guid: str
    title: str
    date: str
    """pubDate, as it stands."""
    files: Mapping[str, str]
    """The length of each enclosure, also of other formats, by its address."""

    def length_of(self, key: str) -> str:
        """What it says of the file that the store keeps under a key; empty if it does not name it."""
        return next((length for url, length in self.files.items() if url.endswith(f"/{key}")), "")


def read_items(feed: bytes) -> dict[str, ItemFacts]:
    """The items of a feed by GUID; none if it is no feed, for then there is nothing in it to be lost."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(feed, parser)
    except etree.XMLSyntaxError:
        return {}
    return {item.guid: item for item in map(_item, root.iter("item"))}


def _item(element: etree._Element) -> ItemFacts:
    files = {enclosure.get("url", ""): enclosure.get("length", "") for enclosure in element.findall("enclosure")}
    for other in element.findall("podcast:alternateEnclosure", URIS):
        files |= {source.get("uri", ""): other.get("length", "") for source in other.findall("podcast:source", URIS)}
    words = [(element.findtext(name) or "").strip(XML_SPACE) for name in ("guid", "title", "pubDate")]
    return ItemFacts(words[0], words[1], words[2], files)


def check_feed(before: bytes, after: bytes, archive: Archive, public: Iterable[Episode], run: RunContext) -> None:
    """Compare the feed in the store with the one that is to be written over it. Raises InvariantBroken.

    No GUID is lost, unless its newest revision says that it is meant, or it moved to a page of older episodes
    (`public` names all that the site shows); no pubDate drifts; every enclosure that is new is in the store with the
    length that the feed says. For what the run overrides all this does not count.
    """
    old, new = read_items(before), read_items(after)
    if old == new:
        return
    shown = {episode.guid for episode in public}
    excused = {
        guid for guid, record in archive.episodes.items() if record.meant or record.episode.slug in run.overrides
    }
    excused |= run.overrides
    problems = [
        *_losses(old, new, shown),
        *_drifts(old, new),
        *_missing(old, new, archive, run.store),
    ]
    broken = [problem for guid, problem in problems if guid not in excused]
    if broken:
        raise InvariantBroken.of(broken)


def _losses(
    old: Mapping[str, ItemFacts], new: Mapping[str, ItemFacts], shown: Collection[str]
) -> Iterable[tuple[str, Problem]]:
    for guid, item in old.items():
        if guid not in new and guid not in shown:
            message = f'The episode "{item.title}" is in the published feed, and would vanish from it.'
            yield guid, Problem(message, _way_out("If it is to go, withdraw it", guid))


def _drifts(old: Mapping[str, ItemFacts], new: Mapping[str, ItemFacts]) -> Iterable[tuple[str, Problem]]:
    for guid, item in new.items():
        if guid in old and _moment(old[guid].date) != _moment(item.date):
            message = f'The date of the episode "{item.title}" would change from {old[guid].date} to {item.date}.'
            yield guid, Problem(message, _way_out("If that is meant, say so", guid))


def _missing(
    old: Mapping[str, ItemFacts], new: Mapping[str, ItemFacts], archive: Archive, store: Store
) -> Iterable[tuple[str, Problem]]:
    for guid, item in new.items():
        for rendition in archive.episodes[guid].episode.audio.renditions:
            key = rendition.asset.key
            length = item.length_of(key)
            if length and guid in old and old[guid].length_of(key) == length:
                continue
            stat = store.stat(key)
            if stat is None or str(stat.size) != length:
                state = "is not in the store" if stat is None else f"has {stat.size} bytes, not {length or 'none'}"
                message = f'The audio of the episode "{item.title}" {state}.'
                yield guid, Problem(message, "Publish the episode again with --remaster, so that it is uploaded anew.")


def _moment(date: str) -> object:
    try:
        return parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return date


def _way_out(words: str, guid: str) -> str:
    return f"Nothing was written. {words}: --override {guid} lets it pass once."
