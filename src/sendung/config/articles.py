"""The companion articles of an episode, with those of its translations."""

from __future__ import annotations

from collections.abc import Sequence

from sendung.config.episode_entries import ArticleLink
from sendung.config.translations import DraftTranslation
from sendung.core import model
from sendung.core.translation import nearest_first


def linked_articles(
    articles: Sequence[ArticleLink], language: str, translations: Sequence[DraftTranslation]
) -> tuple[model.Article, ...]:
    """The articles with the one that the item links first: in the show's language, else the first one written."""
    written = [model.Article(url=link.url, language=link.language or language) for link in articles]
    known = {article.url for article in written}
    linked = ((t.article, t.language) for t in translations if t.article and t.article not in known)
    return nearest_first([*written, *(model.Article(url=url, language=code) for url, code in linked)], language)
