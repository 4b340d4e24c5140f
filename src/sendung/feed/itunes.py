"""The itunes namespace as Apple reads it today (Podcasts for Creators, "Podcast RSS feed requirements").

feedgen's own extension knows only the retired values of itunes:explicit and refuses most image addresses.
"""

from __future__ import annotations

from collections.abc import Iterator

from sendung.core.model import Episode, Show
from sendung.feed.markup import quote


def channel(show: Show) -> Iterator[str]:
    """The channel's itunes tags."""
    yield "<itunes:owner>"
    yield f"  <itunes:name>{quote(show.owner.name)}</itunes:name>"
    yield f"  <itunes:email>{quote(show.owner.email)}</itunes:email>"
    yield "</itunes:owner>"
    # After the owner: some parsers take whichever comes last for the show's author.
    yield f"<itunes:author>{quote(show.author)}</itunes:author>"
    yield f'<itunes:image href="{quote(show.url_of(show.cover.asset.key))}"/>'
    yield from _categories(show.category)
    yield f"<itunes:explicit>{_truth(show.explicit)}</itunes:explicit>"
    yield f"<itunes:type>{show.type}</itunes:type>"
    if show.feed.new_feed_url:
        yield f"<itunes:new-feed-url>{quote(show.feed.new_feed_url)}</itunes:new-feed-url>"
    # Any value but Yes means nothing to Apple, so these two are there or not.
    if show.feed.block:
        yield "<itunes:block>Yes</itunes:block>"
    if show.feed.complete:
        yield "<itunes:complete>Yes</itunes:complete>"


def item(show: Show, episode: Episode) -> Iterator[str]:
    """An item's itunes tags."""
    yield f"<itunes:duration>{max(1, int(episode.audio.duration_s + 0.5))}</itunes:duration>"
    yield f"<itunes:explicit>{_truth(show.explicit_of(episode))}</itunes:explicit>"
    yield f'<itunes:image href="{quote(show.url_of(show.cover_of(episode).asset.key))}"/>'
    yield f"<itunes:episodeType>{episode.type}</itunes:episodeType>"
    if episode.block:
        yield "<itunes:block>Yes</itunes:block>"
    if episode.season:
        yield f"<itunes:season>{episode.season}</itunes:season>"
    if episode.number:
        yield f"<itunes:episode>{episode.number}</itunes:episode>"


def _categories(names: tuple[str, ...]) -> Iterator[str]:
    """A category around its subcategory."""
    if len(names) == 1:
        yield f'<itunes:category text="{quote(names[0])}"/>'
    elif names:
        yield f'<itunes:category text="{quote(names[0])}">'
        yield from (f"  {tag}" for tag in _categories(names[1:]))
        yield "</itunes:category>"


def _truth(value: bool) -> str:
    return "true" if value else "false"
