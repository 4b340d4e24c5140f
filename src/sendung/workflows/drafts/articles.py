"""What articles' pages say: cards for listen pages, and a title or summary that a draft leaves out.

Asking them reaches the articles' site, so it is only done when the host asks for it. What was filled once is carried
along, so that a later edit without asking does not lose it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sendung import net
from sendung.config.articles import DraftCard
from sendung.config.episode import Draft
from sendung.core.concurrency import each
from sendung.core.errors import ConfigError, FetchError, Problem, SendungError
from sendung.core.field_types import Line, Text, valid
from sendung.core.model import Article, Asset, Image
from sendung.core.progress import Progress
from sendung.core.words import say
from sendung.media import artwork
from sendung.net import NetPolicy, article
from sendung.records import EpisodeRecord

Add = Callable[[bytes, str], Asset]
"""Keeps some bytes as an asset: data, suffix."""

_PAGE = net.Limits(size=2_000_000, seconds=3, silence_s=2)
_PICTURE = net.Limits(size=12_000_000, seconds=3, silence_s=2)
"""Both together are the most that articles may add to a publish, however many there are."""
_AT_ONCE = 8
_PIXELS, _SMALL_PIXELS = 1200, 480
_LONGEST_SUMMARY = 400
_KINDS = {(0, b"\x89PNG"): ".png", (0, b"GIF8"): ".gif", (8, b"WEBP"): ".webp", (4, b"ftypavif"): ".avif"}
"""Where a picture's first bytes say what it is; else it is taken for a JPEG."""
_CARD = ("title", "canonical", "summary", "authors", "date", "image")
"""What an article's page fills."""
_HOW = "let the article's page say it: --fetch-article, or fetch_articles: true in show.yaml"


@dataclass(frozen=True)
class ArticleReply:
    """What an article's page and picture brought, and what went wrong on the way."""

    facts: article.ArticleFacts | None
    picture: bytes = b""
    fault: FetchError | None = None


Replies = Mapping[str, ArticleReply]
"""By the article's address, as the draft has it; empty where nobody was asked."""
UNASKED: Replies = MappingProxyType({})


def ask(articles: Iterable[Article], policy: NetPolicy) -> Replies:
    """What the pages of some articles say today. It takes six seconds at most, and raises nothing."""
    urls = list(dict.fromkeys(linked.url for linked in articles))
    return dict(zip(urls, each(lambda url: _ask(url, policy), urls, _AT_ONCE), strict=True))


def filled(draft: Draft, published: EpisodeRecord | None, replies: Replies, zone: ZoneInfo) -> Draft:
    """The draft with its articles' cards, but for their pictures, and with a title and summary if it has none.

    Nothing that was typed is changed. A title that was filled for the published episode stays what it was, whatever
    the article is called today; `zone` is that of articles' dates that name none.
    """
    carried = carry(draft.articles, published.episode.articles if published else ())
    articles = _typed(describe(carried, replies, zone), draft.card)
    first = articles[0] if articles else Article(url="", language="")
    reply = replies.get(first.url)
    summary = reply.facts.summary if reply and reply.facts else first.summary
    return replace(
        draft,
        articles=articles,
        title=draft.title or _kept("title", published) or valid(Line, first.title) or "",
        summary=draft.summary or _kept("summary", published) or valid(Text, summary) or "",
    )


def describe(articles: Sequence[Article], replies: Replies, zone: ZoneInfo) -> tuple[Article, ...]:
    """The articles with what their pages say, but for the pictures."""
    return tuple(
        _with_facts(linked, replies[linked.url].facts, zone) if linked.url in replies else linked for linked in articles
    )


def find_gaps(draft: Draft, replies: Replies) -> ConfigError | None:
    """What is still missing in a draft that was `filled`."""
    keys = [key for key, value in (("title", draft.title), ("summary", draft.summary)) if not value]
    if keys:
        reply = replies.get(draft.articles[0].url)
        return ConfigError.of(_gap(key, draft, reply) for key in keys)
    return None


def carry(articles: Sequence[Article], published: Sequence[Article]) -> tuple[Article, ...]:
    """The articles with the cards that were published for the same addresses."""
    cards = {linked.url: linked for linked in published}
    return tuple(_with_card(linked, cards[linked.url]) if linked.url in cards else linked for linked in articles)


def _typed(articles: tuple[Article, ...], card: DraftCard | None) -> tuple[Article, ...]:
    """The articles; the first with what the draft says of it."""
    return (_with_card(articles[0], card.article), *articles[1:]) if card and articles else articles


