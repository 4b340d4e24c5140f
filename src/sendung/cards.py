"""Flow: the cards of companion articles on listen pages: title, summary and picture from the article's own page.

Filling them asks the article's site, so it is only done when the host asks for it. What was filled once is carried
along, so that a later edit without asking does not lose it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sendung import article, artwork, web
from sendung.errors import ConfigError, FetchError, SendungError
from sendung.model import Article, Asset, Image
from sendung.progress import Progress

Add = Callable[[bytes, str, str], Asset]
"""Keeps some bytes as an asset: data, suffix, media type."""

_PAGE = web.Limits(size=2_000_000, seconds=3, silence_s=2)
_PICTURE = web.Limits(size=12_000_000, seconds=3, silence_s=2)
"""Both together are the most that articles may add to a publish, however many there are."""
_AT_ONCE = 8
_PIXELS, _SMALL_PIXELS = 1200, 480
_LONGEST_SUMMARY = 400
_KINDS = {(0, b"\x89PNG"): ".png", (0, b"GIF8"): ".gif", (8, b"WEBP"): ".webp", (4, b"ftypavif"): ".avif"}
"""Where a picture's first bytes say what it is; else it is taken for a JPEG."""


def carry(articles: Sequence[Article], published: Sequence[Article]) -> tuple[Article, ...]:
    """The articles with the cards that were published for the same addresses."""
    cards = {one.url: one for one in published}
    return tuple(_with_card(one, cards[one.url]) if one.url in cards else one for one in articles)


def enrich(articles: Sequence[Article], add: Add, door: web.Door, progress: Progress) -> tuple[Article, ...]:
    """The articles with what their pages say today; `add` keeps their pictures.

    It takes six seconds at most. An article that cannot be reached, and a picture that is none, is a warning, and the
    article stays as it is.
    """
    if not articles:
        return ()
    with ThreadPoolExecutor(min(_AT_ONCE, len(articles))) as pool:
        found = list(pool.map(lambda one: _ask(one, door), articles))
    return tuple(_filled(one, answer, add, progress) for one, answer in zip(articles, found, strict=True))


class _Answer:
    """What an article's page and picture brought, and what went wrong on the way."""

    def __init__(self, facts: article.ArticleFacts | None, picture: bytes, fault: SendungError | None) -> None:
        self.facts, self.picture, self.fault = facts, picture, fault


def _ask(one: Article, door: web.Door) -> _Answer:
    facts = None
    try:
        page = web.fetch(one.url, limits=_PAGE, door=door).expect_ok()
        facts = article.read_article(page.body, page.url, page.headers.get("content-type", ""))
        picture = web.fetch(facts.image, limits=_PICTURE, door=door).expect_ok().body if facts.image else b""
    except FetchError as error:
        return _Answer(facts, b"", error)
    return _Answer(facts, picture, None)


def _filled(one: Article, answer: _Answer, add: Add, progress: Progress) -> Article:
    """The article with its card; assets are made here, one article after the other, in the order that was asked for."""
    fault, image = answer.fault, None
    if answer.picture:
        try:
            image = _image(answer.picture, add)
        except ConfigError as error:
            fault = error
    if fault:
        message = f"The card of the article {web.shown(one.url)} is incomplete: {fault.problems[0].message}"
        progress.warn(
            message, "The episode is published all the same; the card is filled when the next edit is published."
        )
    if answer.facts is None:
        return one
    facts = answer.facts
    return _with_card(one, Article(url="", language="", title=facts.title, summary=_cut(facts.summary), image=image))


def _with_card(one: Article, card: Article) -> Article:
    """An article with what a card says; what the card leaves out stays."""
    said = {"title": card.title, "summary": card.summary, "image": card.image}
    return one.model_copy(update={key: value for key, value in said.items() if value})


def _cut(text: str) -> str:
    """A summary that fits a card, cut between words."""
    if len(text) <= _LONGEST_SUMMARY:
        return text
    return text[:_LONGEST_SUMMARY].rpartition(" ")[0].rstrip(" ,.;:–") + " …"


def _image(data: bytes, add: Add) -> Image:
    suffix = next((suffix for (at, magic), suffix in _KINDS.items() if data.startswith(magic, at)), ".jpg")
    with tempfile.TemporaryDirectory(prefix="sendung-") as folder:
        path = Path(folder) / f"image{suffix}"
        path.write_bytes(data)
        whole = artwork.picture(path, _PIXELS)
    small = add(artwork.resize(whole.data, _SMALL_PIXELS), ".jpg", artwork.MEDIA_TYPE)
    asset = add(whole.data, ".jpg", artwork.MEDIA_TYPE)
    return Image(asset=asset, width=whole.width, height=whole.height, small=small)
