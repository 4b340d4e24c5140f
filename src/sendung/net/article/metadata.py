"""What an article's page says of the article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sendung.core.text import clean
from sendung.net.article.html import Page
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
    page = Page(data, url, content_type)
    graph = Graph(page.scripts("application/ld+json"))
    thing = graph.article()
    return ArticleFacts(
        url=_canonical(page, graph, thing),
        title=_title(page, graph, thing),
        summary=_first(
            graph.values(thing, "description"),
            [page.meta("og:description", "description", "twitter:description", "dc.description")],
        ),
        image=_image(page, graph, thing),
        authors=_authors(page, graph, thing),
        date=_date(page, graph, thing),
        language=_language(page, graph, thing),
        alternates=_alternates(page),
    )


def links_of(data: bytes, base_url: str, content_type: str = "") -> tuple[str, ...]:
    """Where a page that came from `base_url` leads: the absolute URLs of its links, iframes and scripts, each once."""
    page = Page(data, base_url, content_type)
    return tuple(dict.fromkeys(page.targets("a", "area", "iframe", "script")))


def _canonical(page: Page, graph: Graph, thing: Thing) -> str:
    """The page's own word on its address, where it can be right.

    It must be on the same host (a syndicated copy names the original, which is not the article that the host meant),
    and not the site's front page (templates that name it on every page are a common mistake).
    """
    said = [page.link("canonical"), page.resolve(page.meta("og:url"))]
    said += [page.resolve(url) for url in graph.values(thing, "url")]
    here = page_name(page.url)
    for url in filter(None, said):
        name = page_name(url)
        if name.partition("/")[0] == here.partition("/")[0] and ("/" in name or "?" in name or name == here):
            return url
    return urlsplit(page.url)._replace(fragment="").geturl()


def _title(page: Page, graph: Graph, thing: Thing) -> str:
    """The headline, without the site's name behind it."""
    title = _first(
        graph.values(thing, "headline"),
        [page.meta("og:title", "twitter:title")],
        graph.values(thing, "name"),
        [page.text("title"), page.text("h1")],
    )
    site = page.meta("og:site_name", "application-name") or _first(graph.values(thing, "publisher", "name"))
    return re.sub(rf"\s+[|–—·•»:-]+\s+{re.escape(site)}$", "", title, flags=re.IGNORECASE) if site else title


def _image(page: Page, graph: Graph, thing: Thing) -> str | None:
    said = [*graph.values(thing, "image", "url", "contentUrl", "@id"), *graph.values(thing, "thumbnailUrl")]
    said += [page.meta("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")]
    return next((url for one in said if (url := page.resolve(one))), None)


def _authors(page: Page, graph: Graph, thing: Thing) -> tuple[str, ...]:
    said = graph.values(thing, "author", "name") or [page.meta("author", "article:author", "dc.creator")]
    names = [name for name in said if name and not re.match(r"https?://", name)]
    return tuple(dict.fromkeys(names))


def _date(page: Page, graph: Graph, thing: Thing) -> datetime | None:
    said = graph.values(thing, "datePublished")
    said += [page.meta("article:published_time", "datepublished", "date", "dc.date", "parsely-pub-date")]
    said += [page.attribute("time[datetime]", "datetime")]
    for text in said:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            continue
        if _EARLIEST <= moment.year <= _LATEST:
            return moment
    return None


def _language(page: Page, graph: Graph, thing: Thing) -> str:
    said = [page.attribute("html", "lang"), *graph.values(thing, "inLanguage", "alternateName")]
    said += [page.meta("og:locale", "content-language", "language")]
    return next((tag for one in said if (tag := _tag(one))), "")


def _alternates(page: Page) -> dict[str, str]:
    """By language; "x-default" is none."""
    found: dict[str, str] = {}
    for language, url in page.alternates():
        if tag := _tag(language):
            found.setdefault(tag, url)
    return found


def _tag(text: str) -> str:
    """A language tag in its usual spelling (RFC 5646, section 2.1.1), as far as the region; empty if it is none."""
    found = _LANGUAGE.match(clean(text).replace("_", "-"))
    if not found:
        return ""
    language, script, region = found.groups()
    return "-".join(filter(None, [language.lower(), (script or "").title(), (region or "").upper()]))


def _first(*said: Iterable[str]) -> str:
    return next((text for texts in said for text in texts if text), "")
