"""Which key of show.yaml or episode.yaml an element of the feed comes from, for rules that look at many elements."""

from __future__ import annotations

from sendung.feed.document import Element, Feed

_BOTH = {
    "title": "title",
    "itunes:title": "title",
    "itunes:explicit": "explicit",
    "itunes:image": "cover",
    "podcast:image": "cover",
    "podcast:images": "cover",
    "podcast:funding": "feed.funding",
    "podcast:license": "feed.license",
    "podcast:location": "feed.locations",
    "podcast:socialInteract": "feed.discussions",
    "podcast:txt": "feed.txt",
    "podcast:value": "feed.value",
    "podcast:valueRecipient": "feed.value",
}
_SHOW = {
    "link": "website",
    "description": "description",
    "language": "language",
    "copyright": "copyright",
    "itunes:author": "author|hosts",
    "itunes:block": "feed.block",
    "itunes:category": "category",
    "itunes:complete": "feed.complete",
    "itunes:email": "owner",
    "itunes:name": "owner",
    "itunes:new-feed-url": "feed.new_feed_url",
    "itunes:owner": "owner",
    "itunes:type": "type",
    "podcast:block": "feed.block",
    "podcast:guid": "guid",
    "podcast:locked": "feed.locked",
    "podcast:medium": "feed.medium",
    "podcast:person": "hosts",
    "podcast:podroll": "feed.podroll",
    "podcast:remoteItem": "feed.podroll",
    "podcast:updateFrequency": "feed.schedule",
}
_EPISODE = {
    "link": "article",
    "description": "summary",
    "content:encoded": "notes|summary",
    "category": "keywords",
    "guid": "guid",
    "pubDate": "date",
    "enclosure": "audio",
    "itunes:duration": "audio",
    "itunes:episode": "number",
    "itunes:episodeType": "type",
    "itunes:season": "season",
    "podcast:alternateEnclosure": "audio",
    "podcast:chapters": "chapters",
    "podcast:contentLink": "links|article",
    "podcast:episode": "number_label|number",
    "podcast:integrity": "audio",
    "podcast:person": "guests|hosts",
    "podcast:season": "season",
    "podcast:soundbite": "soundbites",
    "podcast:source": "audio",
    "podcast:transcript": "transcript",
}

ALL = frozenset({*_BOTH.values(), *_SHOW.values(), *_EPISODE.values()})
"""Every key that rules name so."""


def key_of(element: Element, parent: Element) -> str:
    """The key that a child of a channel or an item comes from, or empty; "a|b": from a where that is written."""
    own = _EPISODE if parent.name == "item" else _SHOW
    return own.get(element.name) or _BOTH.get(element.name, "")


def key_of_address(element: Element, parent: Element, address: str, feed: Feed) -> str:
    """The key that an address in it comes from."""
    if element.name == "podcast:contentLink" and address == parent.value("link"):
        return "article"
    return "store.public_url" if _is_stored(address, feed) else key_of(element, parent)


def _is_stored(address: str, feed: Feed) -> bool:
    """Whether it is beside the feed itself, in the store."""
    links = (link.attributes for link in feed.channel.every("atom:link"))
    own = next((link.get("href", "") for link in links if link.get("rel") == "self"), "")
    folder = own.rpartition("/")[0]
    return bool(folder) and address.startswith(f"{folder}/")