def with_picture(articles: tuple[Article, ...], card: DraftCard | None, add: Add) -> tuple[Article, ...]:
    """The articles; the first with the picture of the draft's card. Raises ConfigError for one that is none."""
    if not (articles and card and card.picture):
        return articles
    image = _image(card.picture.read_bytes(), add)
    return (articles[0].model_copy(update={"image": image}), *articles[1:])


def add_pictures(articles: Sequence[Article], replies: Replies, add: Add, progress: Progress) -> tuple[Article, ...]:
    """The articles with the pictures that their pages name; `add` keeps them.

    An article that could not be reached, and a picture that is none, is a warning, and the article stays as it is.
    """
    return tuple(
        _pictured(linked, replies[linked.url], add, progress) if linked.url in replies else linked
        for linked in articles
    )


def read_picture(url: str, policy: NetPolicy) -> bytes:
    """A picture from the web as a JPEG that is large enough for cards. Raises FetchError, ConfigError."""
    return _picture(net.fetch(url, limits=_PICTURE, policy=policy).expect_ok().body).data


def _ask(url: str, policy: NetPolicy) -> ArticleReply:
    facts = None
    try:
        page = net.fetch(url, limits=_PAGE, policy=policy).expect_ok()
        facts = article.read_article(page.body, page.url, page.headers.get("content-type", ""))
        picture = net.fetch(facts.image, limits=_PICTURE, policy=policy).expect_ok().body if facts.image else b""
    except FetchError as error:
        return ArticleReply(facts, b"", error)
    return ArticleReply(facts, picture)


def _gap(key: str, draft: Draft, reply: ArticleReply | None) -> Problem:
    if reply is None:
        return Problem(
            say('"{key}" is missing.', key=key), say('Add "{key}: ...", or {how}.', key=key, how=_HOW), draft.place()
        )
    if reply.facts is None and reply.fault:
        why = reply.fault.problems[0].message
    else:
        why = say("{url} names none.", url=net.shown(draft.articles[0].url))
    return Problem(
        say('"{key}" is missing, and the article does not say it: {why}', key=key, why=why),
        say('Add "{key}: ...".', key=key),
        draft.place(),
    )


def _kept(key: str, published: EpisodeRecord | None) -> str:
    """What was published where the draft of that time said nothing."""
    return str(getattr(published.episode, key)) if published and key not in published.source else ""


def _with_facts(linked: Article, facts: article.ArticleFacts | None, zone: ZoneInfo) -> Article:
    if facts is None:
        return linked
    date = facts.date.replace(tzinfo=zone) if facts.date and not facts.date.tzinfo else facts.date
    # an address that the page no longer calls its own must not stay
    renamed = linked.model_copy(update={"canonical": "" if article.same_page(facts.url, linked.url) else facts.url})
    card = Article(
        url="", language="", title=facts.title, summary=cut_summary(facts.summary), authors=facts.authors, date=date
    )
    return _with_card(renamed, card)


def _pictured(linked: Article, reply: ArticleReply, add: Add, progress: Progress) -> Article:
    """The article with its picture; assets are made here, one article after the other, in the order of the draft."""
    fault: SendungError | None = reply.fault
    image = None
    if reply.picture:
        try:
            image = _image(reply.picture, add)
        except ConfigError as error:
            fault = error
    if fault:
        message = say(
            "The card of the article {url} is incomplete: {message}",
            url=net.shown(linked.url),
            message=fault.problems[0].message,
        )
        progress.warn(
            message, "The episode is published all the same; the card is filled when the next edit is published."
        )
    return linked.model_copy(update={"image": image}) if image else linked


def _with_card(linked: Article, card: Article) -> Article:
    """An article with what a card says; what the card leaves out stays."""
    return linked.model_copy(update={key: value for key in _CARD if (value := getattr(card, key))})


def cut_summary(text: str) -> str:
    """A summary that fits a card, cut between words."""
    if len(text) <= _LONGEST_SUMMARY:
        return text
    return text[:_LONGEST_SUMMARY].rpartition(" ")[0].rstrip(" ,.;:–") + " …"


def _image(data: bytes, add: Add) -> Image:
    whole = _picture(data)
    small = add(artwork.resize(whole.data, _SMALL_PIXELS), ".jpg")
    asset = add(whole.data, ".jpg")
    return Image(asset=asset, width=whole.width, height=whole.height, small=small)


def _picture(data: bytes) -> artwork.CoverImage:
    suffix = next((suffix for (at, magic), suffix in _KINDS.items() if data.startswith(magic, at)), ".jpg")
    with tempfile.TemporaryDirectory(prefix="sendung-") as folder:
        path = Path(folder) / f"image{suffix}"
        path.write_bytes(data)
        return artwork.picture(path, _PIXELS)
