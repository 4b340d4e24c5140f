"""What brought listeners, in sentences."""

from __future__ import annotations

from sendung.listening.plan import NEWSLETTER
from sendung.workflows.stats.result import Statistics

_LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian"}


def article_sentences(of: Statistics) -> list[str]:
    """One for each article of each episode: "… brought 41 listeners, 12 of them in English"."""
    return [
        f"{_subject(article)} brought {sum(languages.values())} listeners{_parts(languages)} ({episode.slug})"
        for episode in of.episodes
        for article, languages in episode.articles.items()
    ]


def _subject(article: str) -> str:
    if article == NEWSLETTER:
        return "The newsletter"
    return f"The article {article}" if "://" in article else f"Links marked {article}"


def _parts(languages: dict[str, int] | object) -> str:
    if not isinstance(languages, dict):
        return ""
    named = sorted(((number, name) for name, number in languages.items() if name), reverse=True)
    return "".join(f", {number} of them in {_name(name)}" for number, name in named)


def _name(language: str) -> str:
    return _LANGUAGES.get(language.split("-", maxsplit=1)[0].lower(), language)
