"""Flow: do articles and episodes lead to each other? Asks the articles' site, so it is never done unasked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sendung import article, web
from sendung.archive import Reader
from sendung.errors import FetchError, Problem, Severity
from sendung.model import Article, Episode, Show, listen_key
from sendung.pages.keys import embed_key
from sendung.pages.listen_now import SCRIPT_KEY
from sendung.progress import Progress
from sendung.store.interface import Store

_AT_ONCE = 6
_PAGE = web.Limits(size=4_000_000, seconds=20)


@dataclass(frozen=True)
class LinkFinding:
    """What is wrong between an episode and an article."""

    slug: str
    url: str
    """The article's; empty where the episode has none."""
    problem: Problem


def check_published_links(
    store: Store, cache: Path, slugs: Collection[str], now: datetime, door: web.Door, progress: Progress
) -> list[LinkFinding]:
    """`check_links` for the episodes of a store that the public sees; for those of some slugs, if any are named.

    Raises StoreError.
    """
    archive = Reader(store, cache).archive()
    if archive.show is None:
        return []
    public = [record.episode for record in archive.episodes.values() if record.public(now)]
    known = {slug for episode in public for slug in (episode.slug, *episode.former_slugs)}
    chosen = [episode for episode in public if not slugs or episode.slug in slugs]
    return check_links(archive.show.show, sorted(chosen, key=lambda one: one.date), known, door, progress)


def check_links(
    show: Show, episodes: Sequence[Episode], known: Collection[str], door: web.Door, progress: Progress
) -> list[LinkFinding]:
    """Fetch the articles of some episodes, and say which are not up, or do not lead to their episode, and the like.

    `known` are the slugs of all episodes that there are, former ones too: an article that leads to another listen page
    of this show leads nowhere. Nothing is raised: an article that cannot be fetched is a finding, and all are
    warnings but for an episode without an article, which is a note.
    """
    alone = [_no_article(episode) for episode in episodes if not episode.articles]
    pairs = [(episode, one) for episode in episodes for one in episode.articles]
    with progress.meter("Articles", len(pairs), "items") as meter, ThreadPoolExecutor(_AT_ONCE) as pool:

        def look(pair: tuple[Episode, Article]) -> list[LinkFinding]:
            episode, one = pair
            found = [LinkFinding(episode.slug, one.url, problem) for problem in _look(show, episode, one, known, door)]
            meter.advance(1)
            return found

        return [finding for found in pool.map(look, pairs) for finding in found] + alone


def _look(show: Show, episode: Episode, one: Article, known: Collection[str], door: web.Door) -> Iterator[Problem]:
    try:
        page = web.fetch(one.url, limits=_PAGE, door=door).expect_ok()
    except FetchError as error:
        yield _warning("article-up", f"{episode.slug}: {error.problems[0].message}", error.problems[0].hint)
        return
    kind = page.headers.get("content-type", "")
    links = article.links_of(page.body, page.url, kind)
    if not any(article.same_page(link, home) for link in links for home in _homes(show, episode)):
        hint = (
            f"`sendung links {episode.slug}` prints what to paste there, and a script that does it for every article."
        )
        yield _warning("article-links", f"{web.shown(one.url)} does not lead to {episode.slug}.", hint)
    for slug in _dead(show, links, known):
        message = f"{web.shown(one.url)} leads to the episode {slug}, which there is not."
        yield _warning("article-dead-link", message, "Correct the link in the article.")
    name = article.read_article(page.body, page.url, kind).url
    if not article.same_page(name, one.url):
        message = f"{episode.slug}: {web.shown(one.url)} calls itself {web.shown(name)}."
        hint = "Write that address as article: the listen button finds the article by it."
        yield _warning("article-canonical", message, hint)


def _homes(show: Show, episode: Episode) -> list[str]:
    """Where a link may lead: the listen page, also at former addresses, the embed, the script that makes the button."""
    slugs = [episode.slug, *episode.former_slugs]
    keys = [key for slug in slugs for key in (listen_key(slug), embed_key(slug))]
    return [show.url_of(key) for key in [*keys, SCRIPT_KEY]]


def _dead(show: Show, links: Sequence[str], known: Collection[str]) -> list[str]:
    """The slugs of listen pages of this show that some URLs name, and that are none."""
    root = show.url_of("e/")
    named = [link.removeprefix(root).partition("/")[0] for link in links if link.startswith(root)]
    return [slug for slug in dict.fromkeys(named) if slug and slug not in known]


def _no_article(episode: Episode) -> LinkFinding:
    message = f"{episode.slug} has no article."
    problem = Problem(message, "Name it in episode.yaml: article: https://...", None, Severity.NOTE, "article-missing")
    return LinkFinding(episode.slug, "", problem)


def _warning(rule: str, message: str, hint: str) -> Problem:
    return Problem(message, hint, None, Severity.WARNING, rule)
