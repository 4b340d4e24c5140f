"""The way from articles to episodes: the index `listen-now.json`, and the script that reads it on article pages."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from sendung.core.model import Article, Episode, Show
from sendung.core.teaser import Teaser
from sendung.website.environment import stripped
from sendung.website.i18n import words_of
from sendung.website.languages import neighbour_in
from sendung.website.theme import needle

INDEX_KEY, SCRIPT_KEY = "listen-now.json", "listen-now.js"

PARTS_FOLDER = "episodes/listen-now/"
PARTS, SPLIT_FROM = 256, 100
"""Into how many parts the index is split, beside the whole of it, once there are more names than so many.

A part of a show of 5,000 episodes has 4 KB; the whole is for copies of the script from before there were parts.
"""

MARKED = 250
"""Articles that the script itself knows, newest first; with more than these it has to ask the index on every page."""

_PLAIN = re.compile(r"https?://(?:www\.)?((?!www\.)[a-z0-9-]+(?:\.[a-z0-9-]+)+)(/[A-Za-z0-9/._~-]*)?").fullmatch
"""Most addresses: nothing in them has another spelling, which is told far quicker than by taking them to pieces."""

_QUERY = "!$%&'()*+,-./:;=?@[]^_`{|}~"


Shown = Sequence[Episode | Teaser]
"""What articles lead to, newest first."""


def index(shown: Shown) -> bytes:
    """Article (as `article_name` writes it) to [slug, label, title, language], for every article of every episode.

    An article leads to the page in its own language, if there is one; its slug is "slug/en" then. Where two episodes
    name one article, it belongs to the newer one. What leads to a teaser is named "customers <article>": scripts from
    before there were teasers do not find it, and would look for a player where there is none.
    """
    return _written(shown, lambda _: True)


def part(number: int, shown: Shown) -> bytes:
    """The same for the articles that belong into a part; `shown` need be those alone that have any of them."""
    return _written(shown, lambda name: part_of(name) == number)


def part_key(number: int) -> str:
    """Where a part is kept: beside the pages of older episodes, which every policy of before lets the public read."""
    return f"{PARTS_FOLDER}{number}.json"


def part_of(name: str) -> int:
    """The part that an article belongs into."""
    return _hash(name) % PARTS


def split(shown: Shown) -> dict[int, list[Episode | Teaser]]:
    """The episodes that have articles in each part, in their order; nothing where the index is not split."""
    named = [(episode, {name for article in episode.articles for name in article_names(article)}) for episode in shown]
    if sum(len(names) for _, names in named) <= SPLIT_FROM:
        return {}
    parts: dict[int, list[Episode | Teaser]] = {number: [] for number in range(PARTS)}
    for episode, names in named:
        for number in {part_of(name) for name in names}:
            parts[number].append(episode)
    return parts


def _written(shown: Shown, wanted: Callable[[str], bool]) -> bytes:
    articles: dict[str, list[str]] = {}
    for episode in shown:
        for article in episode.articles:
            entry = _entry(episode, article.language)
            for name in filter(wanted, article_names(article)):
                articles.setdefault(f"customers {name}" if isinstance(episode, Teaser) else name, entry)
    return (json.dumps({"version": 1, "articles": articles}, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _entry(episode: Episode | Teaser, language: str) -> list[str]:
    """What the button of an article in a language says, and where it leads."""
    if isinstance(episode, Teaser):
        words = words_of(language)
        label = f"{words.gettext('For customers')} ({words.minutes(episode.duration_s)})"
        return [episode.slug, label, episode.title, language]
    page, _ = neighbour_in(episode, language)
    return [page.slug, listen_label(page, language), page.title, language]


def script(show: Show, shown: Shown) -> bytes:
    """The script for the article site's template; it knows the articles well enough to stay silent on other pages.

    Of teasers it knows nothing where the show has none, and is the same then as before there were any.
    """
    articles = (article for episode in shown for article in episode.articles)
    names: dict[str, None] = {}
    for article in articles:
        names |= dict.fromkeys(article_names(article))
        if len(names) > MARKED:
            break
    marks = sorted({*map(_mark, names)}) if len(names) <= MARKED else []
    columns = "".join(mark[place] for place in range(3) for mark in marks)
    known = {
        "home": json.dumps(show.url_of(SCRIPT_KEY))[1:-1].replace("<", "%3C"),
        "page": show.path_of("index.html"),
        "all": "yes" if len(names) <= MARKED else "",
        "parts": PARTS_FOLDER if split(shown) else "",
        "known": columns,
        "accent": needle(show.theme),
    }
    told = any(isinstance(episode, Teaser) for episode in shown)
    text = re.sub(r" /\* teasers \*/$" if told else r"^.* /\* teasers \*/\n", "", stripped("listen-now.js"), flags=re.M)
    return re.sub(r"%([a-z]+)%", lambda word: known[word[1]], text).encode() + b"\n"


def listen_label(episode: Episode, language: str) -> str:
    """What the link to an episode says in a language: "Jetzt reinhören! (42 Min.)"."""
    words = words_of(language)
    return f"{words.gettext('Listen now!')} ({words.minutes(episode.audio.duration_s)})"


def article_names(article: Article) -> list[str]:
    """Every name of an article: by the address that the host wrote, and by the one that its page calls canonical."""
    return [article_name(url) for url in (article.url, article.canonical) if url]


def article_name(url: str) -> str:
    """An article's URL as script and index compare it: no scheme, no "www.", no fragment, no closing slash.

    The path is decoded and in Unicode's composed form, so that every spelling of one address is equal.
    """
    if plain := _PLAIN(url):
        return plain[1] + (plain[2] or "").rstrip("/")
    parts = urlsplit(url)
    host = _ascii(parts.netloc.rpartition("@")[2].lower()).removeprefix("www.")
    host = host.removesuffix({"https": ":443", "http": ":80"}.get(parts.scheme, " "))
    query = f"?{quote(parts.query, safe=_QUERY)}" if parts.query else ""
    return unicodedata.normalize("NFC", f"{host}{_decoded(parts.path).rstrip('/')}{query}")


@lru_cache(maxsize=64)
def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _decoded(path: str) -> str:
    try:
        return unquote(path, errors="strict")
    except UnicodeDecodeError:
        return path


def _mark(name: str) -> str:
    """Three characters for an article: FNV-1a of its name's UTF-8, folded to 18 bits, six bits a character."""
    value = _hash(name)
    sixes = (value >> 12, value >> 6 & 63, value & 63)
    return "".join(chr(six + (48 if six < 44 else 53)) for six in sixes)


def _hash(name: str) -> int:
    value = 0x811C9DC5
    for byte in name.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return (value ^ value >> 18) & 0x3FFFF
