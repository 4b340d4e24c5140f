"""The feed: what podcast apps and directories read; writing it, and reading any other."""

from sendung.feed.encodings import charset_of
from sendung.feed.paging import FEED_KEY, is_further_page
from sendung.feed.reader import read
from sendung.feed.rss import CONTENT_TYPE, ArchivePage, archive, editions, older, render

__all__ = [
    "CONTENT_TYPE",
    "FEED_KEY",
    "ArchivePage",
    "archive",
    "charset_of",
    "editions",
    "is_further_page",
    "older",
    "read",
    "render",
]
