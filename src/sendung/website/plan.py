"""Which pages a show has, what each is rendered from, and how to render it.

Planning is cheap and rendering is not, so a publish renders and sends only the pages whose `inputs` have changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sendung.core.episode_digest import facts_digest
from sendung.core.errors import ConfigError
from sendung.core.model import Episode, Show, listen_key
from sendung.core.teaser import Teaser
from sendung.core.translation import episode_in, page_slug, show_in, spoken_languages
from sendung.website import json_ld, listen_now, render
from sendung.website.environment import HTML, JAVASCRIPT, JSON, PageRenderer, renderer_of
from sendung.website.keys import (
    SHOW_KEY,
    archive_key,
    embed_key,
    is_page,
    is_translated_list,
    kit_key,
    oembed_key,
    show_key,
    transcript_key,
)
from sendung.website.languages import LanguageView, ShowView, neighbour_in, show_alternates, translation_into, views_of
from sendung.website.render import OlderEpisodes

NEWEST, ARCHIVED = 60, 200
"""Episodes on the show page, and on each page of older ones."""

TOLD = 12
"""Episodes for customers alone that the show page names."""


@dataclass(frozen=True)
class PagePlan:
    """A page that can be rendered."""

    key: str
    content_type: str
    inputs: str
    """Hexadecimal digest of all that the page is rendered from: equal inputs, equal bytes."""
    render: Callable[[], bytes]


def plan(
    show: Show,
    episodes: Sequence[Episode],
    now: datetime,
    templates: Path | None = None,
    withdrawn: Sequence[Episode] = (),
    digest: Callable[[Episode], str] = facts_digest,
    teasers: Sequence[Teaser] = (),
) -> tuple[PagePlan, ...]:
    """Every page of a show at a time, in the order of the episodes' dates, newest first; the show page comes last.

    Episodes whose date has not come have no page. Addresses that an episode had before lead to where it is now, and
    those of `withdrawn` episodes say that it is gone; `teasers` tell of what is for customers alone. `templates` is a
    folder with templates of the show's own; a mistake in one of them raises ConfigError, some when it is rendered.
    `digest` is `facts_digest`, or remembers what that said.
    """
    renderer = renderer_of(show, templates)
    visible = sorted((e for e in episodes if e.visible(now)), key=lambda e: (e.date, e.slug), reverse=True)
    digests = [digest(episode) for episode in visible]
    renderers = _Renderers(renderer, spoken_languages(visible))
    plans: list[PagePlan] = []
    for index, episode in enumerate(visible):
        newer = visible[index - 1] if index else None
        older = visible[index + 1] if index + 1 < len(visible) else None
        plans += _episode_pages(renderers, episode, digests[index], newer, older)
    told = sorted(teasers, key=lambda teaser: (teaser.date, teaser.slug), reverse=True)
    taken = {episode.slug for episode in episodes} | {teaser.slug for teaser in told}
    for episode, facts in zip(visible, digests, strict=True):
        for old, new in _moves(episode, taken):
            plans += _moved_pages(renderer, episode, facts, old, new)
    for teaser in told:
        plans += _teaser_pages(renderer, teaser, _free(teaser.former_slugs, taken))
    for episode in withdrawn:
        for slug in _free((episode.slug, *episode.former_slugs), taken):
            for page in (slug, *(page_slug(slug, language) for language in _languages(episode))):
                plans += _gone_pages(renderer, episode, page)
    plans += _button(renderer, [*visible, *(teaser for teaser in told if teaser.articles)])
    listed = list(zip(visible, digests, strict=True))
    plans += _translated_shows(renderers, listed, withdrawn)
    plans += _show_pages(renderer, ShowView(show.language, show_alternates(show, visible)), listed, told[:TOLD])
    return tuple(plans)


def plan_gone(show: Show, keys: Sequence[str], templates: Path | None = None) -> tuple[PagePlan, ...]:
    """What stands for pages of an earlier state that are no longer planned: they say that the episode is gone."""
    if not keys:
        return ()
    renderer = renderer_of(show, templates)
    return tuple(
        _moved_list(renderer, key) if is_translated_list(key) else _gone_page(renderer, key)
        for key in keys
        if is_page(key)
    )


def check_templates(show: Show, episodes: Sequence[Episode], templates: Path) -> list[ConfigError]:
    """What is wrong with a show's own templates, each mistake once: every page of some episodes is rendered."""
    now = max((episode.date for episode in episodes), default=datetime.min.replace(tzinfo=UTC))
    errors: dict[str, ConfigError] = {}
    try:
        for page in plan(show, episodes, now, templates):
            try:
                page.render()
            except ConfigError as error:
                errors.setdefault(str(error), error)
    except ConfigError as error:
        errors.setdefault(str(error), error)
    return list(errors.values())


