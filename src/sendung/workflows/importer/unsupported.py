"""What an old feed holds, and show.yaml and episode.yaml have no place for: it is said, never dropped in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sendung.feed.document import Element
from sendung.workflows.importer.items import truth
from sendung.workflows.importer.podcasting20 import SOUNDBITE, TAGS, soundbites, supplements
from sendung.workflows.importer.urls import absolute

_TAKEN = {f"podcast:{name}" for name in (
    *("guid", "locked", "medium", "person", "image", "images", "season", "episode", "block"),
    *("transcript", "chapters", "soundbite", "contentLink", "updateFrequency", "podroll"),
)} | set(TAGS.values())  # fmt: skip
"""Tags of the podcast namespace that have a place, or are made anew."""
_MAY_TRAIL = ("", "trailer")
"""itunes:episodeType of an item that becomes a trailer because the channel calls it one."""
_LOST = ("podcast:liveValue", "podcast:valueTimeSplit")
"""What has no place within a tag that has one."""


def left_out(channel: Element, items: Sequence[Element], base: str, said: Mapping[str, Any]) -> Counter[str]:
    """Names of tags that are not imported, and how many of each. `said` is what show.yaml's `feed:` says."""
    lost = Counter(_without_place(channel, items, base))
    lost += _not_fitting(channel, said, TAGS | {"schedule": "podcast:updateFrequency"})
    # One that only says that the show is complete has another key.
    wordless = [
        one for one in channel.every("podcast:updateFrequency") if not (one.text.strip() or "rrule" in one.attributes)
    ]
    lost -= Counter(one.name for one in wordless)
    recommended = [one.name for roll in channel.every("podcast:podroll") for one in roll.children]
    lost += Counter(recommended[len(said.get("podroll", ())) :])
    for item in items:
        lost += _not_fitting(item, {**supplements(item, base), "soundbites": soundbites(item)}, TAGS | SOUNDBITE)
        # Apple, "Podcast RSS feed requirements", <itunes:block> of an episode.
        lost += Counter({"itunes:block": int(truth(item.value("itunes:block")) or False)})
    return lost


def _without_place(channel: Element, items: Sequence[Element], base: str) -> Iterator[str]:
    trailers = {_enclosure(item, base) for item in items if item.value("itunes:episodeType").lower() in _MAY_TRAIL}
    for parent in (channel, *items):
        for child in parent.children:
            if child.name == "podcast:value":
                yield from (one.name for one in child.walk() if one.name in _LOST)
            elif child.name == "podcast:trailer":
                yield from [child.name] if absolute(base, child.attributes.get("url", "")) not in trailers else []
            elif child.name == "podcast:alternateEnclosure":
                yield from [child.name] if _enclosure(parent, base) not in _sources(child, base) else []
            elif child.name.startswith("podcast:") and child.name not in _TAKEN:
                yield child.name


def _enclosure(item: Element, base: str) -> str | None:
    return absolute(base, item.attribute("enclosure", "url"))


def _sources(alternate: Element, base: str) -> set[str | None]:
    return {absolute(base, one.attributes.get("uri", "")) for one in alternate.every("podcast:source")}


def _not_fitting(parent: Element, kept: Mapping[str, Any], tags: Mapping[str, str]) -> Counter[str]:
    """Tags whose values are not as the namespace wants them."""
    found = {tag: len(list(parent.every(tag))) for tag in tags.values()}
    for key, tag in tags.items():
        value = kept.get(key)
        found[tag] -= len(value) if isinstance(value, list) else int(value is not None)
    return Counter(found)
