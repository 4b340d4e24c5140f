"""A feed on the web as an app fetches it, with every page that it names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from sendung import feed, net
from sendung.core.errors import FetchError, RulesError
from sendung.core.words import say
from sendung.feed.document import Element, Feed
from sendung.feed.reader import MAX_BYTES
from sendung.feed.values import is_absolute, joined

LIMITS = net.Limits(size=MAX_BYTES, seconds=300, silence_s=30)
_MOST_PAGES = 500


@dataclass(frozen=True)
class FeedPage:
    """One document of a feed."""

    feed: Feed
    address: str
    """After redirects; empty for a file that does not say."""


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
    """A feed with the pages of older items that it names, each once.

    Raises FetchError if one cannot be fetched, RulesError if one is no feed.
    """
    answer = net.fetch(url, limits=LIMITS, policy=policy).expect_ok()
    first = FeedPage(read_answer(answer), answer.url)
    return LiveFeed(answer, (first.feed, *(page.feed for page in older_pages(first, policy, {url}))))


def read_answer(answer: net.Fetched, *, forgiving: bool = False) -> Feed:
    """The feed in an answer, whose Content-Type may say its encoding. Raises RulesError; see `feed.read`."""
    charset = feed.charset_of(answer.headers.get("content-type", ""))
    return feed.read(answer.body, charset, answer.url, forgiving=forgiving)


def older_pages(
    first: FeedPage, policy: net.NetPolicy, seen: Collection[str] = (), *, forgiving: bool = False
) -> Iterator[FeedPage]:
    """The pages with older items that a feed names, each once, newest first. Raises FetchError, RulesError."""
    page, known = first, {first.address, *seen}
    while (address := older_page(page)) and is_absolute(address) and address not in known and len(known) < _MOST_PAGES:
        known.add(address)
        try:
            answer = net.fetch(address, limits=LIMITS, policy=policy).expect_ok()
            page = FeedPage(read_answer(answer, forgiving=forgiving), answer.url)
        except (FetchError, RulesError) as error:
            named = (
                replace(problem, message=say("A page of the feed: {message}", message=problem.message))
                for problem in error.problems
            )
            raise type(error).of(named) from None
        yield page


def older_page(page: FeedPage) -> str:
    """The address of the page with older items (RFC 5005, sections 3 and 4); empty if there is none."""
    for relation in ("next", "prev-archive"):
        for link in page.feed.channel.every("atom:link"):
            if link.attributes.get("rel") == relation and (target := link.attributes.get("href", "").strip()):
                return joined(joined(page.address, page.feed.base), target)
    return ""
