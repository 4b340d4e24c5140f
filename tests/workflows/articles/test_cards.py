"""The article's card on the listen page: filled from the article when asked for, kept when not."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from PIL import Image as Picture

from sendung.core import media_types
from sendung.core.model import Article, Asset, Image
from sendung.core.progress import Progress, Silent
from sendung.net import Limits, NetPolicy
from sendung.workflows.drafts import articles as cards
from sendung.workflows.drafts.articles import Add, add_pictures, ask, carry, describe
from tests.net.conftest import Answer, Site

BERLIN = ZoneInfo("Europe/Berlin")


class Watcher(Silent):
    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, message: str, hint: str = "") -> None:
        assert hint.endswith(".")
        self.warnings.append(message)


def enrich(articles: Sequence[Article], add: Add, policy: NetPolicy, progress: Progress) -> tuple[Article, ...]:
    """The articles with their whole cards, as a publish fills them."""
    answers = ask(articles, policy)
    return add_pictures(describe(articles, answers, BERLIN), answers, add, progress)


class Shelf:
    """Keeps assets as a publish does."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def add(self, data: bytes, suffix: str) -> Asset:
        key = f"assets/{len(self.kept)}{suffix}"
        self.kept[key] = data
        return Asset(key=key, media_type=media_types.of(suffix), size=len(data), sha256="00" * 32)


def picture(width: int = 1600, height: int = 840, kind: str = "WEBP") -> bytes:
    buffer = BytesIO()
    Picture.new("RGB", (width, height), "coral").save(buffer, kind)
    return buffer.getvalue()


def show_article(site: Site, image: str = "/ton.webp", summary: str = "Worum es geht.") -> Article:
    head = (
        f'<title>Der Ton</title><meta name="description" content="{summary}">'
        f'<meta property="og:image" content="{image}">'
    )
    site.say("/ton", head.encode(), Content_Type="text/html; charset=utf-8")
    return Article(url=site.url("/ton"), language="de")


def test_the_card_is_filled_from_the_article(site: Site, local: NetPolicy) -> None:
    shelf, watcher = Shelf(), Watcher()
    plain = show_article(site)
    site.say("/ton.webp", picture())
    [card] = enrich([plain], shelf.add, local, watcher)
    assert (card.url, card.language, card.title, card.summary) == (plain.url, "de", "Der Ton", "Worum es geht.")
    assert card.image
    assert card.image.small
    assert (card.image.width, card.image.height) == (1200, 630)
    with Picture.open(BytesIO(shelf.kept[card.image.asset.key])) as whole:
        assert (whole.format, whole.size) == ("JPEG", (1200, 630))
    with Picture.open(BytesIO(shelf.kept[card.image.small.key])) as small:
        assert small.size == (480, 252)
    assert watcher.warnings == []


def test_the_card_says_who_wrote_the_article_when_and_where_it_is(site: Site, local: NetPolicy) -> None:
    head = (
        '<link rel="canonical" href="/der-ton"><meta name="author" content="Ada Autorin">'
        '<meta property="article:published_time" content="2026-11-20T06:00">'
    )
    site.say("/ton", head.encode(), Content_Type="text/html; charset=utf-8")
    plain = Article(url=site.url("/ton"), language="de")
    [card] = enrich([plain], Shelf().add, local, Watcher())
    assert (card.url, card.canonical) == (plain.url, site.url("/der-ton"))
    assert (card.authors, card.date) == (("Ada Autorin",), datetime(2026, 11, 20, 6, tzinfo=BERLIN))
    assert carry([plain], [card]) == (card,)
    site.say("/ton", head.replace("/der-ton", "/ton").encode(), Content_Type="text/html; charset=utf-8")
    assert enrich([card], Shelf().add, local, Watcher())[0].canonical == ""


def test_articles_keep_their_order_and_do_not_wait_for_each_other(site: Site, local: NetPolicy) -> None:
    def slowly(body: bytes) -> Answer:
        def answer(request: BaseHTTPRequestHandler) -> None:
            time.sleep(0.7)
            request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

        return answer

    names = [f"Nr. {number}" for number in range(4)]
    site.answers = {f"/{number}": slowly(f"<title>{name}</title>".encode()) for number, name in enumerate(names)}
    start = time.monotonic()
    articles = [Article(url=site.url(path), language="de") for path in site.answers]
    assert [card.title for card in enrich(articles, Shelf().add, local, Watcher())] == names
    assert time.monotonic() - start < 2.2


def test_what_cannot_be_reached_is_a_warning_and_changes_nothing(site: Site, local: NetPolicy) -> None:
    watcher = Watcher()
    known = Article(url=site.url("/none"), language="de", title="Von früher")
    assert enrich([known], Shelf().add, local, watcher) == (known,)
    [warning] = watcher.warnings
    assert warning == (f"The card of the article {known.url} is incomplete: {known.url} answers 404 (Not Found).")
    assert enrich([], Shelf().add, local, watcher) == ()


@pytest.mark.parametrize("data", [b"no picture", b"\xff\xd8\xff broken", picture()[:300], b""])
def test_a_picture_that_is_none_is_left_out(site: Site, local: NetPolicy, data: bytes) -> None:
    watcher, shelf = Watcher(), Shelf()
    plain = show_article(site)
    if data:
        site.say("/ton.webp", data)
    [card] = enrich([plain], shelf.add, local, watcher)
    assert (card.title, card.image, shelf.kept, len(watcher.warnings)) == ("Der Ton", None, {}, 1)


def test_an_article_that_is_slow_does_not_slow_the_publish(
    site: Site, local: NetPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cards._PAGE.seconds + cards._PICTURE.seconds <= 6
    monkeypatch.setattr(cards, "_PAGE", Limits(100_000, 0.4))
    site.answers["/ton"] = lambda _request: time.sleep(5)
    start = time.monotonic()
    enrich([Article(url=site.url("/ton"), language="de")] * 3, Shelf().add, local, Watcher())
    assert time.monotonic() - start < 3


def test_private_addresses_are_not_asked(site: Site) -> None:
    watcher = Watcher()
    plain = show_article(site)
    assert enrich([plain], Shelf().add, NetPolicy(), watcher) == (plain,)
    assert "is not a public address" in watcher.warnings[0]
    assert site.requests == []


def test_a_long_summary_is_cut_between_words(site: Site, local: NetPolicy) -> None:
    [card] = enrich([show_article(site, "", "Wort, " * 200)], Shelf().add, local, Watcher())
    assert card.summary.endswith("Wort …")
    assert len(card.summary) <= 402


def test_cards_are_carried_along_by_address() -> None:
    image = Image(asset=Asset(key="assets/1.jpg", media_type="image/jpeg", size=1, sha256="00" * 32), width=3, height=2)
    card = Article(url="https://example.org/a", language="en", title="T", summary="S", image=image)
    same, other = (Article(url=f"https://example.org/{name}", language="de") for name in "ab")
    assert carry([same, other], [card]) == (card.model_copy(update={"language": "de"}), other)
    assert carry([same], []) == (same,)
