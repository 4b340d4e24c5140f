"""Which episodes stand in feed.xml and which on further pages (RFC 5005, section 3).

Without a limit of the show's own all of them stand in feed.xml. What would make it too heavy are notes, so older
episodes go without them first (`rss` sees to that), and only what does not fit even then goes to pages.

Pages are cut from the oldest episode on and never filled up again: a new episode changes feed.xml alone, until it holds
more than the limit, and then its older half becomes a page of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sendung.core.model import Episode, Show

FEED_KEY = "feed.xml"
_FURTHER = re.compile(r"feed/[0-9]+\.xml")
MAX_BYTES = 2_500_000
"""What a document of the feed may weigh where the show sets no limit: an app refuses what weighs 3 MB."""

_ROUND = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Limits that are made from sizes: round, so that they, and with them all pages, seldom change."""


@dataclass(frozen=True)
class FeedPart:
    """One document of the feed."""

    key: str
    episodes: tuple[Episode, ...]
    """Newest first."""
    links: dict[str, str]
    """Relation to the key of another page: first, previous (newer), next (older), last."""


def is_further_page(key: str) -> bool:
    """Whether a key is that of a page of older episodes."""
    return _FURTHER.fullmatch(key) is not None


def divide(show: Show, episodes: Sequence[Episode], item_size: int) -> tuple[FeedPart, ...]:
    """Pages of episodes (newest first), feed.xml first. `item_size` is what an item without notes weighs, bytes."""
    limit = show.feed.items
    if limit is None:
        fitting = max(1, MAX_BYTES // max(1, item_size))
        limit = max((number for number in _ROUND if number <= fitting), default=fitting)
        limit = len(episodes) if len(episodes) <= fitting else limit
    chunk = max(1, limit // 2)
    archives = -(-(len(episodes) - limit) // chunk) if 0 < limit < len(episodes) else 0
    first = len(episodes) - archives * chunk
    parts = [episodes[:first], *(episodes[first + n * chunk :][:chunk] for n in range(archives))]
    keys = [FEED_KEY, *(f"feed/{number}.xml" for number in range(archives, 0, -1))]
    return tuple(
        FeedPart(key, tuple(part), _links(keys, n)) for n, (key, part) in enumerate(zip(keys, parts, strict=True))
    )


def _links(keys: Sequence[str], number: int) -> dict[str, str]:
    if len(keys) == 1:
        return {}
    links = {"first": keys[0], "last": keys[-1]}
    if number > 0:
        links["previous"] = keys[number - 1]
    if number + 1 < len(keys):
        links["next"] = keys[number + 1]
    return links
