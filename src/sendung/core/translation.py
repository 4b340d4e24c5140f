"""A show and an episode as they are in another of their languages.

In another language an episode is an episode again: its slug is "slug/en", so that every key of a page ("e/slug/en/…")
and every address follow from it, and all that renders an episode renders this one, too.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from sendung.core.errors import Problem
from sendung.core.model import Article, Episode, Show, Translation
from sendung.core.podcasting20 import Txt
from sendung.core.words import say


def page_slug(slug: str, language: str) -> str:
    """What stands for an episode's slug in the keys of its pages in another language."""
    return f"{slug}/{language}"


def is_translated(episode: Episode) -> bool:
    """Whether this is an episode as a translation says it."""
    return "/" in episode.slug


def translation_in(episode: Episode, language: str) -> Translation | None:
    """The translation for readers of a language: into that very one, else into a kin of it ("en" for "en-GB")."""
    code = nearest((translation.language for translation in episode.translations), language)
    return next((translation for translation in episode.translations if translation.language == code), None)


def nearest(languages: Iterable[str], language: str) -> str | None:
    """A language itself, else the first of its kin ("en" for "en-GB"); None if there is none of either."""
    near = [code for code in languages if primary(code) == primary(language)]
    return language if language in near else next(iter(near), None)


def unknown_language(language: str) -> Problem:
    """What is to be said of a language that there is not."""
    return Problem(say('No language is known as "{language}".', language=language), 'English is "en", German "de".')


def reading(show: Show, episode: Episode, language: str) -> tuple[Show, Episode]:
    """Show and episode as readers of a language find them: in it, else as they are in the show's own."""
    translation = None if primary(language) == primary(show.language) else translation_in(episode, language)
    if translation is None:
        return show, episode
    return show_in(show, translation.language), episode_in(episode, translation)


def primary(language: str) -> str:
    """The language without script and region (RFC 5646, section 2.2.1)."""
    return language.partition("-")[0].lower()


def show_in(show: Show, language: str, *, spoken: bool = False) -> Show:
    """The show for readers of a language; `spoken`: it has a feed in that language, with a GUID of its own.

    That GUID is made of the show's own, so that it stays the same wherever the show moves.
    """
    edition = next((e for e in show.languages if e.language == language), None)
    changes: dict[str, object] = {"language": language}
    if edition and edition.title:
        changes["title"] = edition.title
    if edition and edition.description:
        changes["description"] = edition.description
    if show.customers and show.customers.note:
        changes["customers"] = show.customers.model_copy(update={"note": None})  # it is in the show's own language
    if spoken:
        changes["guid"] = str(uuid.uuid5(uuid.UUID(show.guid), language))
        changes["feed_key"] = feed_key(language)
    return show.model_copy(update=changes)


def feed_key(language: str) -> str:
    """The key of the feed of the episodes that have audio in a language."""
    return f"feed.{language}.xml"


def feed_language(key: str) -> str | None:
    """The language whose feed has a key; None if it is another object's."""
    match = re.fullmatch(r"feed\.([A-Za-z0-9-]+)\.xml", key)
    return match and match[1]


def episode_in(episode: Episode, translation: Translation) -> Episode:
    """The episode as one of its translations says it; what that leaves out is as in the episode itself.

    But nothing that is timed by other audio: a translation with audio of its own has its own chapters and transcript.
    """
    own = translation.audio
    timed = translation if own else episode
    return episode.model_copy(
        update={
            "guid": f"{episode.guid}-{translation.language}" if own else episode.guid,
            "slug": page_slug(episode.slug, translation.language),
            "former_slugs": tuple(page_slug(slug, translation.language) for slug in episode.former_slugs),
            "title": translation.title,
            "summary": translation.summary,
            "notes": translation.notes or episode.notes,
            "articles": nearest_first(episode.articles, translation.language),
            "audio": own or episode.audio,
            "chapters": translation.chapters or timed.chapters,
            "chapters_file": translation.chapters_file or timed.chapters_file,
            "transcript": translation.transcript or timed.transcript,
            "soundbites": () if own else episode.soundbites,
            "share": translation.share or episode.share,
            "txt": (*episode.txt, *([machine_made([translation.language])] if translation.machine else [])),
            "translations": (),
            "former_languages": (),
        }
    )


def machine_made(languages: Iterable[str]) -> Txt:
    """What tells apps that a machine translated this (podcast-namespace docs/tags/txt.md)."""
    return Txt(text=say("machine translation: {languages}", languages=", ".join(languages)), purpose="ai-content")


def spoken_languages(episodes: Iterable[Episode]) -> tuple[str, ...]:
    """The languages that some episodes have audio of their own in, by code."""
    return tuple(sorted({t.language for episode in episodes for t in episode.translations if t.audio}))


def nearest_first(articles: Iterable[Article], language: str) -> tuple[Article, ...]:
    """Articles in a language, then those in a kin of it, then all others; else in the order that they have."""
    return tuple(sorted(articles, key=lambda a: (a.language != language, primary(a.language) != primary(language))))
