"""Episodes and the pages of their articles, fetched from a real server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pytest
from PIL import Image

from sendung import Desk, net, publish
from sendung.config.show import load_show
from sendung.core.progress import Silent
from sendung.store import open_store
from tests.end_to_end.conftest import FIRST, Workshop

DRAFT = f"{FIRST}/episode.yaml"
LISTEN = "https://cdn.example.org/show/e/erster-ton/index.html"


class Articles(BaseHTTPRequestHandler):
    """A site with one article and its picture."""

    link = LISTEN
    title = "Ein Ton &amp; mehr"
    summary = "Was im Artikel steht."

    def do_GET(self) -> None:
        if self.path == "/bild.png":
            picture = BytesIO()
            Image.new("RGB", (800, 450), "teal").save(picture, "PNG")
            kind, body = "image/png", picture.getvalue()
        elif self.path == "/artikel":
            kind = "text/html; charset=utf-8"
            body = (
                '<html lang="de"><head><title>Der Artikel</title>'
                f'<meta property="og:title" content="{self.title}">'
                f'<meta property="og:description" content="{self.summary}">'
                '<meta property="og:image" content="/bild.png"></head>'
                f'<body><a href="{self.link}">Jetzt reinhören!</a></body></html>'
            ).encode()
        else:
            kind, body = "", b""
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def article(workshop: Workshop) -> Iterator[str]:
    """The address of an article that the show's draft names."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Articles) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/artikel"
        workshop.edit(DRAFT, "https://www.example.org/erster-ton", address)
        workshop.edit("show.yaml", "store:", "allow: [podcast-local]\nstore:")  # this server speaks http
        yield address
        server.shutdown()


def page_of(workshop: Workshop) -> str:
    return workshop.store_files()["e/erster-ton/index.html"].decode()


def test_the_card_is_filled_only_when_asked_and_then_kept(workshop: Workshop, article: str) -> None:
    assert workshop.run("publish", "erster-ton").code == 0
    assert "Ein Ton &amp; mehr" not in page_of(workshop), "publishing reaches the store and nothing else"
    workshop.edit(DRAFT, "Worum es geht.", "Worum es wirklich geht.")
    folder = workshop.folder
    desk = Desk("sven", lambda: datetime.now(UTC), workshop.cache, policy=net.NetPolicy(allow_private=True))
    store = open_store("public", folder, None, None)
    outcome = publish([folder / FIRST], load_show(folder), store, desk, Silent())
    assert outcome.error is None
    page = page_of(workshop)
    assert "Ein Ton &amp; mehr" in page
    assert "Was im Artikel steht." in page
    episode = outcome.episodes[0].episode
    assert episode
    assert episode.article
    assert episode.article.image
    assert episode.article.image.asset.key in workshop.store_files()
    workshop.edit(DRAFT, "Worum es wirklich geht.", "Worum es jetzt geht.")
    assert workshop.run("publish", "erster-ton").code == 0
    assert "Ein Ton &amp; mehr" in page_of(workshop)


TYPED = "title: Der erste Ton\n", "summary: Worum es geht.\n"
ASKING = ("--fetch-article", "--allow-private")


def leave_out(workshop: Workshop, *lines: str) -> None:
    for line in lines:
        workshop.edit(DRAFT, line, "")


def test_what_a_draft_leaves_out_comes_from_the_article_and_stays(
    workshop: Workshop, article: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_out(workshop, *TYPED)
    published = workshop.run("publish", "erster-ton", *ASKING)
    assert published.code == 0, published.err
    feed = workshop.store_files()["feed.xml"].decode()
    assert "<title>Ein Ton &amp; mehr</title>" in feed
    assert "<description>Was im Artikel steht.</description>" in feed
    monkeypatch.setattr(Articles, "title", "Später umbenannt")
    assert "Nothing was sent" in workshop.run("publish", "erster-ton", *ASKING).out
    workshop.edit(DRAFT, "audio: ", "number: 5\naudio: ")
    changed = workshop.run("diff", "erster-ton").out
    assert "<itunes:episode>5<" in changed
    assert "Ton &amp; mehr" not in changed, "what was filled once is foreseen, too"
    assert workshop.run("publish", "erster-ton", *ASKING).code == 0
    page = page_of(workshop)
    assert "<h1>Ein Ton &amp; mehr</h1>" in page
    assert "Später umbenannt</a>" in page, "the card is the article's of today"


def test_what_was_typed_once_and_is_left_out_now_comes_from_the_article(workshop: Workshop, article: str) -> None:
    """Only what an article filled is kept; the host has taken these words back."""
    assert workshop.run("publish", "erster-ton").code == 0
    leave_out(workshop, *TYPED)
    result = workshop.run("publish", "erster-ton", *ASKING)
    assert result.code == 0, result.err
    feed = workshop.store_files()["feed.xml"].decode()
    assert "<title>Ein Ton &amp; mehr</title>" in feed
    assert "<description>Was im Artikel steht.</description>" in feed


def test_a_long_summary_is_cut_for_the_card_and_whole_for_the_episode(
    workshop: Workshop, article: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "Wort " * 150 + "Ende."
    monkeypatch.setattr(Articles, "summary", words)
    leave_out(workshop, TYPED[1])
    result = workshop.run("publish", "erster-ton", *ASKING)
    assert result.code == 0, result.err
    assert f"<description>{words}</description>" in workshop.store_files()["feed.xml"].decode()
    assert "Wort …" in page_of(workshop)


def test_what_nobody_says_is_missing_and_the_error_says_how_to_get_it(workshop: Workshop, article: str) -> None:
    leave_out(workshop, *TYPED)
    for command in ("check", "publish"):
        result = workshop.run(command, "erster-ton")
        assert result.code == 3
        assert f'{DRAFT}:1:1: "title" is missing.' in result.err
        assert 'Add "title: ...", or let the article\'s page say it: --fetch-article, or fetch_articles' in result.err
        assert '"summary" is missing.' in result.err
    assert workshop.store_files() == {}
    workshop.edit(DRAFT, article, f"{article}-gone")
    result = workshop.run("publish", "erster-ton", *ASKING)
    assert result.code == 3
    assert f'"title" is missing, and the article does not say it: {article}-gone answers 404' in result.err


def test_show_yaml_may_ask_for_the_articles_for_good(workshop: Workshop, article: str) -> None:
    leave_out(workshop, TYPED[0])
    workshop.edit("show.yaml", "store:", "fetch_articles: true\nstore:")
    assert workshop.run("check", "--allow-private", "--strict").code == 0
    refused = workshop.run("check", "--no-fetch-article")
    assert '"title" is missing.' in refused.err
    assert "summary" not in refused.err
    workshop.edit(DRAFT, f"article:\n  en: https://www.example.org/en/first-tone\n  de: {article}\n", "")
    assert '"title" is missing.' in workshop.run("check").err


def test_check_links_tells_whether_the_article_leads_back(
    workshop: Workshop, article: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.edit(DRAFT, "  en: https://www.example.org/en/first-tone\n", "")
    workshop.run("publish", "erster-ton")
    arguments = ("check", "--links", "--allow-private", "--strict")
    assert workshop.run(*arguments).code == 0
    monkeypatch.setattr(Articles, "link", "https://www.example.org/anderswo")
    result = workshop.run(*arguments)
    assert result.code == 4
    assert "article-links" in result.err
    assert workshop.run("check", "--links", "--allow-private").code == 0
