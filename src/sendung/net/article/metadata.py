"""What an article's page says of the article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sendung.core.text import clean
from sendung.net.article.html import ArticlePage
from sendung.net.article.json_ld import Graph, Thing
from sendung.net.article.urls import page_name

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|\d{3}))?(?=-|$)")

_EARLIEST, _LATEST = 1970, 2999
"""Years of publication; what lies far outside cannot even be moved to another zone."""


@dataclass(frozen=True)
class ArticleFacts:
    """An article; what its page does not say is empty."""

    url: str
    """The address that it wants to be known by."""
    title: str = ""
    summary: str = ""
    """Plain text, one paragraph."""
    image: str | None = None
    """Absolute URL."""
    authors: tuple[str, ...] = ()
    date: datetime | None = None
    """When it was published; without a zone where the page names none."""
    language: str = ""
    """BCP 47."""
    alternates: Mapping[str, str] = field(default_factory=dict)
    """Language to URL, the article itself among them where the page lists it."""


def read_article(data: bytes, url: str, content_type: str = "") -> ArticleFacts:
    """The facts of the article whose page `data` is, which came from `url`; `content_type` is the answer's header.

    JSON-LD is believed first, then Open Graph, then the other meta elements. Never raises: of what is no page, only
    the URL is known.
    """
    page = ArticlePage(data, url, content_type)
    graph = Graph(page.scripts("application/ld+json"))
    node = graph.article()
    return ArticleFacts(
        url=_canonical(page, graph, node),
        title=_title(page, graph, node),
        summary=_first(
            graph.values(node, "description"),
            [page.meta("og:description", "description", "twitter:description", "dc.description")],
        ),
        image=_image(page, graph, node),
        authors=_authors(page, graph, node),
        date=_date(page, graph, node),
        language=_language(page, graph, node),
        alternates=_alternates(page),
    )


def languages_of(data: bytes, url: str, content_type: str = "") -> tuple[str, tuple[tuple[str, str], ...]]:
    """The language that a page says it is in (empty if none), and language and address of each that it names."""
    page = ArticlePage(data, url, content_type)
    return page.attribute("html", "lang"), tuple(page.alternates())


def links_of(data: bytes, base_url: str, content_type: str = "") -> tuple[str, ...]:
    """Where a page that came from `base_url` leads: the absolute URLs of its links, iframes and scripts, each once."""
    page = ArticlePage(data, base_url, content_type)
    return tuple(dict.fromkeys(page.targets("a", "area", "iframe", "script")))


def _canonical(page: ArticlePage, graph: Graph, node: Thing) -> str:
    """The page's own word on its address, where it can be right.

    It must be on the same host (a syndicated copy names the original, which is not the article that the host meant),
    and not the site's front page (templates that name it on every page are a common mistake).
    """
    urls = [page.link("canonical"), page.resolve(page.meta("og:url"))]
    urls += [page.resolve(url) for url in graph.values(node, "url")]
    here = page_name(page.url)
    for url in filter(None, urls):
        name = page_name(url)
        if name.partition("/")[0] == here.partition("/")[0] and ("/" in name or "?" in name or name == here):
            return url
    return urlsplit(page.url)._replace(fragment="").geturl()


def _title(page: ArticlePage, graph: Graph, node: Thing) -> str:
    """The headline, without the site's name behind it."""
    title = _first(
        graph.values(node, "headline"),
        [page.meta("og:title", "twitter:title")],
        graph.values(node, "name"),
        [page.text("title"), page.text("h1")],
    )
    site = page.meta("og:site_name", "application-name") or _first(graph.values(node, "publisher", "name"))
    return re.sub(rf"\s+[|–—·•»:-]+\s+{re.escape(site)}$", "", title, flags=re.IGNORECASE) if site else title


def _image(page: ArticlePage, graph: Graph, node: Thing) -> str | None:
    urls = [*graph.values(node, "image", "url", "contentUrl", "@id"), *graph.values(node, "thumbnailUrl")]
    urls += [page.meta("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")]
    return next((url for address in urls if (url := page.resolve(address))), None)


def _authors(page: ArticlePage, graph: Graph, node: Thing) -> tuple[str, ...]:
    said = graph.values(node, "author", "name") or [page.meta("author", "article:author", "dc.creator")]
    names = [name for name in said if name and not re.match(r"https?://", name)]
    return tuple(dict.fromkeys(names))


def _date(page: ArticlePage, graph: Graph, node: Thing) -> datetime | None:
    dates = graph.values(node, "datePublished")
    dates += [page.meta("article:published_time", "datepublished", "date", "dc.date", "parsely-pub-date")]
    dates += [page.attribute("time[datetime]", "datetime")]
    for text in dates:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            continue
        if _EARLIEST <= moment.year <= _LATEST:
            return moment
    return None


def _language(page: ArticlePage, graph: Graph, node: Thing) -> str:
    texts = [page.attribute("html", "lang"), *graph.values(node, "inLanguage", "alternateName")]
    texts += [page.meta("og:locale", "content-language", "language")]
    return next((tag for text in texts if (tag := _tag(text))), "")


def _alternates(page: ArticlePage) -> dict[str, str]:
    """By language; "x-default" is none."""
    addresses: dict[str, str] = {}
    for language, url in page.alternates():
        if tag := _tag(language):
            addresses.setdefault(tag, url)
    return addresses


def _tag(text: str) -> str:
    """A language tag in its usual spelling (RFC 5646, section 2.1.1), as far as the region; empty if it is none."""
    match = _LANGUAGE.match(clean(text).replace("_", "-"))
    if not match:
        return ""
    language, script, region = match.groups()
    return "-".join(filter(None, [language.lower(), (script or "").title(), (region or "").upper()]))


def _first(*said: Iterable[str]) -> str:
    return next((text for texts in said for text in texts if text), "")
