"""What only a feed as a whole tells apps, as show.yaml writes it under `feed` (podcast-namespace, docs/tags)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sendung.core.podcasting20 import FeedOptions
from sendung.feed.document import Element
from sendung.workflows.importer import html_text
from sendung.workflows.importer.podcasting20 import filled, fitting, season_name, supplements
from sendung.workflows.importer.urls import absolute, ends_with_the_move, secure


def options(channel: Element, items: Iterable[Element], base: str) -> dict[str, Any]:
    """The values of show.yaml's `feed:` key, but for those that an import decides (locked, new_feed_url)."""
    values = {
        "medium": html_text.line(channel.value("podcast:medium")),
        "blocked_at": [service for service, blocked in _blocks(channel) if service and blocked],
        "seasons": _seasons(items),
        "schedule": next(_schedules(channel), None),
        "podroll": list(_podroll(channel, base)),
        "hubs": list(_hubs(channel, base)),
    }
    if str(values["medium"]).lower() == "podcast":
        del values["medium"]
    return supplements(channel, base) | fitting(values, FeedOptions)


def blocked(channel: Element) -> bool:
    """docs/tags/block.md: whether no service at all may list the show."""
    return any(blocked for service, blocked in _blocks(channel) if not service)


def complete(channel: Element) -> bool:
    """docs/tags/update-frequency.md: whether no further episode will come."""
    return channel.attribute("podcast:updateFrequency", "complete").lower() == "true"


def _blocks(channel: Element) -> Iterator[tuple[str, bool]]:
    for element in channel.every("podcast:block"):
        yield element.attributes.get("id", "").strip().lower(), element.text.strip().lower() == "yes"


def _seasons(items: Iterable[Element]) -> dict[int, str]:
    """The newest item of a season names it."""
    names: dict[int, str] = {}
    for item in items:
        number, name = item.value("podcast:season"), season_name(item)
        if name and re.fullmatch(r"[1-9]\d{0,5}", number):
            names.setdefault(int(number), name)
    return dict(sorted(names.items()))


def _schedules(channel: Element) -> Iterator[dict[str, str]]:
    """docs/tags/update-frequency.md; some hosts write a rule without words, or one with RRULE: before it."""
    for element in channel.every("podcast:updateFrequency"):
        rule = element.attributes.get("rrule", "").strip().removeprefix("RRULE:")
        start = element.attributes.get("dtstart", "").strip()
        schedule = filled({"text": html_text.line(element.text) or rule, "rrule": rule, "start": start})
        # What cannot be read is left out, and the words are kept.
        tries = (schedule, {**schedule, "start": None}, {**schedule, "start": None, "rrule": None})
        schedules = ({"schedule": filled(values)} for values in tries)
        yield from (kept["schedule"] for kept in schedules if fitting(kept, FeedOptions))


def _podroll(channel: Element, base: str) -> Iterator[dict[str, str]]:
    """docs/tags/podroll.md, remote-item.md."""
    for element in (
        item for podroll in channel.every("podcast:podroll") for item in podroll.every("podcast:remoteItem")
    ):
        link, medium = (element.attributes.get(name, "").strip() for name in ("feedUrl", "medium"))
        yield filled(
            {
                "guid": element.attributes.get("feedGuid", "").strip(),
                "url": absolute(base, link) if link else None,
                "title": html_text.line(element.attributes.get("title", "")),
                "medium": medium if medium != "podcast" else None,
            }
        )


def _hubs(channel: Element, base: str) -> Iterator[str]:
    """WebSub hubs, but for those of a hosting service, which know its own feeds only."""
    named = (
        element.attributes.get("href", "")
        for element in channel.every("atom:link")
        if element.attributes.get("rel") == "hub"
    )
    addresses = (absolute(base, text) for text in named)
    yield from (secure(hub) for hub in addresses if hub and not ends_with_the_move(hub))
