"""What is counted: which files and pages, whose articles, in which days."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from sendung.listening.rules import AudioFile


def new_secret() -> str:
    """A random key of 128 bits."""
    return secrets.token_hex(16)


@dataclass(frozen=True)
class ArticleOf:
    """An article of an episode."""

    episode: int
    url: str
    language: str


@dataclass(frozen=True)
class CountPlan:
    """What one count needs besides the logs."""

    slugs: tuple[str, ...]
    """The episodes; others say their places in this list."""
    files: tuple[AudioFile, ...]
    pages: Mapping[str, int]
    """Keys of listen pages and embeds, each with its episode."""
    prefixes: tuple[str, ...]
    """What may stand before a key in a log's paths: the path of `public_url`, the store's prefix; without slashes."""
    zone: str
    """IANA name of the show's zone: its calendar days are the windows."""
    articles: tuple[ArticleOf, ...] = ()
    languages: Mapping[str, str] = field(default_factory=dict)
    """The language of the pages that are in another than the show's."""
    own_origin: str = ""
    """Of `public_url`: pages that are no article."""
    since: date | None = None
    until: date | None = None
    """The first and the last day that count."""
    shard: int = 0
    shards: int = 1
    """Which of how many shares of the days is counted: those whose number leaves this rest."""
    secret: str = field(default_factory=new_secret, repr=False)
    """Salts listeners' addresses, with each day; never written anywhere, and new with every run."""

    def article_of(self, episode: int, referrer: str, label: str) -> tuple[str, str] | None:
        """The article (or newsletter) that a listener came from, and its language ("" where that is not told).

        An article and its translations are one: the first one's URL. Browsers name another site's page by its origin
        alone (Referrer Policy, strict-origin-when-cross-origin), so that is enough where the episode has its article;
        the page's own language then tells which of its languages ("/en", as `label` has it) that was.
        """
        page = label.removeprefix("/") if label.startswith("/") else ""
        label = "" if page else label
        articles = [article for article in self.articles if article.episode == episode]
        if label:
            languages = [article.language for article in articles if article.language.lower() == label.lower()]
            return (articles[0].url, languages[0]) if languages else (label, "")
        origin, path = _parts(referrer)
        if not origin or origin == self.own_origin:
            return None
        same = [article for article in articles if _parts(article.url)[0] == origin]
        near = [article for article in same if _parts(article.url)[1] == path] or same
        if not near:
            return None
        if len(near) > 1:
            near = [article for article in near if article.language.lower() == page.lower()] or near
        return articles[0].url, near[0].language if len(near) == 1 else ""


def origin_of(url: str) -> str:
    """Scheme and host of a URL, "" where it has none."""
    return _parts(url)[0]


def _parts(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return "", ""
    host = parts.hostname.removeprefix("www.")
    return f"{parts.scheme}://{host}", parts.path.rstrip("/")
