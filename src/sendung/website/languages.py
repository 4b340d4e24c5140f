"""An episode's pages in each of its languages: what each shows, and how they name each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from sendung.core.model import Episode, Show, Translation, listen_key
from sendung.core.translation import episode_in, page_slug, primary, show_in, translation_in
from sendung.website.i18n import words_of


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
class LanguageView:
    """An episode in the language of a page."""

    show: Show
    episode: Episode
    alternates: tuple[Alternate, ...] = ()
    """All languages, the show's own first; empty where there is only that."""
    machine: bool = False
    """Whether a machine translated it."""
    foreign: Mapping[str, str] = field(default_factory=dict)
    """What is in another language than the page ("notes", "chapters"), and in which."""

    @property
    def language(self) -> str:
        """The page's."""
        return self.show.language

    def lang(self, part: str) -> Markup:
        """The attributes of a part that is in another language than the page; empty for all others."""
        language = self.foreign.get(part)
        if not language:
            return Markup("")
        return Markup(f' lang="{escape(language)}" dir="{words_of(language).direction}"')  # noqa: S704


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
    missing = {"notes": not translation.notes, "chapters": not (translation.chapters or translation.audio)}
    if primary(show.language) == primary(translation.language):
        return {}
    return {part: show.language for part, empty in missing.items() if empty}
