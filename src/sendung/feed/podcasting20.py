"""The podcast namespace (Podcasting 2.0, podcast-namespace docs/1.0.md), one function a tag."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime

from sendung.core import media_types
from sendung.core.model import Audio, Episode, EpisodeType, Image, Person, Rendition, Show
from sendung.core.podcasting20 import (
    Discussion,
    License,
    Location,
    Recipient,
    RemoteFeed,
    Schedule,
    Supplements,
    Txt,
    Value,
)
from sendung.core.translation import machine_made, show_in
from sendung.core.words import say
from sendung.feed.labels import article_label
from sendung.feed.markup import optional, quote, rfc2822

_SHA256 = re.compile("[0-9a-f]{64}").fullmatch


def channel(show: Show) -> Iterator[str]:
    """The channel's podcast tags."""
    yield f"<podcast:guid>{quote(show.guid)}</podcast:guid>"
    locked = "yes" if show.feed.locked else "no"
    yield f"<podcast:locked{optional('owner', show.owner.email)}>{locked}</podcast:locked>"
    yield f"<podcast:medium>{quote(show.feed.medium)}</podcast:medium>"
    yield _image(show, show.cover)
    yield from _persons(show, show.hosts)
    if show.feed.block:
        yield "<podcast:block>yes</podcast:block>"
    yield from (f'<podcast:block id="{quote(service)}">yes</podcast:block>' for service in show.feed.blocked_at)
    yield from supplements(show.feed)
    if show.feed.schedule or show.feed.complete:
        yield _schedule(show.feed.schedule or Schedule(text=""), show.feed.complete)
    if show.feed.podroll:
        yield "<podcast:podroll>"
        yield from (f"  {_remote_item(feed)}" for feed in show.feed.podroll)
        yield "</podcast:podroll>"


def trailers(show: Show, episodes: Iterable[Episode]) -> Iterator[str]:
    """docs/tags/trailer.md: the channel's trailers, which are items of their own, too."""
    for episode in episodes:
        if episode.type is EpisodeType.TRAILER:
            asset = episode.audio.asset
            attributes = f'pubdate="{rfc2822(episode.date)}" length="{asset.size}" type="{quote(asset.media_type)}"'
            season = optional("season", episode.season)
            title = quote(episode.title)
            address = quote(show.url_of(asset.key))
            yield f'<podcast:trailer url="{address}" {attributes}{season}>{title}</podcast:trailer>'


def item(show: Show, episode: Episode) -> Iterator[str]:
    """An item's podcast tags."""
    if episode.season:
        name = optional("name", show.feed.seasons.get(episode.season))
        yield f"<podcast:season{name}>{episode.season}</podcast:season>"
    if episode.number:
        yield f"<podcast:episode{optional('display', episode.number_label)}>{episode.number}</podcast:episode>"
    if episode.cover:
        yield _image(show, episode.cover)
    # An item's list replaces the channel's (docs/tags/person.md), so hosts are named again beside guests.
    if episode.guests or episode.hosts is not None:
        yield from _persons(show, (*show.hosts_of(episode), *episode.guests))
    yield from _transcripts(show, episode)
    if episode.chapters_file:
        address = quote(show.url_of(episode.chapters_file.key))
        yield f'<podcast:chapters url="{address}" type="{media_types.CHAPTERS}"/>'
    yield from _content_links(episode)
    yield from _enclosures(show, episode.audio)
    yield from _spoken(show, episode)
    for bite in episode.soundbites:
        times = f'startTime="{_seconds(bite.start_ms)}" duration="{_seconds(bite.duration_ms)}"'
        yield f"<podcast:soundbite {times}>{quote(bite.title)}</podcast:soundbite>"
    yield from supplements(episode)
    if machines := [translation.language for translation in episode.translations if translation.machine]:
        yield _txt(machine_made(machines))


