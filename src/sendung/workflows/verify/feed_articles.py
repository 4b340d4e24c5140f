"""Flow: which articles belong to which episodes, as far as the public can see: by the feed and listen-now.json."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urljoin

from sendung import net
from sendung.core.errors import FetchError
from sendung.core.model import listen_key
from sendung.feed.document import Element
from sendung.net import article
from sendung.net.feeds import LiveFeed
from sendung.rules.observations import ArticleObservation
from sendung.website.listen_now import INDEX_KEY, article_name
from sendung.workflows.verify.articles import EpisodeArticle, ListenPages, needs_article
from sendung.workflows.verify.languages import listen_address


@dataclass(frozen=True)
class LiveLinks:
    """The articles of some items of a feed."""

    listen: ListenPages
    by_article: Mapping[str, tuple[EpisodeArticle, ...]]
    """By the article's address, as the feed writes it."""
    alone: tuple[ArticleObservation, ...] = ()
    """Episodes that ought to have an article, and name none."""

    @property
    def root(self) -> str:
        """Where the feed says that it is kept, with a closing slash."""
        return self.listen.root


def find_links(live: LiveFeed, items: Collection[Element], policy: net.NetPolicy) -> LiveLinks:
    """The articles of some of the items, and the episodes that they belong to.

    Other programs' feeds do not say which of their links is an article, so that nothing is known of them. What cannot
    be fetched here is not known either; nothing is raised.
    """
    root = _root(live)
    if not live.pages[0].channel.value("generator").startswith("Sendung "):
        return LiveLinks(ListenPages(root, lambda _slug: None), {})
    index = _index(root, policy)
    by_article: dict[str, list[EpisodeArticle]] = defaultdict(list)
    alone = []
    for item in items:
        slug = _slug(item, root)
        named = list(_articles(item, slug, root, index)) if slug else []
        guid = item.value("guid") or None
        for url in named:
            newest = index.get(article_name(url), slug)
            by_article[url].append(EpisodeArticle(slug, url, newest == slug, guid=guid))
        if slug and not named and needs_article(item.value("itunes:episodeType")):
            alone.append(ArticleObservation("", slug, guid=guid))
    listen = ListenPages(root, _slug_now(live, root, policy))
    return LiveLinks(listen, {url: tuple(some) for url, some in by_article.items()}, tuple(alone))


def _root(live: LiveFeed) -> str:
    """Where the feed says that it is kept."""
    return urljoin(urljoin(live.answer.url, live.pages[0].self_link), ".")


def _index(root: str, policy: net.NetPolicy) -> dict[str, str]:
    """Article to slug, without the language, as listen-now.js reads it; empty if it cannot be read."""
    try:
        articles = json.loads(net.fetch(root + INDEX_KEY, policy=policy).expect_ok().body)["articles"]
        return {str(name): str(entry[0]).partition("/")[0] for name, entry in articles.items()}
    except (FetchError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def _slug(item: Element, root: str) -> str:
    """The slug of an item's listen page, to which its notes lead at their end; empty if they do not."""
    return listen_address(item, root).removeprefix(f"{root}e/").partition("/")[0]


def _articles(item: Element, slug: str, root: str, index: Mapping[str, str]) -> Iterator[str]:
    """The item's link, if it is no listen page, and those of its further links that the index has as articles."""
    link = item.value("link")
    if link and not article.same_page(link, root + listen_key(slug)):
        yield link
    for other in item.every("podcast:contentLink"):
        url = other.attributes.get("href", "").strip()
        if url != link and index.get(article_name(url)) == slug:
            yield url


def _slug_now(live: LiveFeed, root: str, policy: net.NetPolicy) -> Callable[[str], str | None]:
    """What slugs have become: those of the feed stay, and the page at a former one names the present one."""
    known = {slug for item in live.items if (slug := _slug(item, root))}

    @cache
    def slug_now(slug: str) -> str | None:
        if slug in known:
            return slug
        try:
            page = net.fetch(root + listen_key(slug), policy=policy).expect_ok()
        except FetchError:
            return None
        name = article.read_article(page.body, page.url, page.headers.get("content-type", "")).url
        return next((other for other in known if article.same_page(name, root + listen_key(other))), None)

    return slug_now
