"""What machines read on a page: JSON-LD (schema.org) and oEmbed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import escape

from sendung.core.model import Article, Episode, Person, Show, listen_key
from sendung.website.keys import SHOW_KEY, embed_key

EMBED_HEIGHT = 200
"""Pixels: the least that WordPress gives an embed (wp-includes/js/wp-embed.js)."""
THUMBNAIL = 480
"""Pixels: the side of an image's small version."""

Thing = dict[str, Any]


def embed_frame(show: Show, episode: Episode, moment: str = "") -> str:
    """The iframe that shows an episode's player where somebody pastes it, from a `moment` ("#t=90") on."""
    return _frame(show, episode, moment, ' style="display:block;max-width:100%;border:0"')


def _frame(show: Show, episode: Episode, moment: str, more: str) -> str:
    url, title = escape(show.url_of(embed_key(episode.slug)) + moment), escape(f"{episode.title} – {show.title}")
    return f'<iframe src="{url}" width="600" height="{EMBED_HEIGHT}" title="{title}"{more}></iframe>'


def _embed_html(show: Show, episode: Episode) -> str:
    """What oEmbed brings into a page: only elements and attributes that WordPress keeps (wp_filter_oembed_result).

    Its script, which gives the frame its height and opens its links, comes only where there is a <blockquote>; that is
    what is read until the frame is there, and where frames are not shown.
    """
    url, title = escape(show.url_of(listen_key(episode.slug))), escape(episode.title)
    quote = f'<blockquote><a href="{url}">{title}</a></blockquote>'
    return quote + _frame(show, episode, "", ' frameborder="0"')


def oembed(show: Show, episode: Episode) -> bytes:
    """The oEmbed answer for a listen page (oEmbed 1.0, section 2.3.4.4, the rich type)."""
    cover = show.cover_of(episode)
    side = THUMBNAIL if cover.small else cover.width
    answer = {
        "version": "1.0",
        "type": "rich",
        "title": episode.title,
        "author_name": show.author,
        "author_url": show.website,
        "provider_name": show.title,
        "provider_url": show.url_of(SHOW_KEY),
        "cache_age": 86400,
        "html": _embed_html(show, episode),
        "width": 600,
        "height": EMBED_HEIGHT,
        "thumbnail_url": show.url_of((cover.small or cover.asset).key),
        "thumbnail_width": side,
        "thumbnail_height": side,
    }
    return (json.dumps(answer, ensure_ascii=False, indent=1) + "\n").encode()


def oembed_gone(show: Show) -> bytes:
    """The oEmbed answer for an episode that was taken back (oEmbed 1.0, section 2.3.4.3, the link type)."""
    answer = {"version": "1.0", "type": "link", "provider_name": show.title, "provider_url": show.url_of(SHOW_KEY)}
    return (json.dumps(answer, ensure_ascii=False, indent=1) + "\n").encode()


def episode_data(show: Show, episode: Episode) -> Thing:
    """A PodcastEpisode with its audio, its series, its people and the articles it belongs to."""
    url = show.url_of(listen_key(episode.slug))
    data: Thing = {
        "@context": "https://schema.org",
        "@type": "PodcastEpisode",
        "@id": url,
        "url": url,
        "name": episode.title,
        "description": episode.summary,
        "datePublished": episode.date.isoformat(),
        "inLanguage": show.language,
        "duration": iso_duration(episode.audio.duration_s),
        "isFamilyFriendly": not show.explicit_of(episode),
        "image": show.url_of(show.cover_of(episode).asset.key),
        "associatedMedia": _audio(show, episode),
        "partOfSeries": _series(show),
        "actor": _people(show, (*show.hosts_of(episode), *episode.guests)),
    }
    if episode.number is not None:
        data["episodeNumber"] = episode.number
    if episode.season is not None:
        data["partOfSeason"] = {"@type": "PodcastSeason", "seasonNumber": episode.season}
    if episode.keywords:
        data["keywords"] = ", ".join(episode.keywords)
    terms = episode.license or show.feed.license
    if terms:
        data["license"] = terms.url or terms.name
    if episode.articles:
        data["subjectOf"] = [_article(article) for article in episode.articles]
    return data


def show_data(show: Show, key: str = SHOW_KEY) -> Thing:
    """The PodcastSeries, on the show page in one language."""
    series = _series(show) | {"url": show.url_of(key)}
    return {"@context": "https://schema.org", **series, "author": _people(show, show.hosts)}


def article_data(show: Show, episode: Episode) -> Thing:
    """What the companion article's own page can say of the episode.

    It names the player and not the audio file: WordPress makes an enclosure of every such address in an article.
    """
    article = episode.article
    about = _article(article) if article else {"@type": "Article"}
    audio = {
        "@type": "AudioObject",
        "name": episode.title,
        "embedUrl": show.url_of(embed_key(episode.slug)),
        "duration": iso_duration(episode.audio.duration_s),
        "uploadDate": episode.date.isoformat(),
    }
    return {"@context": "https://schema.org", **about, "audio": audio, "about": _reference(show, episode)}


def data_script(data: Thing) -> str:
    """A script element that holds data: nothing in it can end the element (HTML, section 4.12.1.3)."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    safe = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return f'<script type="application/ld+json">{safe}</script>'


def iso_duration(seconds: float) -> str:
    """A duration in whole seconds as ISO 8601 writes it: "PT1H2M3S"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + f"{rest}S"


def _series(show: Show) -> Thing:
    return {
        "@type": "PodcastSeries",
        "@id": show.url_of(SHOW_KEY),
        "url": show.url_of(SHOW_KEY),
        "name": show.title,
        "description": show.description,
        "inLanguage": show.language,
        "image": show.url_of(show.cover.asset.key),
        "webFeed": show.feed_url,
    }


def _reference(show: Show, episode: Episode) -> Thing:
    url = show.url_of(listen_key(episode.slug))
    return {"@type": "PodcastEpisode", "@id": url, "url": url, "name": episode.title, "partOfSeries": _series(show)}


def _audio(show: Show, episode: Episode) -> Thing:
    audio = episode.audio
    data: Thing = {
        "@type": "AudioObject",
        "contentUrl": show.url_of(audio.asset.key),
        "encodingFormat": audio.asset.media_type,
        "contentSize": str(audio.asset.size),
        "bitrate": f"{audio.bitrate // 1000} kbps",
        "duration": iso_duration(audio.duration_s),
        "embedUrl": show.url_of(embed_key(episode.slug)),
    }
    if episode.transcript:
        data["caption"] = [_caption(show, asset.key, asset.media_type) for asset in episode.transcript.assets[:1]]
    return data


def _caption(show: Show, key: str, media_type: str) -> Thing:
    return {"@type": "MediaObject", "contentUrl": show.url_of(key), "encodingFormat": media_type}


def _people(show: Show, people: Sequence[Person]) -> list[Thing]:
    return [_person(show, person) for person in people]


def _person(show: Show, person: Person) -> Thing:
    data: Thing = {"@type": "Person", "name": person.name}
    image = show.url_of(person.portrait.key) if person.portrait else person.image
    return data | ({"url": person.url} if person.url else {}) | ({"image": image} if image else {})


def _article(article: Article) -> Thing:
    data: Thing = {"@type": "Article", "url": article.url, "inLanguage": article.language}
    if article.title:
        data["headline"] = article.title
    if article.authors:
        data["author"] = [{"@type": "Person", "name": name} for name in article.authors]
    if article.date:
        data["datePublished"] = article.date.isoformat()
    return data
