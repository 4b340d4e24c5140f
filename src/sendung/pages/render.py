"""The pages themselves: facts in, bytes out."""

from __future__ import annotations

import json
from collections.abc import Sequence

from markupsafe import escape

from sendung.model import Episode, Show
from sendung.pages.site import Site

EMBED_HEIGHT = 200
"""Pixels: the least that WordPress gives an embed (wp-includes/js/wp-embed.js)."""


def listen_page(site: Site, episode: Episode, newer: Episode | None, older: Episode | None) -> bytes:
    """The page behind "listen now": the episode and all that belongs to it."""
    return site.render("listen.html", f"e/{episode.slug}/", episode=episode, newer=newer, older=older)


def embed_page(site: Site, episode: Episode) -> bytes:
    """The compact player for other sites' frames."""
    return site.render("embed.html", f"e/{episode.slug}/embed/", episode=episode)


def show_page(site: Site, episodes: Sequence[Episode]) -> bytes:
    """The show and all its episodes."""
    return site.render("show.html", "", episodes=episodes)


def embed_key(slug: str) -> str:
    """The key of an episode's embed."""
    return f"e/{slug}/embed/index.html"


def embed_frame(show: Show, episode: Episode) -> str:
    """The iframe that shows an episode's player on another site.

    It has only the attributes that WordPress keeps (wp_filter_oembed_result).
    """
    url, title = escape(show.url_of(embed_key(episode.slug))), escape(episode.title)
    return f'<iframe src="{url}" width="600" height="{EMBED_HEIGHT}" frameborder="0" title="{title}"></iframe>'


def oembed(site: Site, episode: Episode) -> bytes:
    """The oEmbed answer for a listen page (oEmbed 1.0, section 2.3.4.4, the rich type)."""
    show = site.show
    cover = show.cover_of(episode)
    answer = {
        "version": "1.0",
        "type": "rich",
        "title": episode.title,
        "author_name": show.author,
        "author_url": show.website,
        "provider_name": show.title,
        "provider_url": show.url_of("index.html"),
        "cache_age": 86400,
        "html": embed_frame(show, episode),
        "width": 600,
        "height": EMBED_HEIGHT,
        "thumbnail_url": show.url_of(cover.asset.key),
        "thumbnail_width": cover.width,
        "thumbnail_height": cover.height,
    }
    return (json.dumps(answer, ensure_ascii=False, indent=1) + "\n").encode()
