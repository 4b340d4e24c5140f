"""What a published audio file says about itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit, urlunsplit

from sendung.core.model import Chapter
from sendung.media.chapters import ends

_SAFE = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True)
class Picture:
    """An encoded picture, small enough for a file's head (600 × 600 pixels are)."""

    data: bytes
    media_type: str


@dataclass(frozen=True)
class ChapterTag:
    """A chapter and, if it has one, its picture."""

    chapter: Chapter
    picture: Picture | None = None


@dataclass(frozen=True)
class EpisodeTags:
    """Everything that tags hold. Texts are single lines; no format needs them escaped."""

    title: str
    show: str
    artists: tuple[str, ...]
    """The hosts' names."""
    date: datetime
    """When it was published, in the show's time zone."""
    language: str
    """BCP 47."""
    guid: str
    feed_url: str
    duration_ms: int
    summary: str = ""
    url: str | None = None
    """The companion article, else the listen page."""
    website: str | None = None
    """The show's."""
    number: int | None = None
    season: int | None = None
    copyright: str | None = None
    category: str | None = None
    keywords: tuple[str, ...] = ()
    cover: Picture | None = None
    chapters: tuple[ChapterTag, ...] = ()

    def timed_chapters(self) -> Iterator[tuple[int, int, ChapterTag]]:
        """Start (ms), end (ms) and the chapter, for each."""
        chapters = [tag.chapter for tag in self.chapters]
        for tag, end in zip(self.chapters, ends(chapters, self.duration_ms), strict=True):
            yield tag.chapter.start_ms, end, tag


def ascii_url(url: str) -> str:
    """The URL in ASCII, as tags need it (ID3v2.3, section 3.3, knows no other): IDNA host, percent-encoded rest."""
    try:
        parts = urlsplit(url)
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    except ValueError:
        return quote(url, safe=_SAFE)
    encoded = [quote(part, safe=_SAFE) for part in (parts.path, parts.query, parts.fragment)]
    return urlunsplit((parts.scheme, host, *encoded))
