"""Articles and episodes: do they lead to each other?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sendung.core.errors import Severity
from sendung.core.model import Article, Episode, EpisodeType
from sendung.core.progress import Silent
from sendung.net import NetPolicy
from sendung.store import open_store
from sendung.workflows.verify.articles import EpisodeArticle, check_links, check_published_links
from tests.end_to_end.conftest import Workshop
from tests.feed.shows import SHOW, episode
from tests.net.conftest import Site

LISTEN = SHOW.url_of("e/ton/index.html")


def with_article(site: Site, body: str, canonical: str = "") -> Episode:
    head = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    site.say("/ton", f"{head}{body}".encode())
    return episode(slug="ton", former_slugs=("alter-ton",), articles=(Article(url=site.url("/ton"), language="de"),))


def found(subject: Episode, policy: NetPolicy, *others: Episode, allow: tuple[str, ...] = ()) -> list[str]:
    """The rules that are broken between an episode and its articles; `others` are newer."""
    problems = check_links(SHOW, [subject], [episode(2, slug="zweiter-ton"), subject, *others], policy, Silent(), allow)
    for problem in problems:
        assert problem.message.endswith(".")
        assert problem.hint
        assert problem.severity is Severity.WARNING
    return [problem.rule for problem in problems]


@pytest.mark.parametrize(
    "body",
    [
        f'<a href="{LISTEN}#t=90">Jetzt reinhören!</a>',
        f'<a href="{SHOW.url_of("e/alter-ton/")}">Jetzt reinhören!</a>',
        f'<iframe src="{SHOW.url_of("e/ton/embed/index.html")}"></iframe>',
        f'<script src="{SHOW.url_of("listen-now.js")}" async></script>',
    ],
)
def test_an_article_that_leads_to_its_episode_is_right(site: Site, local: NetPolicy, body: str) -> None:
    assert found(with_article(site, body), local) == []


def test_an_article_without_a_link(site: Site, local: NetPolicy) -> None:
    assert found(with_article(site, "<a href='/impressum'>Impressum</a>"), local) == ["article-links"]


def test_an_article_that_two_episodes_name_gets_the_player_of_the_newer(site: Site, local: NetPolicy) -> None:
    script = f'<script src="{SHOW.url_of("listen-now.js")}"></script>'
    older = with_article(site, script)
    newer = episode(3, slug="neuer-ton", articles=older.articles)
    assert found(older, local, newer) == ["article-links"]
    assert found(newer, local) == []
    with_article(site, f'{script}<a href="{LISTEN}">Jetzt reinhören!</a>')
    assert found(older, local, newer) == []


def test_an_article_that_leads_to_no_episode_at_all(site: Site, local: NetPolicy) -> None:
    links = "".join(f'<a href="{SHOW.url_of(key)}">x</a>' for key in ("e/weg/index.html", "e/zweiter-ton/", "e/weg/"))
    assert found(with_article(site, links), local) == ["article-links", "article-dead-link"]


def test_an_article_that_is_not_up(site: Site, local: NetPolicy) -> None:
    subject = with_article(site, "")
    site.say("/ton", status=503)
    assert found(subject, local) == ["article-up"]


def test_an_article_that_calls_itself_otherwise(site: Site, local: NetPolicy) -> None:
    link = f'<a href="{LISTEN}">x</a>'
    assert found(with_article(site, link, "/anders"), local) == ["article-canonical"]
    assert found(with_article(site, link, "/ton/?utm_source=x"), local) == []


def test_an_article_that_has_moved(site: Site, local: NetPolicy) -> None:
    subject = with_article(site, f'<a href="{LISTEN}">x</a>')
    site.answers["/neu"] = site.answers["/ton"]
    site.redirect("/ton", "/neu", 301)
    assert found(subject, local) == ["article-canonical"]


def test_an_episode_without_an_article(local: NetPolicy) -> None:
    alone = episode(slug="ton", articles=())
    assert found(alone, local) == ["article-missing"]
    assert found(alone, local, allow=("article-missing",)) == []
    assert found(alone.model_copy(update={"type": EpisodeType.TRAILER}), local) == []


def test_every_language_is_looked_at(site: Site, local: NetPolicy) -> None:
    site.say("/de", f'<a href="{LISTEN}">x</a>'.encode())
    site.say("/en", b"")
    languages = tuple(Article(url=site.url(f"/{language}"), language=language) for language in ("de", "en"))
    subject = episode(slug="ton", articles=languages)
    [problem] = check_links(SHOW, [subject], [subject], local, Silent())
    assert problem.rule == "article-links"
    assert problem.message == f"{site.url('/en')}: The article does not lead to ton."


def test_published_episodes_are_looked_at_all_or_some(published: Workshop, local: NetPolicy) -> None:
    store = open_store("public", published.folder, None, None)

    def look(*slugs: str) -> list[tuple[str, str]]:
        now = datetime(2026, 11, 22, tzinfo=UTC)
        problems = check_published_links(store, published.cache, slugs, now, local, Silent())
        return [(problem.message.partition(": ")[0], problem.rule) for problem in problems]

    expected = [
        ("https://www.example.org/erster-ton", "article-up"),
        ("https://www.example.org/en/first-tone", "article-up"),
    ]
    assert look() == look("erster-ton") == expected
    assert look("zweiter-ton") == []


def test_the_article_of_a_withdrawn_episode_should_no_longer_lead_there(site: Site, local: NetPolicy) -> None:
    link = f'<a href="{LISTEN}">Jetzt reinhören!</a>'
    left = EpisodeArticle("ton", with_article(site, link).articles[0].url, withdrawn=True)

    def rules_broken() -> list[str]:
        return [problem.rule for problem in check_links(SHOW, [], [], local, Silent(), left=[left])]

    assert rules_broken() == ["article-dead-link"]
    with_article(site, "", canonical="/anders")
    assert rules_broken() == []
    site.say("/ton", status=410)
    assert rules_broken() == []
