"""What the public is told of an episode that is for customers alone, where its host wants it to be told of."""

from __future__ import annotations

from typing import Self

from pydantic import AwareDatetime, Field

from sendung.core.model import Article, Episode, Fact


class Teaser(Fact):
    """These facts and no others: each is written by a host, but for the length."""

    slug: str
    former_slugs: tuple[str, ...]
    title: str
    date: AwareDatetime
    summary: str
    article: str | None
    """The address of the article that belongs to it."""
    duration_s: float
    articles: tuple[Article, ...] = Field((), exclude=True)
    """By which their pages lead to the teaser: addresses and languages alone. In no page about the teaser."""

    @classmethod
    def of(cls, episode: Episode) -> Self:
        """What may be told of a whole episode."""
        return cls(
            slug=episode.slug,
            former_slugs=episode.former_slugs,
            title=episode.title,
            date=episode.date,
            summary=episode.summary,
            article=episode.article and episode.article.url,
            duration_s=episode.audio.duration_s,
            articles=tuple(Article(url=a.url, language=a.language, canonical=a.canonical) for a in episode.articles),
        )
