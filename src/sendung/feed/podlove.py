"""Podlove Simple Chapters 1.2: an item's chapters within the feed itself."""

from __future__ import annotations

from collections.abc import Iterator

from sendung.core.model import Episode, Show
from sendung.feed.markup import clock, optional, quote


def item(show: Show, episode: Episode) -> Iterator[str]:
    """An item's psc:chapters, if it has chapters."""
    if episode.chapters:
        yield '<psc:chapters version="1.2">'
        for chapter in episode.chapters:
            image = show.url_of(chapter.image.key) if chapter.image else chapter.image_url
            links = optional("href", chapter.url) + optional("image", image)
            yield f'  <psc:chapter start="{_play_time(chapter.start_ms)}" title="{quote(chapter.title)}"{links}/>'
        yield "</psc:chapters>"


def _play_time(milliseconds: int) -> str:
    """Normal Play Time (RFC 2326 section 3.6), as the format wants it: HH:MM:SS.mmm."""
    return f"{clock(milliseconds)}.{milliseconds % 1000:03}"
