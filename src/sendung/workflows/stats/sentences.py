"""What brought listeners, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale, UnknownLocaleError

from sendung.core.addresses import NEWSLETTER
from sendung.workflows.stats.result import Statistics


def article_sentences(of: Statistics, *, german: bool = False) -> list[str]:
    """One for each article of each episode: "… brought 41 listeners, 12 of them in English"."""
    brought = "{} brachte {} Hörer{} ({})" if german else "{} brought {} listeners{} ({})"
    return [
        brought.format(
            _subject(article, german=german), sum(languages.values()), _parts(languages, german=german), episode.slug
        )
        for episode in of.episodes
        for article, languages in episode.articles.items()
    ]


def _subject(article: str, *, german: bool) -> str:
    if article == NEWSLETTER:
        return "Der Newsletter" if german else "The newsletter"
    if "://" in article:
        return f"Der Artikel {article}" if german else f"The article {article}"
    return f"Der Link „{article}“" if german else f"The link “{article}”"


def _parts(languages: Mapping[str, int], *, german: bool) -> str:
    named = sorted(((number, name) for name, number in languages.items() if name), reverse=True)
    words = ", {} davon auf {}" if german else ", {} of them in {}"
    return "".join(words.format(number, _name(name, german=german)) for number, name in named)


def _name(language: str, *, german: bool) -> str:
    try:
        name = Locale.parse(language, sep="-").get_language_name("de" if german else "en")
    except (ValueError, UnknownLocaleError):
        name = None
    return name or language
