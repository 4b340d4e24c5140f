"""Flow: a feed on the web as an app fetches it, with every page that it names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from sendung import feed, net
from sendung.core.errors import FetchError, RulesError
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


def fetch_feed(url: str, policy: net.NetPolicy, *, forgiving: bool = False) -> LiveFeed:
    """A feed with the pages of older items that it names, each once.

    Raises FetchError if one cannot be fetched, RulesError if one is no feed; see `feed.read` for `forgiving`.
    """
    answer = net.fetch(url, limits=LIMITS, policy=policy).expect_ok()
    first = read_answer(answer, forgiving=forgiving)
    return LiveFeed(answer, (first, *older_pages(first, answer.url, policy, {url}, forgiving=forgiving)))


def read_answer(answer: net.Fetched, *, forgiving: bool = False) -> Feed:
    """The feed in an answer, whose Content-Type may say its encoding. Raises RulesError."""
    return feed.read(answer.body, feed.charset_of(answer.headers.get("content-type", "")), forgiving=forgiving)


def older_pages(
    first: Feed, address: str, policy: net.NetPolicy, seen: Collection[str] = (), *, forgiving: bool = False
) -> Iterator[Feed]:
    """The pages with older items that a feed names, each once, newest first. Raises FetchError, RulesError."""
    page, at, known = first, address, {address, *seen}
    while (at := older_page(page, at)) and at not in known and len(known) < _MOST_PAGES:
        known.add(at)
        try:
            page = read_answer(net.fetch(at, limits=LIMITS, policy=policy).expect_ok(), forgiving=forgiving)
        except (FetchError, RulesError) as error:
            named = (
                replace(problem, message=f"The page with older items: {problem.message}") for problem in error.problems
            )
            raise type(error).of(named) from None
        yield page


def older_page(page: Feed, base: str) -> str:
    """The address of the page with older items (RFC 5005, sections 3 and 4); empty if there is none, or `base` is."""
    for relation in ("next", "prev-archive"):
        for link in page.channel.every("atom:link"):
            if link.attributes.get("rel") == relation and (target := link.attributes.get("href", "").strip()):
                return address if (address := urljoin(base, target)).startswith("http") else ""
    return ""
