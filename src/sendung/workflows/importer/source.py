"""Where an old feed comes from: its address, or a file; with all pages of it that can be had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sendung import feed, net
from sendung.core.errors import ConfigError, FetchError, Problem, RulesError, Severity
from sendung.core.words import say
from sendung.feed.document import Element, Feed
from sendung.feed.values import joined
from sendung.net.feeds import LIMITS, FeedPage, older_page, older_pages, read_answer
from sendung.workflows.importer.items import FeedItem
from sendung.workflows.importer.urls import absolute


@dataclass(frozen=True)
class OldFeed:
    """A feed as its old host has it."""

    pages: tuple[FeedPage, ...]
    """The first one holds the newest items."""
    problems: tuple[Problem, ...] = field(default=())
    """What was wrong with the feed itself, and how it was read."""

    @property
    def channel(self) -> Element:
        """Of the first page."""
        return self.pages[0].feed.channel

    @property
    def address(self) -> str:
        """Of the first page; empty for a file that does not say."""
        return self.pages[0].address

    @property
    def base(self) -> str:
        """What the channel's relative addresses start from; may be empty."""
        return joined(self.address, self.pages[0].feed.base)

    @property
    def items(self) -> tuple[FeedItem, ...]:
        """Those of all pages, in their order."""
        return tuple(
            FeedItem(item, joined(page.address, page.feed.base)) for page in self.pages for item in page.feed.items
        )


def read_source(source: str | Path, address: str, policy: net.NetPolicy) -> OldFeed:
    """The feed at an address, or in a file that was saved from `address` (empty: what the feed says of itself).

    Raises FetchError, RulesError, ConfigError if its first page cannot be had or read; of another page that is said.
    """
    if isinstance(source, str):
        answer = net.fetch(source, limits=LIMITS, policy=policy).expect_ok()
        first, seen = FeedPage(read_answer(answer, forgiving=True), address or answer.url), {source, answer.url}
    else:
        page = _read(source)
        first = FeedPage(page, absolute("", address) or _self(page.channel) or "")
        seen = {first.address}
    pages, problems = [first], list(_about(first.feed))
    try:
        for further in older_pages(first, policy, seen, forgiving=True):
            pages.append(further)
            problems += _about(further.feed)
    except (FetchError, RulesError) as error:
        hint = "Its older items are missing. Run the import again once the old host has the page."
        problems += [Problem(problem.message, hint, None, Severity.WARNING) for problem in error.problems]
    if len(pages) > 1:
        count = sum(len(page.feed.items) for page in pages)
        message = say(
            "The old feed has {count} items on {count2} pages, of which big directories read the first only.",
            count=count,
            count2=len(pages),
        )
        problems.append(Problem(message, "The new feed lists all that fit into it.", None, Severity.WARNING))
    if not first.address and older_page(first):
        hint = "Say with --feed-url what the file's address was, and they are fetched."
        problems.append(Problem("The feed names a page with older items.", hint, None, Severity.WARNING))
    return OldFeed(tuple(pages), tuple(problems))


def _read(file: Path) -> Feed:
    try:
        return feed.read(file.read_bytes(), forgiving=True)
    except OSError as error:
        message = say("{name} cannot be read: {strerror}.", name=file.name, strerror=error.strerror)
        raise ConfigError(message, "Name the feed's file, or its address.") from None


def _self(channel: Element) -> str | None:
    links = (link for link in channel.every("atom:link") if link.attributes.get("rel") == "self")
    return next((url for link in links if (url := absolute("", link.attributes.get("href", "")))), None)


def _about(page: Feed) -> Iterator[Problem]:
    """What was wrong with a page, and how it was read."""
    yield from _warnings(page.remarks, "Look at what became of it.")
    outside = (
        say("Line {line}: “{title}” stands outside of the channel; it was read.", line=item.line, title=_title(item))
        for item in page.misplaced
    )
    yield from _warnings(outside, "Look at what became of it.")
    further = (
        say(
            "Line {line}: a second channel, “{title}”, with {every_count} items, was left out.",
            line=channel.line,
            title=_title(channel),
            every_count=len(list(channel.every("item"))),
        )
        for channel in page.channels
    )
    yield from _warnings(further, "Save it as a feed of its own, and import that.")


def _title(element: Element) -> str:
    return element.value("title") or "without a title"


def _warnings(messages: Iterable[str], hint: str) -> Iterator[Problem]:
    return (Problem(message, hint, None, Severity.WARNING) for message in messages)
