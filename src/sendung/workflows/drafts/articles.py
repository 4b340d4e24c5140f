"""Flow: what articles' pages say: cards for listen pages, and a title or summary that a draft leaves out.

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
from sendung.config.episode import Draft
from sendung.config.values import Line, Text, valid
from sendung.core.concurrency import each
from sendung.core.errors import ConfigError, FetchError, Problem, SendungError
from sendung.core.model import Article, Asset, Image
from sendung.core.progress import Progress
from sendung.media import artwork
from sendung.net import article
from sendung.records import EpisodeRecord

Add = Callable[[bytes, str, str], Asset]
"""Keeps some bytes as an asset: data, suffix, media type."""

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
class Answer:
    """What an article's page and picture brought, and what went wrong on the way."""

    facts: article.ArticleFacts | None
    picture: bytes = b""
    fault: FetchError | None = None


Answers = Mapping[str, Answer]
"""By the article's address, as the draft has it; empty where nobody was asked."""
UNASKED: Answers = MappingProxyType({})


def ask(articles: Iterable[Article], door: net.Door) -> Answers:
    """What the pages of some articles say today. It takes six seconds at most, and raises nothing."""
    urls = list(dict.fromkeys(one.url for one in articles))
    return dict(zip(urls, each(lambda url: _ask(url, door), urls, _AT_ONCE), strict=True))


def fill(draft: Draft, published: EpisodeRecord | None, answers: Answers, zone: ZoneInfo) -> Draft:
    """The draft with its articles' cards, but for their pictures, and with a title and summary if it has none.

    Nothing that was typed is changed. A title that was filled for the published episode stays what it was, whatever
    the article is called today; `zone` is that of articles' dates that name none.
    """
    carried = carry(draft.articles, published.episode.articles if published else ())
    articles = describe(carried, answers, zone)
    first = articles[0] if articles else Article(url="", language="")
    answer = answers.get(first.url)
    said = answer.facts.summary if answer and answer.facts else first.summary
    return replace(
        draft,
        articles=articles,
        title=draft.title or _kept("title", published) or valid(Line, first.title) or "",
        summary=draft.summary or _kept("summary", published) or valid(Text, said) or "",
    )


def describe(articles: Sequence[Article], answers: Answers, zone: ZoneInfo) -> tuple[Article, ...]:
    """The articles with what their pages say, but for the pictures."""
    return tuple(_with_facts(one, answers[one.url].facts, zone) if one.url in answers else one for one in articles)


def find_gaps(drafts: Iterable[Draft], answers: Answers) -> dict[Path, list[SendungError]]:
    """What is still missing in drafts after `fill`, by folder."""
    gaps: dict[Path, list[SendungError]] = {}
    for draft in drafts:
        keys = [key for key, value in (("title", draft.title), ("summary", draft.summary)) if not value]
        if keys:
            answer = answers.get(draft.articles[0].url)
            gaps[draft.folder] = [ConfigError.of(_gap(key, draft, answer) for key in keys)]
    return gaps


def carry(articles: Sequence[Article], published: Sequence[Article]) -> tuple[Article, ...]:
    """The articles with the cards that were published for the same addresses."""
    cards = {one.url: one for one in published}
    return tuple(_with_card(one, cards[one.url]) if one.url in cards else one for one in articles)


def add_pictures(articles: Sequence[Article], answers: Answers, add: Add, progress: Progress) -> tuple[Article, ...]:
    """The articles with the pictures that their pages name; `add` keeps them.

    An article that could not be reached, and a picture that is none, is a warning, and the article stays as it is.
    """
    return tuple(_pictured(one, answers[one.url], add, progress) if one.url in answers else one for one in articles)


def _ask(url: str, door: net.Door) -> Answer:
    facts = None
    try:
        page = net.fetch(url, limits=_PAGE, door=door).expect_ok()
        facts = article.read_article(page.body, page.url, page.headers.get("content-type", ""))
        picture = net.fetch(facts.image, limits=_PICTURE, door=door).expect_ok().body if facts.image else b""
    except FetchError as error:
        return Answer(facts, b"", error)
    return Answer(facts, picture)


def _gap(key: str, draft: Draft, answer: Answer | None) -> Problem:
    if answer is None:
        return Problem(f'"{key}" is missing.', f'Add "{key}: ...", or {_HOW}.', draft.place())
    if answer.facts is None and answer.fault:
        why = answer.fault.problems[0].message
    else:
        why = f"{net.shown(draft.articles[0].url)} names none."
    return Problem(f'"{key}" is missing, and the article does not say it: {why}', f'Add "{key}: ...".', draft.place())


def _kept(key: str, published: EpisodeRecord | None) -> str:
    """What was published where the draft of that time said nothing."""
    return str(getattr(published.episode, key)) if published and key not in published.source else ""


def _with_facts(one: Article, facts: article.ArticleFacts | None, zone: ZoneInfo) -> Article:
    if facts is None:
        return one
    date = facts.date.replace(tzinfo=zone) if facts.date and not facts.date.tzinfo else facts.date
    # an address that the page no longer calls its own must not stay
    renamed = one.model_copy(update={"canonical": "" if article.same_page(facts.url, one.url) else facts.url})
    said = Article(
        url="", language="", title=facts.title, summary=_cut(facts.summary), authors=facts.authors, date=date
    )
    return _with_card(renamed, said)


def _pictured(one: Article, answer: Answer, add: Add, progress: Progress) -> Article:
    """The article with its picture; assets are made here, one article after the other, in the order of the draft."""
    fault: SendungError | None = answer.fault
    image = None
    if answer.picture:
        try:
            image = _image(answer.picture, add)
        except ConfigError as error:
            fault = error
    if fault:
        message = f"The card of the article {net.shown(one.url)} is incomplete: {fault.problems[0].message}"
        progress.warn(
            message, "The episode is published all the same; the card is filled when the next edit is published."
        )
    return one.model_copy(update={"image": image}) if image else one


def _with_card(one: Article, card: Article) -> Article:
    """An article with what a card says; what the card leaves out stays."""
    return one.model_copy(update={key: value for key in _CARD if (value := getattr(card, key))})


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