def _image(show: Show, image: Image) -> str:
    """docs/tags/image.md."""
    size = f'aspect-ratio="1/1" width="{image.width}" height="{image.height}"'
    return (
        f'<podcast:image href="{quote(show.url_of(image.asset.key))}"{optional("alt", image.alt)} {size}'
        f' type="{quote(image.asset.media_type)}" purpose="artwork"/>'
    )


def _persons(show: Show, persons: Iterable[Person]) -> Iterator[str]:
    """docs/tags/person.md; who has no name cannot be listed."""
    for person in persons:
        if name := quote(person.name):
            image = show.url_of(person.portrait.key) if person.portrait else person.image
            links = optional("href", person.url) + optional("img", image)
            yield f'<podcast:person role="{quote(person.role)}"{links}>{name}</podcast:person>'


def _transcripts(show: Show, episode: Episode) -> Iterator[str]:
    """docs/tags/transcript.md: one tag a format, the best for apps first; then those in other languages."""
    others = [t.transcript for t in episode.translations if t.transcript and not t.audio]
    for transcript in [*([episode.transcript] if episode.transcript else []), *others]:
        language = optional("language", transcript.language)
        for asset in transcript.assets:
            kind = f'type="{quote(asset.media_type)}"{language}'
            captions = ' rel="captions"' if asset.media_type in media_types.CAPTIONS else ""
            yield f'<podcast:transcript url="{quote(show.url_of(asset.key))}" {kind}{captions}/>'


def _content_links(episode: Episode) -> Iterator[str]:
    """docs/tags/content-link.md: the companion article, its translations, and what else has the same content."""
    links = [(article.url, article_label(article.language)) for article in episode.articles]
    for url, label in (*links, *((link.url, link.title) for link in episode.links)):
        yield f'<podcast:contentLink href="{quote(url)}">{quote(label)}</podcast:contentLink>'


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000:03}"


def _schedule(schedule: Schedule, complete: bool) -> str:
    """docs/tags/update-frequency.md."""
    start = datetime.fromisoformat(schedule.start).isoformat() if schedule.start else None
    attributes = optional("complete", "true" if complete else None) + optional("dtstart", start)
    rule = optional("rrule", schedule.rrule)
    return f"<podcast:updateFrequency{attributes}{rule}>{quote(schedule.text)}</podcast:updateFrequency>"


def _remote_item(feed: RemoteFeed) -> str:
    """docs/tags/remote-item.md."""
    links = optional("feedUrl", feed.url) + optional("medium", feed.medium) + optional("title", feed.title)
    return f'<podcast:remoteItem feedGuid="{quote(feed.guid)}"{links}/>'


def _enclosures(show: Show, audio: Audio) -> Iterator[str]:
    """docs/tags/alternate-enclosure.md: the enclosure again, with what the plain one cannot say, then other formats."""
    named = bool(audio.also)
    yield from _enclosure(show, audio, optional("title", _title(audio) if named else None) + ' default="true"')
    for rendition in audio.also:
        yield from _enclosure(show, rendition, optional("title", _title(rendition)))


def _enclosure(show: Show, rendition: Rendition, more: str) -> Iterator[str]:
    asset = rendition.asset
    media_type, _, parameter = asset.media_type.partition(";")
    codecs = optional("codecs", parameter.partition("=")[2] or None)
    kind = f'type="{quote(media_type)}" length="{asset.size}" bitrate="{rendition.bitrate}"{codecs}'
    yield f"<podcast:alternateEnclosure {kind}{more}>"
    yield f'  <podcast:source uri="{quote(show.url_of(asset.key))}"/>'
    if _SHA256(asset.sha256):
        # docs/tags/integrity.md: the digest as Subresource Integrity writes it.
        digest = b64encode(bytes.fromhex(asset.sha256)).decode()
        yield f'  <podcast:integrity type="sri" value="sha256-{digest}"/>'
    yield "</podcast:alternateEnclosure>"


