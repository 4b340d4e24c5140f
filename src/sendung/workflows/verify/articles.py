"""Flow: do articles and episodes lead to each other? Asks the articles' site, so it is never done unasked.

What is seen becomes observations, and the rules (`sendung.rules.articles`) judge those. `sendung check --links` knows
the episodes from the records, `sendung verify` from the feed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sendung import net, rules
from sendung.core.errors import FetchError, Problem
from sendung.core.model import Episode, EpisodeType, Show
from sendung.core.progress import Progress
from sendung.core.words import clause
from sendung.net import article
from sendung.records.reader import Archive, Reader
from sendung.rules.observations import ArticleObservation
from sendung.store.interface import Store
from sendung.website.keys import LANGUAGE
from sendung.website.listen_now import SCRIPT_KEY, article_name, article_names

_AT_ONCE = 6
_LISTEN_PAGES = {"", "embed", "transcript"}
"""What may stand behind an episode's folder in a link to it."""


@dataclass(frozen=True)
class ListenPages:
    """Where a show's listen pages are, and which there are."""

    root: str
    """The address of the store's root, with a closing slash."""
    slug_now: Callable[[str], str | None]
    """Slug, also a former one, to the one that the episode has now; None if there is no such episode."""

    def named_by(self, links: Sequence[str]) -> dict[str, str | None]:
        """The slugs of listen pages that some links name, and the present slug of each."""
        folder = article.page_name(f"{self.root}e/") + "/"
        rests = [name.removeprefix(folder) for name in map(article.page_name, links) if name.startswith(folder)]
        parts = [rest.partition("?")[0].split("/") for rest in rests]
        slugs = dict.fromkeys(part[0] for part in parts if part[0] and _within(part[1:]) in _LISTEN_PAGES)
        return {slug: self.slug_now(slug) for slug in slugs}

    def has_script(self, links: Sequence[str]) -> bool:
        """Whether the script that puts players into articles is among some links."""
        return any(article.same_page(link, self.root + SCRIPT_KEY) for link in links)


def _within(parts: Sequence[str]) -> str:
    """What stands behind an episode's folder, without the language that may stand there first."""
    return "/".join(parts[1:] if parts and LANGUAGE.fullmatch(parts[0]) else parts)


@dataclass(frozen=True)
class EpisodeArticle:
    """An article, and an episode that names it."""

    slug: str
    url: str
    """The article's."""
    found_by_script: bool = True
    """Whether listen-now.js leads from this article to this episode: to the newest of those that name it."""
    withdrawn: bool = False
    """The episode was taken back; its article should no longer lead to it."""
    guid: str | None = None


def observe(page: net.Fetched, link: EpisodeArticle, listen: ListenPages) -> ArticleObservation:
    """What an article's page says of an episode that names it."""
    kind = page.headers.get("content-type", "")
    links = article.links_of(page.body, page.url, kind)
    named = listen.named_by(links)
    by_script = link.found_by_script and listen.has_script(links)
    name = article.read_article(page.body, page.url, kind).url
    return ArticleObservation(
        link.url,
        link.slug,
        leads_back=link.withdrawn or by_script or link.slug in named.values(),
        dead=tuple(slug for slug, now in named.items() if now is None),
        canonical="" if link.withdrawn or article.same_page(name, link.url) else net.shown(name),
        guid=link.guid,
    )


def check_published_links(
    store: Store,
    cache: Path,
    slugs: Collection[str],
    now: datetime,
    policy: net.NetPolicy,
    progress: Progress,
    allow: Collection[str] = (),
) -> list[Problem]:
    """Fetch the articles of the episodes that the public sees (of some slugs, if any are named), and judge them.

    Articles of withdrawn episodes are looked at, too: they should no longer lead there. An article that cannot be
    fetched is a finding, and all are warnings. Raises StoreError.
    """
    archive = Reader(store, cache).archive()
    if archive.show is None:
        return []
    public = [record.episode for record in archive.episodes.values() if record.public(now)]
    public.sort(key=lambda episode: episode.date)
    chosen = [episode for episode in public if not slugs or episode.slug in slugs]
    left = [] if slugs else _left_behind(archive, public)
    return check_links(archive.show.show, chosen, public, policy, progress, allow, left)


def check_links(
    show: Show,
    chosen: Sequence[Episode],
    public: Sequence[Episode],
    policy: net.NetPolicy,
    progress: Progress,
    allow: Collection[str] = (),
    left: Sequence[EpisodeArticle] = (),
) -> list[Problem]:
    """Fetch the articles of the `chosen` among the `public` episodes (oldest first) and of `left`, and judge them."""
    listen = ListenPages(show.url_of(""), _slugs(public).get)
    newest = {
        name: episode.slug for episode in public for article in episode.articles for name in article_names(article)
    }
    links = [
        EpisodeArticle(
            episode.slug, article.url, newest.get(article_name(article.url)) == episode.slug, guid=episode.guid
        )
        for episode in chosen
        for article in episode.articles
    ]
    seen = _look_all([*links, *left], listen, policy, progress)
    seen += [
        ArticleObservation("", episode.slug, guid=episode.guid)
        for episode in chosen
        if needs_article(episode.type) and not episode.articles
    ]
    return [finding.problem for finding in rules.judge(seen, allow)]


def needs_article(kind: str) -> bool:
    """Whether an episode of a type (itunes:episodeType) is to have an article."""
    return kind not in (EpisodeType.TRAILER, EpisodeType.BONUS)


def _look_all(
    links: Sequence[EpisodeArticle], listen: ListenPages, policy: net.NetPolicy, progress: Progress
) -> list[ArticleObservation]:
    with progress.meter("Articles", len(links), "items") as meter, ThreadPoolExecutor(_AT_ONCE) as pool:

        def look(link: EpisodeArticle) -> list[ArticleObservation]:
            observations = list(_look(link, listen, policy))
            meter.advance(1)
            return observations

        return [observation for observations in pool.map(look, links) for observation in observations]


def _look(link: EpisodeArticle, listen: ListenPages, policy: net.NetPolicy) -> Iterator[ArticleObservation]:
    try:
        page = net.fetch(link.url, limits=net.PAGE, policy=policy, cut=True).expect_ok()
    except FetchError as error:
        if not link.withdrawn:
            yield ArticleObservation(link.url, link.slug, fault=clause(error.problems[0].message), guid=link.guid)
        return
    yield observe(page, link, listen)


def _left_behind(archive: Archive, public: Sequence[Episode]) -> list[EpisodeArticle]:
    """The articles that only withdrawn episodes name."""
    named = {name for episode in public for article in episode.articles for name in article_names(article)}
    gone = [record.episode for record in archive.episodes.values() if record.withdrawn and not record.audience]
    articles = [(episode, article) for episode in gone for article in episode.articles]
    return [
        EpisodeArticle(episode.slug, article.url, withdrawn=True, guid=episode.guid)
        for episode, article in articles
        if article_name(article.url) not in named
    ]


def _slugs(public: Sequence[Episode]) -> Mapping[str, str]:
    former = {slug: episode.slug for episode in public for slug in episode.former_slugs}
    return former | {episode.slug: episode.slug for episode in public}
