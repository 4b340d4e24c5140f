"""The last look before a feed is written over another: nothing may be lost, and nothing may be promised in vain.

What the hosts do is checked long before; this holds off what should not happen at all: a bug, a foreign feed under the
same key, an object that somebody deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from lxml import etree

from sendung.core.errors import Problem
from sendung.core.model import Episode
from sendung.core.namespaces import URIS
from sendung.core.words import say
from sendung.feed.document import XML_SPACE
from sendung.records import SHOW, assets_of
from sendung.records.reader import Archive
from sendung.store.interface import Store
from sendung.workflows.context import RunContext

_OTHERS = (
    f"{{{URIS['itunes']}}}image",
    *(f"{{{URIS['podcast']}}}{name}" for name in ("transcript", "chapters", "image")),
)
"""Elements of an item that name files beside its audio."""


@dataclass(frozen=True)
class FeedFacts:
    """What apps go by in a feed."""

    items: Mapping[str, ItemFacts] = field(default_factory=dict)
    """By GUID."""
    addresses: frozenset[str] = frozenset()
    """All that the show names beside its items: its cover, its logo, pictures of its hosts."""

    def names(self, key: str) -> bool:
        """Whether the show names what the store keeps under a key."""
        return any(url.endswith(f"/{key}") for url in self.addresses)


@dataclass(frozen=True)
class ItemFacts:
    """What apps go by in an item of a feed."""

    guid: str
    title: str
    date: str
    """pubDate, as it stands."""
    files: Mapping[str, str]
    """The length of each enclosure, also of other formats, by its address."""
    others: frozenset[str] = frozenset()
    """The addresses of its picture, transcripts and chapters."""

    def names(self, key: str) -> bool:
        """Whether it names what the store keeps under a key."""
        return any(url.endswith(f"/{key}") for url in (*self.files, *self.others))

    def length_of(self, key: str) -> str:
        """What it says of the file that the store keeps under a key; empty if it does not name it."""
        return next((length for url, length in self.files.items() if url.endswith(f"/{key}")), "")


def read_feed(feed: bytes) -> FeedFacts:
    """What a feed says; nothing if it is no feed, for then there is nothing in it to be lost."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(feed, parser)
    except etree.XMLSyntaxError:
        return FeedFacts()
    items = {item.guid: item for item in map(_item, root.iter("item"))}
    beside = [element for part in root.iterfind("channel/*") if part.tag != "item" for element in part.iter("*")]
    words = [word for element in beside for word in (element.text or "", *element.attrib.values())]
    return FeedFacts(items, frozenset(str(word) for word in words if "://" in str(word)))


def _item(element: etree._Element) -> ItemFacts:
    files = {enclosure.get("url", ""): enclosure.get("length", "") for enclosure in element.findall("enclosure")}
    for other in element.findall("podcast:alternateEnclosure", URIS):
        files |= {source.get("uri", ""): other.get("length", "") for source in other.findall("podcast:source", URIS)}
    words = [(element.findtext(name) or "").strip(XML_SPACE) for name in ("guid", "title", "pubDate")]
    others = [named.get(name, "") for name in ("url", "href") for named in element.iter(*_OTHERS)]
    return ItemFacts(words[0], words[1], words[2], files, frozenset(filter(None, others)))


def find_breaks(
    old: FeedFacts, new: FeedFacts, archive: Archive, public: Iterable[Episode], run: RunContext
) -> list[tuple[str, Problem]]:
    """What would break between the feed in the store and the one that is to be written over it.

    No GUID is lost, unless its newest revision says that it is meant, or it moved to a page of older episodes
    (`public` names all that the site shows); no pubDate drifts; every file that is new is in the store with the length
    that the feed says. What the run overrides, or its revision says is meant, may go or change its date; but nothing
    excuses a file that is not there. Each problem comes with the GUID that it is about, or "show".
    """
    shown = {episode.guid for episode in public}
    excused = {
        guid for guid, record in archive.episodes.items() if record.meant or record.episode.slug in run.overrides
    }
    excused |= run.overrides
    changes = [*_losses(old.items, new.items, shown), *_drifts(old.items, new.items)]
    meant = [(guid, problem) for guid, problem in changes if guid not in excused]
    return [
        *meant,
        *_missing(old.items, new.items, archive, run.store),
        *_missing_of_show(old, new, archive, run.store),
    ]


def _losses(
    old: Mapping[str, ItemFacts], new: Mapping[str, ItemFacts], shown: Collection[str]
) -> Iterable[tuple[str, Problem]]:
    for guid, item in old.items():
        if guid not in new and guid not in shown:
            message = say('The episode "{title}" is in the published feed, and would vanish from it.', title=item.title)
            yield guid, Problem(message, _way_out("If it is to go, withdraw it", guid))


def _drifts(old: Mapping[str, ItemFacts], new: Mapping[str, ItemFacts]) -> Iterable[tuple[str, Problem]]:
    for guid, item in new.items():
        if guid in old and moment_of(old[guid].date) != moment_of(item.date):
            message = say(
                'The date of the episode "{title}" would change from {date} to {date2}.',
                title=item.title,
                date=old[guid].date,
                date2=item.date,
            )
            yield guid, Problem(message, _way_out("If that is meant, say so", guid))


def _missing(
    old: Mapping[str, ItemFacts], new: Mapping[str, ItemFacts], archive: Archive, store: Store
) -> Iterable[tuple[str, Problem]]:
    for guid, item in new.items():
        known = old.get(guid)
        if known and (known.files, known.others) == (item.files, item.others):
            continue
        episode = archive.episodes[guid].episode
        lengths = {rendition.asset.key: item.length_of(rendition.asset.key) for rendition in episode.audio.renditions}
        for asset in assets_of(episode):
            sound = asset.key in lengths
            length = lengths.get(asset.key) or str(asset.size)
            if not item.names(asset.key) and not sound:
                continue
            if known and known.names(asset.key) and (not sound or known.length_of(asset.key) == lengths[asset.key]):
                continue
            stat = store.stat(asset.key)
            if stat is None or str(stat.size) != length:
                state = (
                    "is not in the store"
                    if stat is None
                    else say("has {size} bytes, not {length}", size=stat.size, length=length)
                )
                what = "The audio" if sound else say("A file ({key})", key=asset.key)
                message = say('{what} of the episode "{title}" {state}.', what=what, title=item.title, state=state)
                yield guid, Problem(message, "Publish the episode again with --remaster, so that it is uploaded anew.")


def _missing_of_show(old: FeedFacts, new: FeedFacts, archive: Archive, store: Store) -> Iterable[tuple[str, Problem]]:
    if archive.show is None or old.addresses == new.addresses:
        return
    for asset in assets_of(archive.show.show):
        if new.names(asset.key) and not old.names(asset.key) and store.stat(asset.key) is None:
            message = say("A file of the show ({key}) is not in the store.", key=asset.key)
            yield SHOW, Problem(message, "Publish an episode with --override show, so that it is uploaded anew.")


def moment_of(date: str) -> object:
    """The moment of a pubDate; the text itself if it is none."""
    try:
        return parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return date


def _way_out(words: str, guid: str) -> str:
    return say("{words}: --override {guid} lets it pass once.", words=words, guid=guid)
