"""A podcast as its old host has it: what an import goes by. Everything is cleaned, nothing is fetched yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sendung.core.model import EpisodeType, Person, ShowType
from sendung.core.translation import primary
from sendung.feed.document import Element
from sendung.workflows.importer.losses import Loss


@dataclass(frozen=True)
class OldFile:
    """Audio or a transcript."""

    url: str
    ending: str
    """What a file with it ends in, such as .mp3."""


@dataclass(frozen=True)
class OldTranscript:
    """A transcript that the feed names."""

    file: OldFile
    language: str
    """BCP 47; empty if the feed does not say it."""

    @property
    def primary(self) -> str:
        """The language without its region, lower case."""
        return primary(self.language)


@dataclass(frozen=True)
class OldChapter:
    """A chapter within the feed itself."""

    start_ms: int
    title: str
    url: str | None = None
    image: str | None = None
    """Absolute URL of its picture."""


@dataclass(frozen=True)
class OldEpisode:
    """An item."""

    guid: str
    """To the letter."""
    title: str
    date: datetime
    """Aware."""
    summary: str
    """Plain text."""
    notes: str
    """HTML; empty if there is nothing more than the summary."""
    article: str | None
    """The item's link, where it leads to a page that the move does not end."""
    audio: OldFile
    other_audio: tuple[OldFile, ...] = ()
    """What to take where that is none after all, the best first."""
    secured: bool = False
    """Whether the article's address was http:."""
    number: int | None = None
    number_label: str = ""
    """What apps show in place of the number."""
    season: int | None = None
    type: EpisodeType = EpisodeType.FULL
    explicit: bool | None = None
    keywords: tuple[str, ...] = ()
    persons: tuple[Person, ...] = ()
    image: str | None = None
    """Absolute URL; None: the show's."""
    image_alt: str = ""
    """What is seen on it."""
    chapters: tuple[OldChapter, ...] = ()
    chapters_url: str | None = None
    transcripts: tuple[OldTranscript, ...] = ()
    """The best first."""
    duration_s: int | None = None
    """As the feed says."""
    links: Sequence[Mapping[str, str]] = ()
    """The same content elsewhere, as episode.yaml writes it."""
    soundbites: Sequence[Mapping[str, Any]] = ()
    """As episode.yaml writes them."""
    feed: Mapping[str, Any] = field(default_factory=dict)
    """What episode.yaml says under `feed`."""
    base: str = ""
    """What relative links in the notes start from; may be empty."""
    old_page: str | None = None
    """The item's link, wherever it leads."""
    losses: Sequence[Loss] = ()
    """What is not kept of the item."""
    element: Element | None = field(default=None, repr=False, compare=False)
    """The item itself."""
    used_texts: frozenset[str] = frozenset()
    """Texts of the item that are in summary or notes as a whole."""


@dataclass(frozen=True)
class OldShow:
    """A channel."""

    url: str
    """Of the feed; empty for a file that does not say."""
    title: str
    description: str
    """Plain text."""
    language: str
    website: str | None
    category: tuple[str, ...]
    """A category and perhaps a subcategory of Apple's current list."""
    explicit: bool
    type: ShowType
    image: str | None
    """Absolute URL."""
    author: str
    owner_name: str
    owner_email: str
    """Empty if the feed names none."""
    persons: tuple[Person, ...]
    copyright: str
    guid: str | None
    """podcast:guid, if it is a UUID."""
    locked: bool | None
    """podcast:locked: the owner does not want it to be imported; None if the feed does not say."""
    owners: frozenset[str]
    """Every e-mail address that the feed calls its owner's, lower case."""
    image_alt: str = ""
    """What is seen on the image."""
    complete: bool = False
    block: bool = False
    moved_to: str | None = None
    """itunes:new-feed-url, where it is another address than the feed's."""
    feed: Mapping[str, Any] = field(default_factory=dict)
    """What show.yaml says under `feed`, but for what has a field here."""
    unread_language: str = ""
    """What the feed says for its language, where that is none."""
    other_categories: tuple[str, ...] = ()
    """Those that have no place, as comments show them."""
    losses: Sequence[Loss] = ()
    """What is not kept of the channel."""