class _Renderers:
    """What renders pages in each of the show's languages; each is made when it is asked for first."""

    def __init__(self, own: PageRenderer, spoken: Sequence[str]) -> None:
        self.spoken = spoken
        self.own = own
        self._by_language = {own.show.language: own}

    def of(self, language: str) -> PageRenderer:
        """What renders the pages in a language."""
        if language not in self._by_language:
            show = show_in(self.own.show, language, spoken=language in self.spoken)
            self._by_language[language] = renderer_of(show, self.own.templates, show_key(language), self.own.show)
        return self._by_language[language]


def _episode_pages(
    renderers: _Renderers, episode: Episode, facts: str, newer: Episode | None, older: Episode | None
) -> Iterator[PagePlan]:
    """An episode's pages, in each of its languages."""
    show = renderers.own.show
    for view in views_of(show, episode, renderers.spoken):
        foreign = dict(view.foreign)
        near: dict[str, Episode | None] = {"newer": newer, "older": older}
        for side, other in near.items():
            if other and view.language != show.language:
                near[side], translated = neighbour_in(other, view.language)
                foreign |= {} if translated else {side: show.language}
        yield from _pages_in(
            renderers.of(view.language), replace(view, foreign=foreign), facts, near["newer"], near["older"]
        )


def _pages_in(
    renderer: PageRenderer, view: LanguageView, facts: str, newer: Episode | None, older: Episode | None
) -> Iterator[PagePlan]:
    episode = view.episode
    slug = episode.slug
    neighbours = "\0".join(f"{e.slug}\0{e.title}" if e else "" for e in (newer, older))
    listen = partial(render.listen_page, renderer, view, newer, older)
    yield PagePlan(listen_key(slug), HTML, _inputs(renderer, "listen", facts, neighbours), listen)
    embed = partial(render.embed_page, renderer, episode)
    yield PagePlan(embed_key(slug), HTML, _inputs(renderer, "embed", facts), embed)
    kit = partial(render.kit_page, renderer, view)
    yield PagePlan(kit_key(slug), HTML, _inputs(renderer, "kit", facts), kit)
    oembed = partial(json_ld.oembed, renderer.show, episode)
    for key_of in _reading(episode):
        reading = partial(render.transcript_page, renderer, episode)
        yield PagePlan(key_of(slug), HTML, _inputs(renderer, "transcript", facts), reading)
    yield PagePlan(oembed_key(slug), JSON, _inputs(renderer, "oembed", facts), oembed)


def _languages(episode: Episode) -> tuple[str, ...]:
    """All that an episode has or had pages in, besides the show's own."""
    return (*(translation.language for translation in episode.translations), *episode.former_languages)


def _moves(episode: Episode, taken: set[str]) -> Iterator[tuple[str, str]]:
    """Where pages were, and where they are: of former slugs, in each language, and of languages that are gone."""
    homes = {"": episode.slug} | {t.language: page_slug(episode.slug, t.language) for t in episode.translations}
    homes |= dict.fromkeys(episode.former_languages, episode.slug)
    for slug in _free(episode.former_slugs, taken):
        yield from ((page_slug(slug, language) if language else slug, home) for language, home in homes.items())
    yield from ((page_slug(episode.slug, language), episode.slug) for language in episode.former_languages)


def _free(slugs: Sequence[str], taken: set[str]) -> list[str]:
    """The slugs that no episode has or had before; they are taken from then on."""
    free = [slug for slug in dict.fromkeys(slugs) if slug not in taken]
    taken.update(free)
    return free


def _moved_pages(renderer: PageRenderer, episode: Episode, facts: str, slug: str, home: str) -> Iterator[PagePlan]:
    """What is left where an episode was: its old links and embeds go on working."""
    canonical = listen_key(home)
    for key_of in (listen_key, embed_key, kit_key, *_reading(episode)):
        key, target = key_of(slug), key_of(home)
        moved = partial(render.moved_page, renderer, key, target, canonical)
        yield PagePlan(key, HTML, _inputs(renderer, "moved", key, target), moved)
    oembed = partial(json_ld.oembed, renderer.show, episode)
    yield PagePlan(oembed_key(slug), JSON, _inputs(renderer, "oembed", facts), oembed)


def _teaser_pages(renderer: PageRenderer, teaser: Teaser, former: Sequence[str]) -> Iterator[PagePlan]:
    """What the public finds where an episode for customers would be, and where its address was before."""
    key = listen_key(teaser.slug)
    yield PagePlan(key, HTML, _inputs(renderer, "teaser", _told(teaser)), partial(render.teaser_page, renderer, teaser))
    for old in map(listen_key, former):
        moved = partial(render.moved_page, renderer, old, key, key)
        yield PagePlan(old, HTML, _inputs(renderer, "moved", old, key), moved)


def _told(teaser: Teaser) -> str:
    return teaser.model_dump_json()


def _gone_pages(renderer: PageRenderer, episode: Episode, slug: str) -> Iterator[PagePlan]:
    for key_of in (listen_key, embed_key, kit_key, *_reading(episode), oembed_key):
        yield _gone_page(renderer, key_of(slug))


