"""Flow: a feed on the web as an app fetches it, with every page that it names."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin

from sendung import feed, net
from sendung.feed.document import Element, Feed
from sendung.feed.reader import MAX_BYTES

LIMITS = net.Limits(size=MAX_BYTES, seconds=300, silence_s=30)
_MOST_PAGES = 500


@dataclass(frozen=True)
class LiveFeed:
    """A feed and where it came from."""

    answer: net.Fetched
    """Of the first page."""
    pages: tuple[Feed, ...]
    """The first one holds the newest items."""

    @property
    def items(self) -> tuple[Element, ...]:
        """Those of all pages, newest first."""
        return tuple(item for page in self.pages for item in page.items)


def fetch_feed(url: str, policy: net.NetPolicy) -> LiveFeed:
    """A feed with the pages that it names as next (RFC 5005, section 3), each once.

    Raises FetchError if one cannot be fetched, RulesError if one is no feed.
    """
    answer = net.fetch(url, limits=LIMITS, policy=policy).expect_ok()
    pages, seen, at = [feed.read(answer.body)], {url, answer.url}, answer.url
    while (at := _next(pages[-1], at)) and at not in seen and len(pages) < _MOST_PAGES:
        seen.add(at)
        pages.append(feed.read(net.fetch(at, limits=LIMITS, policy=policy).expect_ok().body))
    return LiveFeed(answer, tuple(pages))


def _next(page: Feed, base: str) -> str:
    """The address of the page with older items; empty if there is none."""
    for link in page.channel.every("atom:link"):
        if link.attributes.get("rel") == "next" and (target := link.attributes.get("href", "").strip()):
            return urljoin(base, target)
    return ""
