"""What only fetching or measuring tells: the subjects of rules that a feed's text cannot answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sendung.feed.document import Element


class Role(StrEnum):
    """What an address is in the feed."""

    FEED = "feed"
    AUDIO = "audio"
    ARTWORK = "artwork"
    TRANSCRIPT = "transcript"
    CHAPTERS = "chapters"
    ARTICLE = "article"
    PAGE = "page"


@dataclass(frozen=True)
class HttpObservation:
    """How a server answers for one address, after redirects."""

    url: str
    role: Role
    status: int
    """Of GET (or a GET of the first bytes); 0 if there was no answer."""
    fault: str = ""
    """Why there was no answer: certificate, name, time-out."""
    head_status: int = 200
    """Of HEAD."""
    final_url: str = ""
    """Where redirects ended; empty if there were none."""
    content_type: str = ""
    content_length: int | None = None
    ranges: bool = True
    """Whether a request for some bytes was answered with just those (206)."""
    allow_origin: str | None = None
    """Access-Control-Allow-Origin."""
    etag: str = ""
    last_modified: str = ""
    ignored: tuple[str, ...] = ()
    """Headers of conditional requests (If-None-Match, If-Modified-Since) that were answered with all of it again."""
    compressed: bool = True
    """Whether the body came with a Content-Encoding when one was accepted."""
    expected_type: str = ""
    """What the feed says its type is."""
    expected_length: int | None = None
    """What the feed says its length is, bytes."""
    guid: str | None = None
    """Of the item that names it."""


@dataclass(frozen=True)
class Opened:
    """What an address held when it was opened, as an app opens it."""

    url: str
    role: Role
    fault: str = ""
    """Why it could not be opened, as a part of a sentence; empty if it could."""
    title: str | None = None
    """Of audio: the title in its tags."""
    guid: str | None = None


@dataclass(frozen=True)
class Artwork:
    """An image as its own bytes say."""

    url: str
    """Or a file's name."""
    format: str
    """As Pillow names it: "JPEG", "PNG"."""
    mode: str
    """As Pillow names it: "RGB", "RGBA", "CMYK", "P"."""
    width: int
    height: int
    size: int
    """Bytes."""
    sha256: str = ""
    previous_sha256: str = ""
    """What the same address held when it was looked at before; empty if it was not."""
    guid: str | None = None


@dataclass(frozen=True)
class SavedFeed:
    """A feed, and where it is."""

    url: str
    self_link: str
    """What it calls itself; empty if it does not."""
    guid: str | None = None


@dataclass(frozen=True)
class Sound:
    """An audio file as measured after decoding."""

    url: str
    codec: str
    """As ffmpeg names it: "mp3", "aac"."""
    channels: int
    bitrate: int
    """Bits a second."""
    duration_s: float
    lufs: float | None = None
    """Integrated loudness; None if it was not measured."""
    dbtp: float | None = None
    """True peak; None if it was not measured."""
    expected_duration_s: int | None = None
    """What the feed says."""
    guid: str | None = None


@dataclass(frozen=True)
class TranscriptText:
    """A transcript file that was read."""

    url: str
    media_type: str
    text: str
    guid: str | None = None


@dataclass(frozen=True)
class EpisodeEdit:
    """One episode at two times: its item as apps know it, and as it is to be."""

    before: Element
    after: Element
    listed: frozenset[str] = frozenset()
    """The directories that the show says it is in ("youtube"), in lower case."""
    url: str = ""
    guid: str | None = None
    """The one that it is to have."""


@dataclass(frozen=True)
class LanguagePage:
    """A page or a feed that there is in several languages, as it was fetched in one."""

    url: str
    language: str
    """By which the others name it (BCP 47)."""
    said: str
    """The language that it says it is in."""
    unnamed: tuple[str, ...] = ()
    """The addresses in other languages, or its own, that it does not name."""
    podcast_guid: str = ""
    """Of a feed: the GUID that it says it has."""
    named_guid: str = ""
    """Of a feed: the GUID by which the show's own feed names it."""
    guid: str | None = None
    """Of the item that names it."""


@dataclass(frozen=True)
class ArticleObservation:
    """An episode that the public sees, and the page of an article that it names, or that it names none."""

    url: str
    """The article's; empty where the episode names none."""
    slug: str
    """The episode's."""
    fault: str = ""
    """Why the page cannot be fetched, as a part of a sentence; empty if it can."""
    leads_back: bool = True
    """Whether the page leads to the episode: by a link, a frame, or the script that puts the player there."""
    dead: tuple[str, ...] = ()
    """Slugs that it names as listen pages of this show, and that are none."""
    canonical: str = ""
    """The address that the page calls itself, where that is another one; else empty."""
    guid: str | None = None
    """The episode's."""
