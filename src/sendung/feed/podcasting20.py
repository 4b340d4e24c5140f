"""The podcast namespace (Podcasting 2.0, podcast-namespace docs/1.0.md), one function a tag."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator

from sendung.feed.words import article_label
from sendung.feed.xml import optional, quote
from sendung.model import Audio, Episode, Image, Person, Show

_SHA256 = re.compile("[0-9a-f]{64}").fullmatch
_CAPTIONS = {"text/vtt", "application/x-subrip"}


def channel(show: Show) -> Iterator[str]:
    """The channel's podcast tags."""
    yield f"<podcast:guid>{quote(show.guid)}</podcast:guid>"
    locked = "yes" if show.feed.locked else "no"
    yield f"<podcast:locked{optional('owner', show.owner.email)}>{locked}</podcast:locked>"
    yield "<podcast:medium>podcast</podcast:medium>"
    yield _image(show, show.cover)
    yield from _persons(show.hosts)
    if show.feed.block:
        yield "<podcast:block>yes</podcast:block>"


def item(show: Show, episode: Episode) -> Iterator[str]:
    """An item's podcast tags."""
    if episode.season:
        yield f"<podcast:season>{episode.season}</podcast:season>"
    if episode.number:
        yield f"<podcast:episode>{episode.number}</podcast:episode>"
    if episode.cover:
        yield _image(show, episode.cover)
    # An item's list replaces the channel's (docs/tags/person.md), so hosts are named again beside guests.
    if episode.guests or episode.hosts is not None:
        yield from _persons((*show.hosts_of(episode), *episode.guests))
    yield from _transcripts(show, episode)
    if episode.chapters_file:
        address = quote(show.url_of(episode.chapters_file.key))
        yield f'<podcast:chapters url="{address}" type="application/json+chapters"/>'
    yield from _content_links(episode)
    yield from _enclosure(show, episode.audio)


def _image(show: Show, image: Image) -> str:
    """docs/tags/image.md."""
    size = f'aspect-ratio="1/1" width="{image.width}" height="{image.height}"'
    return (
        f'<podcast:image href="{quote(show.url_of(image.asset.key))}"{optional("alt", image.alt)} {size}'
        f' type="{quote(image.asset.media_type)}" purpose="artwork"/>'
    )


def _persons(persons: Iterable[Person]) -> Iterator[str]:
    """docs/tags/person.md; who has no name cannot be listed."""
    for person in persons:
        if name := quote(person.name):
            links = optional("href", person.url) + optional("img", person.image)
            yield f'<podcast:person role="{quote(person.role)}" group="cast"{links}>{name}</podcast:person>'


def _transcripts(show: Show, episode: Episode) -> Iterator[str]:
    """docs/tags/transcript.md: one tag a format, the best for apps first."""
    if transcript := episode.transcript:
        language = optional("language", transcript.language)
        for asset in transcript.assets:
            kind = f'type="{quote(asset.media_type)}"{language}'
            captions = ' rel="captions"' if asset.media_type in _CAPTIONS else ""
            yield f'<podcast:transcript url="{quote(show.url_of(asset.key))}" {kind}{captions}/>'


def _content_links(episode: Episode) -> Iterator[str]:
    """docs/tags/content-link.md: the companion article and its translations."""
    for article in episode.articles:
        label = quote(article_label(article.language))
        yield f'<podcast:contentLink href="{quote(article.url)}">{label}</podcast:contentLink>'


def _enclosure(show: Show, audio: Audio) -> Iterator[str]:
    """docs/tags/alternate-enclosure.md: the enclosure again, with what the plain one cannot say (bit rate, digest)."""
    asset = audio.asset
    kind = f'type="{quote(asset.media_type)}" length="{asset.size}" bitrate="{audio.bitrate}"'
    yield f'<podcast:alternateEnclosure {kind} default="true">'
    yield f'  <podcast:source uri="{quote(show.url_of(asset.key))}"/>'
    if _SHA256(asset.sha256):
        # docs/tags/integrity.md: the digest as Subresource Integrity writes it.
        digest = b64encode(bytes.fromhex(asset.sha256)).decode()
        yield f'  <podcast:integrity type="sri" value="sha256-{digest}"/>'
    yield "</podcast:alternateEnclosure>"
