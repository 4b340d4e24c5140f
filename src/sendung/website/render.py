"""The pages themselves: facts in, bytes out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from sendung.core.model import Asset, Episode, Person, Transcript, listen_key
from sendung.core.teaser import Teaser
from sendung.core.translation import primary
from sendung.website import json_ld
from sendung.website.environment import PageAssets, PageRenderer
from sendung.website.i18n import PageWords, clock
from sendung.website.keys import folder_of
from sendung.website.languages import LanguageView, ShowView
from sendung.website.listen_now import listen_label
from sendung.website.newsletter import mailing_of
from sendung.website.qr import qr_code
from sendung.website.share_kit import kit_of
from sendung.website.transcript import paragraphs
from sendung.website.waveform import timeline_of

LONG_TRANSCRIPT = 20_000
"""Bytes of the transcript's first file; a longer transcript has a page of its own, so that listen pages stay small."""

MOST_FACES = 6
"""People who are shown with a picture; it is in the page, which is to stay small. The others have their initials."""

LISTEN = PageAssets(("base.css", "page.css"), ("player.js", "listen.js", "quote.js", "subscribe.js"))
SHOW = PageAssets(("base.css", "page.css"), ("show.js", "subscribe.js"))
EMBED = PageAssets(("base.css", "embed.css"), ("player.js", "embed.js"))
KIT = PageAssets(("base.css", "page.css"), ("kit.js",), frames=True)
MOVED = PageAssets(("base.css", "page.css"), ("moved.js",))
READING = PageAssets(("base.css", "page.css"))
TEASER = PageAssets(("base.css", "page.css", "customers.css"))


@dataclass(frozen=True)
class Download:
    """A file that listeners may take with them."""

    name: str
    key: str
    media_type: str
    size: str