def _gone_page(renderer: PageRenderer, key: str) -> PagePlan:
    """What stands where a page of an episode was."""
    if key.endswith(".html"):
        return PagePlan(key, HTML, _inputs(renderer, "gone", key), partial(render.gone_page, renderer, key))
    return PagePlan(key, JSON, _inputs(renderer, "oembed gone"), partial(json_ld.oembed_gone, renderer.show))


def _reading(episode: Episode) -> list[Callable[[str], str]]:
    """The key of the transcript's own page, where the episode has one."""
    return [transcript_key] if episode.transcript and render.is_long(episode.transcript) else []


def _translated_shows(
    renderers: _Renderers, listed: Sequence[tuple[Episode, str]], withdrawn: Sequence[Episode]
) -> Iterator[PagePlan]:
    """The show page in each further language that there are episodes in; it has those, and no others.

    Where a language has none any more, its address leads to the show page.
    """
    own, visible = renderers.own, [episode for episode, _ in listed]
    alternates = show_alternates(own.show, visible)
    present = [alternate.language for alternate in alternates[1:]]
    for language in present:
        found = [(translation_into(episode, language), episode, facts) for episode, facts in listed]
        shown = [(words, episode_in(episode, words), facts) for words, episode, facts in found if words]
        by_machine = frozenset(episode.slug for words, episode, _ in shown if words.machine)
        view = ShowView(language, alternates, by_machine=by_machine)
        yield from _show_pages(renderers.of(language), view, [(episode, facts) for _, episode, facts in shown])
    earlier = {language for episode in (*visible, *withdrawn) for language in _languages(episode)}
    for language in sorted(earlier.difference(present)):
        yield _moved_list(own, show_key(language))


def _moved_list(renderer: PageRenderer, key: str) -> PagePlan:
    """What stands where the show page, or one of older episodes, was in a language that is gone."""
    moved = partial(render.moved_page, renderer, key, SHOW_KEY, SHOW_KEY)
    return PagePlan(key, HTML, _inputs(renderer, "moved", key, SHOW_KEY), moved)


def _show_pages(
    renderer: PageRenderer, view: ShowView, listed: Sequence[tuple[Episode, str]], teasers: Sequence[Teaser] = ()
) -> Iterator[PagePlan]:
    """The show page in one language, which names the newest of what is for customers, too, and what it does not hold.

    Pages of older episodes are counted from the oldest, so that a new episode changes no more than the newest of them.
    `listed` are episodes with their digests, newest first.
    """
    count = len(listed)
    code = "" if renderer.home == SHOW_KEY else view.language
    visible, facts = [episode for episode, _ in listed], [digest for _, digest in listed]
    archives = [
        OlderEpisodes(archive_key(number, code), first + 1, min(first + ARCHIVED, count))
        for number, first in enumerate(range(0, count, ARCHIVED), 1)
        if count > NEWEST
    ]
    for archive in archives:
        part = slice(count - archive.last, count - archive.first + 1)
        older = partial(render.archive_page, renderer, view, visible[part], archive)
        yield PagePlan(archive.key, HTML, _inputs(renderer, "archive", *facts[part]), older)
    index = partial(render.show_page, renderer, view, visible[:NEWEST], archives, teasers)
    named = [alternate.language for alternate in view.alternates]
    inputs = _inputs(renderer, "show", str(count), *facts[:NEWEST], *map(_told, teasers), *named)
    yield PagePlan(renderer.home, HTML, inputs, index)


def _button(renderer: PageRenderer, shown: listen_now.Shown) -> Iterator[PagePlan]:
    """What leads from articles to episodes and teasers: script and index, and the index in parts where it is large."""
    named = {episode.slug: "\0".join(_named(episode)) for episode in shown if episode.articles}
    articles = named.values()
    entries = partial(listen_now.index, shown)
    yield PagePlan(listen_now.INDEX_KEY, JSON, _inputs(renderer, "listen-now", *articles), entries)
    for number, episodes in listen_now.split(shown).items():
        inputs = _inputs(renderer, "listen-now part", *(named[episode.slug] for episode in episodes))
        yield PagePlan(listen_now.part_key(number), JSON, inputs, partial(listen_now.part, number, episodes))
    script = partial(listen_now.script, renderer.show, shown)
    yield PagePlan(listen_now.SCRIPT_KEY, JAVASCRIPT, _inputs(renderer, "listen-now script", *articles), script)


def _named(episode: Episode | Teaser) -> Iterator[str]:
    """What the way from its articles to an episode is made from."""
    duration = episode.duration_s if isinstance(episode, Teaser) else episode.audio.duration_s
    yield from (episode.slug, episode.title, str(duration))
    for article in episode.articles:
        yield from (article.url, article.canonical, article.language)
    if isinstance(episode, Teaser):
        yield "teaser"
        return
    for translation in episode.translations:
        yield from (translation.language, translation.title, str((translation.audio or episode.audio).duration_s))


def _inputs(renderer: PageRenderer, *facts: str) -> str:
    return hashlib.sha256("\0".join((renderer.digest, *facts)).encode()).hexdigest()
