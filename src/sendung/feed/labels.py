"""The few words that a feed adds to what the hosts wrote, in the languages that Sendung speaks."""

from __future__ import annotations

from dataclasses import dataclass

from sendung.core.translation import primary


@dataclass(frozen=True)
class Words:
    """The labels in an item's notes."""

    article: str
    chapters: str
    hosts: str
    guests: str
    listen: str


_WORDS = {
    "de": Words("Zum Artikel", "Kapitel", "Mit", "Zu Gast", "Jetzt reinhören"),
    "en": Words("Read the article", "Chapters", "With", "Guests", "Listen now"),
}


def words(language: str) -> Words:
    """The words for a BCP 47 language tag; English for one that is not spoken here."""
    return _WORDS.get(primary(language), _WORDS["en"])


def article_label(language: str) -> str:
    """What to call a link to an article in that language, in that language if possible."""
    label = words(language).article
    return label if primary(language) in _WORDS else f"{label} ({language})"