def _spoken(show: Show, episode: Episode) -> Iterator[str]:
    """docs/tags/alternate-enclosure.md: the same episode spoken in other languages."""
    for translation in episode.translations:
        if translation.audio:
            named = optional("lang", translation.language) + optional("title", translation.title[:32])
            yield from _enclosure(show, translation.audio, named)


def editions(show: Show, languages: Iterable[str], own: str) -> Iterator[str]:
    """docs/tags/remote-item.md: the show's feeds in its languages, in each but `own`."""
    for language in languages:
        if language != own:
            other = show if language == show.language else show_in(show, language, spoken=True)
            language_of = f'hreflang="{quote(language)}" type="{media_types.RSS}"'
            yield f'<atom:link rel="alternate" {language_of} href="{quote(other.feed_url)}"/>'
            yield _remote_item(RemoteFeed(guid=other.guid, url=other.feed_url, title=other.title))


def _title(rendition: Rendition) -> str:
    """What apps list it as, in at most 32 characters."""
    suffix = rendition.asset.key.rpartition(".")[2].upper()
    return say(
        "{more}, {bitrate} kbit/s", more="Opus" if suffix == "OPUS" else suffix, bitrate=round(rendition.bitrate / 1000)
    )


def supplements(facts: Supplements) -> Iterator[str]:
    """The tags of one channel or item."""
    for link in facts.funding:
        yield f'<podcast:funding url="{quote(link.url)}">{quote(link.title)}</podcast:funding>'
    if facts.license:
        yield _license(facts.license)
    yield from (_location(location) for location in facts.locations if quote(location.name))
    for txt in facts.txt:
        yield _txt(txt)
    for priority, discussion in enumerate(facts.discussions, 1):
        yield _discussion(discussion, priority)
    if facts.value:
        yield from _value(facts.value)


def _txt(txt: Txt) -> str:
    """docs/tags/txt.md."""
    return f"<podcast:txt{optional('purpose', txt.purpose)}>{quote(txt.text)}</podcast:txt>"


def _license(license_: License) -> str:
    """docs/tags/license.md: identifiers of well-known licenses are written in lower case."""
    name = license_.name if license_.url else license_.name.lower()
    return f"<podcast:license{optional('url', license_.url)}>{quote(name)}</podcast:license>"


def _location(location: Location) -> str:
    """docs/tags/location.md."""
    attributes = optional("geo", location.geo) + optional("osm", location.osm) + optional("country", location.country)
    return f'<podcast:location rel="{location.rel}"{attributes}>{quote(location.name)}</podcast:location>'


def _discussion(discussion: Discussion, priority: int) -> str:
    """docs/tags/social-interact.md; a protocol of "disabled" has no other attribute."""
    if discussion.protocol == "disabled":
        return '<podcast:socialInteract protocol="disabled"/>'
    post = f'protocol="{quote(discussion.protocol)}" uri="{quote(discussion.url)}"'
    account = optional("accountId", discussion.account) + optional("accountUrl", discussion.account_url)
    return f'<podcast:socialInteract priority="{priority}" {post}{account}/>'


def _value(value: Value) -> Iterator[str]:
    """docs/tags/value.md."""
    kind = f'type="{quote(value.type)}" method="{quote(value.method)}"{optional("suggested", value.suggested)}'
    yield f"<podcast:value {kind}>"
    yield from (f"  {_recipient(recipient)}" for recipient in value.recipients)
    yield "</podcast:value>"


def _recipient(recipient: Recipient) -> str:
    """docs/tags/value-recipient.md."""
    payee = f'type="{quote(recipient.type)}" address="{quote(recipient.address)}" split="{recipient.split}"'
    custom = optional("customKey", recipient.custom_key) + optional("customValue", recipient.custom_value)
    fee = ' fee="true"' if recipient.fee else ""
    return f"<podcast:valueRecipient{optional('name', recipient.name)} {payee}{custom}{fee}/>"