@dataclass(frozen=True)
class KitEntry:
    """A piece of the author's kit."""

    name: str
    code: str
    shown: bool = False
    """Whether it is shown as it looks, too: it is HTML of ours."""

    @property
    def look(self) -> Markup:
        """It as HTML, without style attributes: the page's policy forbids them, and its own style stands in."""
        return Markup(re.sub(r' style="[^"]*"', "", self.code))  # noqa: S704

    @property
    def rows(self) -> int:
        """Lines that hold all of it in a box of sixty characters."""
        return sum(1 + len(line) // 60 for line in self.code.split("\n"))


@dataclass(frozen=True)
class PersonView:
    """A person, as pages show one."""

    name: str
    initials: str
    role: str
    url: str | None
    face: str
    """A picture as a data URI; empty where there is none."""


@dataclass(frozen=True)
class OlderEpisodes:
    """A page of older episodes: its key, and which ones it has, counted from the oldest."""

    key: str
    first: int
    last: int


def is_long(transcript: Transcript) -> bool:
    """Whether a transcript has a page of its own."""
    return bool(transcript.assets) and transcript.assets[0].size > LONG_TRANSCRIPT


def listen_page(renderer: PageRenderer, view: LanguageView, newer: Episode | None, older: Episode | None) -> bytes:
    """The page behind "listen now": the episode and all that belongs to it."""
    episode = view.episode
    transcript = episode.transcript
    long = transcript is not None and is_long(transcript)
    return renderer.render(
        "listen.html",
        f"e/{episode.slug}/",
        _with_customers(_with_languages(LISTEN, view), episode),
        view=view,
        episode=episode,
        newer=newer,
        older=older,
        dial=timeline_of(episode, by_voice=True),
        total=clock(episode.audio.duration_s),
        people=_people(renderer.words, (*renderer.show.hosts_of(episode), *episode.guests)),
        downloads=download_files(renderer.words, episode),
        long_transcript=long,
        paragraphs=paragraphs(transcript.cues) if transcript and not long else [],
        license=episode.license or renderer.show.feed.license,
        frame=json_ld.embed_frame(renderer.show, episode),
        data=json_ld.episode_data(renderer.show, episode),
        qr=qr_code(renderer.show.url_of(listen_key(episode.slug))),
    )


def transcript_page(renderer: PageRenderer, episode: Episode) -> bytes:
    """A long transcript, to read and for the listen page to fetch."""
    cues = episode.transcript.cues if episode.transcript else ()
    folder = f"e/{episode.slug}/transcript/"
    return renderer.render("transcript.html", folder, READING, episode=episode, paragraphs=paragraphs(cues))


def embed_page(renderer: PageRenderer, episode: Episode) -> bytes:
    """The compact player for other sites' frames."""
    folder = f"e/{episode.slug}/embed/"
    total = clock(episode.audio.duration_s)
    return renderer.render("embed.html", folder, EMBED, episode=episode, dial=timeline_of(episode), total=total)


def _with_languages(assets: PageAssets, view: LanguageView | ShowView) -> PageAssets:
    """What a page in several languages is made of: others need no style for the choice."""
    return replace(assets, styles=(*assets.styles, "languages.css")) if view.alternates else assets


def _with_customers(assets: PageAssets, episode: Episode) -> PageAssets:
    """What a page that offers customers more is made of."""
    return replace(assets, styles=(*assets.styles, "customers.css")) if episode.goes_on else assets


def _other_links(renderer: PageRenderer, view: LanguageView) -> list[KitEntry]:
    """The link for each further article, in its language; one with pages in its language has a kit there, too."""
    words, translated = renderer.words, {primary(other.language) for other in view.alternates}
    articles = [article for article in view.episode.articles[1:] if primary(article.language) not in translated]
    url = renderer.show.url_of(listen_key(view.episode.slug))
    return [
        KitEntry(
            f"{words.gettext('Link (HTML)')} – {words.language(article.language)}",
            f'<a href="{escape(url)}">{escape(listen_label(view.episode, article.language))}</a>',
            shown=True,
        )
        for article in articles
    ]


def kit_page(renderer: PageRenderer, view: LanguageView) -> bytes:
    """The author's kit with its copy buttons."""
    episode = view.episode
    kit = kit_of(renderer.show, episode)
    say = renderer.words.gettext
    entries = [
        KitEntry(say("Link (HTML)"), kit.link, shown=True),
        *_other_links(renderer, view),
        KitEntry(say("Address, for sites that know oEmbed"), kit.url),
        KitEntry(say("Player (HTML)"), kit.iframe, shown=True),
        KitEntry(say("Card (HTML)"), kit.card, shown=True),
        KitEntry(say("Text"), kit.text),
        KitEntry(say("Link (Markdown)"), kit.markdown),
        KitEntry(say("Structured data for the article (HTML head)"), kit.json_ld),
        KitEntry(say("Once, in the template of all articles"), kit.script),
        KitEntry(say("Newsletter (HTML)"), mailing_of(renderer.show, [episode]).block),
    ]
    folder = f"e/{episode.slug}/"
    assets, code = _with_languages(KIT, view), qr_code(kit.url)
    return renderer.render("kit.html", folder, assets, view=view, episode=episode, entries=entries, qr=code)


def moved_page(renderer: PageRenderer, key: str, target: str, canonical: str) -> bytes:
    """A page at `key` that leads to the one at `target`, with the time in its address."""
    return renderer.render("moved.html", folder_of(key), MOVED, target=target, canonical=canonical)


def gone_page(renderer: PageRenderer, key: str) -> bytes:
    """A page at `key` that says that an episode was taken back, and not which: there may have been a reason."""
    return renderer.render("gone.html", folder_of(key), READING)


def show_page(
    renderer: PageRenderer,
    view: ShowView,
    episodes: Sequence[Episode],
    archives: Sequence[OlderEpisodes],
    teasers: Sequence[Teaser] = (),
) -> bytes:
    """The show, its newest episodes, where the older ones are, and what there is for customers alone."""
    return _episode_list(renderer, view, renderer.home, episodes, archives=archives, teasers=teasers)


def teaser_page(renderer: PageRenderer, teaser: Teaser) -> bytes:
    """What the public is told of an episode for customers."""
    return renderer.render("teaser.html", f"e/{teaser.slug}/", TEASER, teaser=teaser)


def archive_page(renderer: PageRenderer, view: ShowView, episodes: Sequence[Episode], archive: OlderEpisodes) -> bytes:
    """Some of the show's episodes, newest first."""
    return _episode_list(renderer, replace(view, alternates=()), archive.key, episodes, archive=archive)


def _episode_list(
    renderer: PageRenderer, view: ShowView, key: str, episodes: Sequence[Episode], **beside: object
) -> bytes:
    return renderer.render(
        "show.html",
        folder_of(key),
        _with_languages(SHOW, view),
        key=key,
        view=view,
        episodes=episodes,
        people=_people(renderer.words, renderer.show.hosts),
        data=json_ld.show_data(renderer.show, renderer.home),
        **{"archives": (), "archive": None, "teasers": (), **beside},
    )


_FACE = re.compile(r"data:image/[a-z]+;base64,[A-Za-z0-9+/=]+")
"""A picture within the page; anything else that a record may hold is no face."""


def _people(words: PageWords, people: Sequence[Person]) -> list[PersonView]:
    """People with their roles in the page's language; a role that is not known is shown as it is."""
    say = words.gettext
    roles = {"host": say("Host"), "co-host": say("Co-host"), "guest": say("Guest")}
    return [
        PersonView(
            p.name,
            "".join(part[:1] for part in p.name.split()[:2]),
            roles.get(p.role.lower(), p.role),
            p.url,
            p.face if index < MOST_FACES and _FACE.fullmatch(p.face) else "",
        )
        for index, p in enumerate(people)
    ]


def download_files(words: PageWords, episode: Episode) -> list[Download]:
    """What listeners may take with them of an episode."""
    say = words.gettext
    files = [(say("Audio"), rendition.asset) for rendition in episode.audio.renditions]
    files += [(say("Transcript"), asset) for asset in (episode.transcript.assets if episode.transcript else ())]
    if episode.chapters_file:
        files.append((say("Chapters"), episode.chapters_file))
    return [_download(words, name, asset) for name, asset in files]


def _download(words: PageWords, name: str, asset: Asset) -> Download:
    suffix = asset.key.rpartition(".")[2].upper()
    return Download(f"{name} ({suffix})", asset.key, asset.media_type, words.megabytes(asset.size))
