"""Namespaces exactly as the specifications write them: of feeds' XML, and of podcasts' GUIDs."""

from __future__ import annotations

import uuid

URIS = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "googleplay": "http://www.google.com/schemas/play-podcasts/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
"""By their usual prefixes."""
_OLD_PODCAST = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
PREFIXES = {uri: prefix for prefix, uri in URIS.items()} | {_OLD_PODCAST: "podcast"}


def podcast_guid(feed: str) -> str:
    """A show's podcast:guid by the address of its feed (podcast-namespace, docs/tags/guid.md).

    UUIDv5 of the URL without the scheme and without slashes at its end.
    """
    return str(uuid.uuid5(_GUIDS, feed.split("://", 1)[1].rstrip("/")))


_GUIDS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
