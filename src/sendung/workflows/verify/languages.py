"""Flow: whether the pages and feeds of a show in several languages answer, and name each other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from http import HTTPStatus

from sendung import net
from sendung.core.errors import FetchError, RulesError
from sendung.core.words import clause
from sendung.feed.document import Element
from sendung.net import article
from sendung.net.feeds import LIMITS, LiveFeed, read_answer
from sendung.rules import Observed
from sendung.rules.observations import HttpObservation, LanguagePage, Opened, Role
from sendung.website.keys import show_key


@dataclass(frozen=True)
class LiveEdition:
    """One page or feed of a group, each of which is to name all of them."""

    url: str
    language: str
    """By which it is named."""
    group: tuple[str, ...]
    """The addresses of all of them."""
    role: Role
    named_guid: str = ""
    """Of a feed: the GUID by which it is named."""
    guid: str | None = None
    """Of the item that names it."""


def find_editions(live: LiveFeed, items: Collection[Element], root: str) -> tuple[LiveEdition, ...]:
    """The pages of some of the items, of the show, and the feeds, where they are in several languages.

    `root` is the address of the store's root, with a closing slash. Of a feed in one language nothing is found.
    """
    channel = live.pages[0].channel
    own = channel.value("language")
    pages: list[LiveEdition] = []
    pretty, languages = False, dict[str, None]()
    for item in items:
        others = {
            link.attributes.get("hreflang", ""): link.attributes["href"] for link in _alternates(item, "text/html")
        }
        address = listen_address(item, root)
        if address and others:
            pretty = address.endswith("/")
            languages |= dict.fromkeys(others)
            pages += _group({own: address, **others}, Role.PAGE, item.value("guid") or None)
    if languages:
        shows = {code: root + show_key(code) for code in languages}
        every = {own: root + show_key(""), **shows}
        pages += _group(
            {code: url.removesuffix("index.html") if pretty else url for code, url in every.items()}, Role.PAGE
        )
    return (*pages, *_feeds(live, channel))


def listen_address(item: Element, root: str) -> str:
    """The address of an item's listen page, to which its notes lead at their end; empty if they do not."""
    addresses = re.findall(rf"{re.escape(root)}e/[a-z0-9-]+/(?:index\.html)?(?![\w-])", item.value("content:encoded"))
    return str(addresses[-1]) if addresses else ""


def look(edition: LiveEdition, policy: net.NetPolicy) -> Iterator[Observed]:
    """How an edition is served, and what it says of itself and of the others."""
    limits = LIMITS if edition.role is Role.FEED else net.PAGE
    try:
        fetched = net.fetch(edition.url, limits=limits, policy=policy)
    except FetchError as error:
        yield HttpObservation(edition.url, edition.role, 0, fault=clause(str(error)), guid=edition.guid)
        return
    kind = fetched.headers.get("content-type", "")
    yield HttpObservation(edition.url, edition.role, fetched.status, content_type=kind, etag="-", guid=edition.guid)
    if fetched.status == HTTPStatus.OK:
        yield from _said_by(edition, fetched, kind)


def _said_by(edition: LiveEdition, fetched: net.Fetched, kind: str) -> Iterator[Observed]:
    podcast_guid = ""
    if edition.role is Role.FEED:
        try:
            channel = read_answer(fetched).channel
        except RulesError:
            yield Opened(edition.url, Role.FEED, "is no feed")
            return
        said, podcast_guid = channel.value("language"), channel.value("podcast:guid")
        named = {edition.url, *(link.attributes["href"] for link in _alternates(channel, "application/rss+xml"))}
    else:
        said, links = article.languages_of(fetched.body, fetched.url, kind)
        named = {url for _, url in links}
    unnamed = tuple(url for url in edition.group if not any(article.same_page(url, other) for other in named))
    yield LanguagePage(
        edition.url, edition.language, said, unnamed, podcast_guid, edition.named_guid or podcast_guid, edition.guid
    )


def _group(by_language: dict[str, str], role: Role, guid: str | None = None) -> Iterator[LiveEdition]:
    group = tuple(by_language.values())
    return (LiveEdition(url, language, group, role, guid=guid) for language, url in by_language.items())


def _feeds(live: LiveFeed, channel: Element) -> Iterator[LiveEdition]:
    """The feeds in other languages that a feed names; what it says itself of them is in it."""
    links = list(_alternates(channel, "application/rss+xml"))
    guids = {
        item.attributes.get("feedUrl", ""): item.attributes.get("feedGuid", "")
        for item in channel.every("podcast:remoteItem")
    }
    addresses = [link.attributes["href"] for link in links]
    group = (live.pages[0].self_link or live.answer.url, *addresses)
    for link, url in zip(links, addresses, strict=True):
        yield LiveEdition(url, link.attributes.get("hreflang", ""), group, Role.FEED, guids.get(url, ""))


def _alternates(parent: Element, kind: str) -> Iterator[Element]:
    """RFC 4287, section 4.2.7.2: the same in another language."""
    for link in parent.every("atom:link"):
        values = link.attributes
        if (
            values.get("rel") == "alternate"
            and values.get("type") == kind
            and values.get("hreflang")
            and values.get("href")
        ):
            yield link
