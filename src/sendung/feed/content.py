"""An item's content:encoded: the article first, then notes, chapters, people, and the way to the listen page.

Paragraphs, lists and links only, because Apple Podcasts shows nothing else. Timestamps stand at the start of their own
paragraph as HH:MM:SS: that is where Apple and Spotify look for chapters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sendung.core.model import Episode, Person, Show, listen_key
from sendung.feed.labels import Words, words
from sendung.feed.markup import clock, quote
from sendung.media.notes import feed_html


def content(show: Show, episode: Episode) -> str:
    """The notes of one episode as HTML that a CDATA section can hold."""
    # "]]>" would end the section, and not every version of nh3 escapes ">" in attributes.
    return "\n".join(_parts(show, episode, words(show.language))).replace("]]>", "]]&gt;")


def _parts(show: Show, episode: Episode, say: Words) -> Iterator[str]:
    if article := episode.article:
        yield f"<p>{say.article}: {_link(article.url, article.title or article.url)}</p>"
    if notes := feed_html(episode.notes) or _paragraph(episode.summary):
        yield notes
    if episode.chapters:
        yield f"<p>{say.chapters}:</p>"
        for chapter in episode.chapters:
            yield f"<p>{clock(chapter.start_ms)} {quote(chapter.title)}</p>"
    for label, persons in ((say.hosts, show.hosts_of(episode)), (say.guests, episode.guests)):
        if names := _names(persons):
            yield f"<p>{label}: {names}</p>"
    yield f"<p>{_link(show.url_of(listen_key(episode.slug)), say.listen)}</p>"


def _names(persons: Iterable[Person]) -> str:
    named = ((quote(person.name), person.url) for person in persons)
    return ", ".join(f'<a href="{quote(url)}">{name}</a>' if url else name for name, url in named if name)


def _paragraph(text: str) -> str:
    return f"<p>{quoted}</p>" if (quoted := quote(text)) else ""


def _link(address: str, text: str) -> str:
    return f'<a href="{quote(address)}">{quote(text)}</a>'
