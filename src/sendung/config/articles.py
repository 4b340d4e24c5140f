"""The companion articles of an episode, with those of its translations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from sendung.config.document import Files
from sendung.config.episode_entries import ArticleCard, ArticleLink
from sendung.config.translations import DraftTranslation
from sendung.core import model
from sendung.core.field_types import resolve_date
from sendung.core.translation import nearest_first
from sendung.core.words import say


@dataclass(frozen=True)
class DraftCard:
    """What a draft says of its first article."""

    article: model.Article
    """Its facts, without an address."""
    picture: Path | None


def card_of(entry: ArticleCard | None, zone: ZoneInfo, files: Files) -> DraftCard | None:
    """A draft's card; a date that does not exist and a picture that is not there are noted in `files`."""
    if entry is None:
        return None
    date = None
    try:
        date = resolve_date(entry.date, zone) if entry.date else None
    except ValueError as error:
        files.note(say('"date" {error}.', error=error), "Write another time.", "article_card", "date")
    facts = model.Article(
        url="", language="", title=entry.title or "", summary=entry.summary or "", authors=entry.authors, date=date
    )
    return DraftCard(facts, files.find(entry.image, "article_card", "image"))


def linked_articles(
    articles: Sequence[ArticleLink], language: str, translations: Sequence[DraftTranslation]
) -> tuple[model.Article, ...]:
    """The articles with the one that the item links first: in the show's language, else the first one written."""
    written = [model.Article(url=link.url, language=link.language or language) for link in articles]
    known = {article.url for article in written}
    linked = ((t.article, t.language) for t in translations if t.article and t.article not in known)
    return nearest_first([*written, *(model.Article(url=url, language=code) for url, code in linked)], language)
