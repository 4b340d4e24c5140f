"""An episode's pages in each of its languages: what each shows, and how they name each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from sendung.core.model import Episode, Show, Translation, listen_key
from sendung.core.translation import episode_in, page_slug, primary, show_in, translation_in
from sendung.website.i18n import language_attributes
from sendung.website.keys import show_key


@dataclass(frozen=True)
class Alternate:
    """The same episode's page in one language."""

    language: str
    """BCP 47."""
    slug: str
    """Of its pages: "folge", "folge/en"."""

    @property
    def key(self) -> str:
        """The listen page's."""
        return listen_key(self.slug)


@dataclass(frozen=True)
class ShowAlternate(Alternate):
    """The show page in one language; its slug is that language, empty for the show's own."""

    @property
    def key(self) -> str:
        """The show page's."""
        return show_key(self.slug)


@dataclass(frozen=True)
class ShowView:
    """The show in the language of a page."""

    language: str
    alternates: tuple[ShowAlternate, ...] = ()
    """All languages, the show's own first; empty where there is only that."""
    machine: bool = False
    """Whether a machine translated all of it: never; it is told of each episode."""
    by_machine: frozenset[str] = frozenset()
    """Slugs of the episodes that a machine translated."""


@dataclass(frozen=True)
class LanguageView:
    """An episode in the language of a page."""

    show: Show
    episode: Episode
    alternates: tuple[Alternate, ...] = ()
    """All languages, the show's own first; empty where there is only that."""
    machine: bool = False
    """Whether a machine translated it."""
    foreign: Mapping[str, str] = field(default_factory=dict)
    """What is in another language than the page ("notes", "chapters", "transcript"), and in which."""

    @property
    def language(self) -> str:
        """The page's."""
        return self.show.language

    def lang(self, part: str) -> Markup:
        """The attributes of a part that is in another language than the page; empty for all others."""
        language = self.foreign.get(part)
        return language_attributes(language) if language else Markup("")


def view_of(show: Show, episode: Episode) -> LanguageView:
    """An episode in the show's own language."""
    return LanguageView(show, episode, _alternates(show, episode))


def views_of(show: Show, episode: Episode, spoken: Collection[str]) -> Iterator[LanguageView]:
    """An episode in every language that it has, the show's own first; `spoken` are those that the show has feeds in."""
    yield view_of(show, episode)
    for translation in episode.translations:
        language = translation.language
        shown = show_in(show, language, spoken=language in spoken)
        foreign = _foreign(show, episode, translation)
        yield LanguageView(
            shown, episode_in(episode, translation), _alternates(show, episode), translation.machine, foreign
        )


def show_alternates(show: Show, episodes: Collection[Episode]) -> tuple[ShowAlternate, ...]:
    """The show pages: in every language that episodes are in, the show's own first; empty where there is only that."""
    present = {translation.language for episode in episodes for translation in episode.translations}
    ordered = [edition.language for edition in show.languages if edition.language in present]
    languages = dict.fromkeys((*ordered, *sorted(present)))
    own = ShowAlternate(show.language, "")
    return (own, *(ShowAlternate(language, language) for language in languages)) if languages else ()


def translation_into(episode: Episode, language: str) -> Translation | None:
    """The episode's translation into that very language."""
    return next((words for words in episode.translations if words.language == language), None)


def neighbour_in(episode: Episode, language: str) -> tuple[Episode, bool]:
    """An episode for a link on a page in a language, and whether it is in that language."""
    translation = translation_in(episode, language)
    return (episode_in(episode, translation), True) if translation else (episode, False)


def _alternates(show: Show, episode: Episode) -> tuple[Alternate, ...]:
    if not episode.translations:
        return ()
    others = (Alternate(t.language, page_slug(episode.slug, t.language)) for t in episode.translations)
    return (Alternate(show.language, episode.slug), *others)


def _foreign(show: Show, episode: Episode, translation: Translation) -> dict[str, str]:
    missing = {
        "notes": not translation.notes,
        "chapters": not (translation.chapters or translation.audio),
        "transcript": not (translation.transcript or translation.audio),
    }
    if primary(show.language) == primary(translation.language):
        return {}
    return {part: show.language for part, empty in missing.items() if empty}
