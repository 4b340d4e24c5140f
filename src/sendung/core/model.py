"""What is published: the facts that records keep and that feed and pages are rendered from.

Everything here is frozen and crosses a file boundary (records are JSON in the store), so these are pydantic models.
Fields that a later version adds are ignored by an earlier one; a field is never given a new meaning.
Object keys are relative to the store's root and ASCII; `Show.url_of(key)` makes the public URL.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from operator import not_

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sendung.core.field_types import Email, FromHost, Line, Text, Url, Written
from sendung.core.mix_facts import MixFacts, VoiceShare
from sendung.core.podcasting20 import EpisodeOptions, FeedOptions, Link


def listen_key(slug: str) -> str:
    """The key of an episode's listen page; the listen URL is `show.url_of(listen_key(slug))`.

    It names the file and not its folder: plain object storage (S3's REST endpoints, R2's custom domains, Ceph, MinIO)
    answers 404 for "e/<slug>/", while the file's own URL works there and on every web server.
    """
    return f"e/{slug}/index.html"


class Fact(BaseModel):
    """Base of all published facts: frozen, tolerant of fields that a newer version wrote."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ShowType(StrEnum):
    """itunes:type: newest first, or told in order."""

    EPISODIC = "episodic"
    SERIAL = "serial"


class EpisodeType(StrEnum):
    """itunes:episodeType."""

    FULL = "full"
    TRAILER = "trailer"
    BONUS = "bonus"


class Asset(Fact):
    """One immutable object: its key holds the start of its SHA-256."""

    key: str
    media_type: str
    size: int
    """Bytes."""
    sha256: str
    """Hexadecimal, of the whole object."""


class Rendition(Fact):
    """One file of an episode's audio, and what was measured on it after decoding."""

    asset: Asset
    duration_s: float
    lufs: float
    """Integrated loudness (ITU-R BS.1770-4), LUFS."""
    dbtp: float
    """Highest true peak of all channels (ITU-R BS.1770-4 annex 2), dBTP."""
    channels: int
    sample_rate: int
    """Hertz."""
    bitrate: int
    """Bits a second; the mean, where it varies."""


class Audio(Rendition):
    """The published audio."""

    waveform: tuple[int, ...] = ()
    """The loudest sample of each of up to 240 equal slices of the audio, 0 to 100; empty where it was not measured."""
    voices: tuple[VoiceShare, ...] = Field((), exclude_if=not_)
    """Who speaks when, where it was recorded on several tracks; a waveform shows it."""
    mix: MixFacts | None = Field(None, exclude_if=not_)
    """What was found and done where it was recorded on several tracks; the sync certificate is in it."""
    offset_ms: int = Field(0, exclude_if=not_)
    """How much later all is heard than in the recording that it was made of; negative where the head was cut."""
    also: tuple[Rendition, ...] = Field((), exclude_if=not_)
    """The same in other formats. Not written where there is none: records and pages without it stay as they were."""

    @property
    def renditions(self) -> tuple[Rendition, ...]:
        """Every file of it, the one that all apps play first."""
        return (self, *self.also)


class Image(Fact):
    """An image for feed, tags and pages; covers are square."""

    asset: Asset
    width: int
    height: int
    alt: str = ""
    small: Asset | None = None
    """The same image 480 pixels wide, for pages."""


class Person(Fact):
    """Somebody heard in the show (podcast:person; roles of the Podcast Taxonomy, lower case)."""

    name: str
    role: str = "host"
    url: str | None = None
    image: str | None = None
    """Absolute URL of a portrait elsewhere: for apps, as pages load nothing from other hosts."""
    portrait: Asset | None = None
    """A square portrait in the store."""
    face: str = ""
    """The same in small, as a data URI: pages show it without a request."""


class Chapter(Fact):
    """A chapter. It ends where the next one starts, the last one with the audio."""

    start_ms: int
    title: str
    url: str | None = None
    image: Asset | None = None
    image_url: str | None = Field(None, exclude_if=not_)
    """Absolute URL of a picture elsewhere: for apps, as pages load nothing from other hosts. Not written where there is
    none."""


class Article(Fact):
    """A companion article in one language (BCP 47)."""

    url: str
    language: str
    title: str = ""
    canonical: str = ""
    """The address that its page names as its own, where that is another one."""
    summary: str = ""
    """Plain text, one paragraph."""
    authors: tuple[str, ...] = ()
    date: AwareDatetime | None = None
    """When it was published."""
    image: Image | None = None
    """A copy in the store: pages load nothing from other hosts. Any aspect ratio."""


class Transcript(Fact):
    """One transcript in every format it is offered in, best for apps first (WebVTT)."""

    language: str
    assets: tuple[Asset, ...]
    cues: tuple[Cue, ...]


class Cue(Fact):
    """What one speaker says between two times."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str | None = None


class Translation(Fact):
    """An episode in one more language. What is empty here is as in the episode itself."""

    language: str
    """BCP 47."""
    title: str
    summary: str
    notes: str = ""
    """CommonMark."""
    chapters: tuple[Chapter, ...] = ()
    chapters_file: Asset | None = None
    transcript: Transcript | None = None
    audio: Audio | None = None
    """A recording in this language; chapters and transcript are timed by it then."""
    share: SharePictures | None = None
    machine: bool = False
    """Whether a machine translated it."""


class SharePictures(Fact):
    """What others show of an episode: made when it is published, of its cover, title and duration as they were then."""

    card: Asset
    """1200 × 630 pixels: what a link to the episode looks like elsewhere (Open Graph)."""
    play: Asset
    """The cover with Play drawn in, 480 × 480 pixels: for mail."""


class Soundbite(Fact):
    """podcast:soundbite: a piece of the audio worth quoting, 15 to 120 s long."""

    start_ms: int
    duration_ms: int
    title: str = ""


class Episode(EpisodeOptions):
    """One published episode."""

    guid: str
    slug: str
    former_slugs: tuple[str, ...] = ()
    """Slugs that it was published under before; their addresses lead to the present one."""
    title: str
    date: AwareDatetime
    """When it is, or becomes, public."""
    summary: str
    """Plain text, one paragraph."""
    notes: str = ""
    """CommonMark."""
    articles: tuple[Article, ...] = ()
    """The article that the item links first, then its translations."""
    number: int | None = None
    season: int | None = None
    type: EpisodeType = EpisodeType.FULL
    explicit: bool | None = None
    """None: as the show says."""
    keywords: tuple[str, ...] = ()
    hosts: tuple[Person, ...] | None = None
    """None: the show's hosts."""
    guests: tuple[Person, ...] = ()
    audio: Audio
    cover: Image | None = None
    """None: the show's cover."""
    chapters: tuple[Chapter, ...] = ()
    chapters_file: Asset | None = None
    """Podcasting 2.0 JSON chapters."""
    transcript: Transcript | None = None
    number_label: str | None = None
    """What apps show in place of the number (podcast:episode display)."""
    links: tuple[Link, ...] = ()
    """The same content elsewhere, such as a video (podcast:contentLink)."""
    soundbites: tuple[Soundbite, ...] = ()
    share: SharePictures | None = Field(None, exclude_if=not_)
    """Not written where there is none: what was published before has them from its next revision on."""
    translations: tuple[Translation, ...] = Field((), exclude_if=not_)
    former_languages: tuple[str, ...] = Field((), exclude_if=not_)
    """Languages that it was published in before; the addresses of their pages lead to the present ones."""
    goes_on: bool = Field(False, exclude_if=not_)
    """Whether this is the public's part, and customers get more. Not written where all get the same."""

    def visible(self, now: datetime) -> bool:
        """Whether the public may see it: its date has come."""
        return self.date <= now

    @property
    def recordings(self) -> tuple[Rendition, ...]:
        """Every file of its audio, in each format and language."""
        spoken = (t.audio for t in self.translations if t.audio)
        return (*self.audio.renditions, *(rendition for audio in spoken for rendition in audio.renditions))

    @property
    def article(self) -> Article | None:
        """The companion article that the item links to."""
        return self.articles[0] if self.articles else None


class Owner(Written):
    """Whom directories write to when somebody claims the show."""

    name: FromHost[Line]
    """The owner's name."""
    email: FromHost[Email]
    """The owner's address; it is public in the feed."""


class Newsletter(Written):
    """The show's newsletter."""

    title: FromHost[Line]
    """Its name."""
    url: FromHost[Url]
    """Where to subscribe."""


class Customers(Written):
    """What the show's customers get more than the public, and how one becomes a customer."""

    title: FromHost[Line]
    """The name of the feed that customers subscribe to."""
    join: FromHost[Url]
    """Where to become a customer."""
    note: FromHost[Text] | None = None
    """What the public is told where an episode goes on for customers; without it a sentence in the show's language."""


class Theme(Fact):
    """How the show's pages look."""

    accent: str = "#c8401f"
    """A colour, #rrggbb; pages derive readable shades of it for light and dark."""
    font: str = ""
    """A CSS font stack of fonts that listeners have installed; empty: the pages' own."""
    logo: Asset | None = None
    """Shown beside the show's title; SVG, PNG, WebP or JPEG."""


class Edition(Fact):
    """The show in one more language."""

    language: str
    """BCP 47."""
    title: str = ""
    """Empty: as in the show's own language."""
    description: str = ""


class Show(Fact):
    """The podcast as published."""

    guid: str
    """podcast:guid, fixed by the first revision."""
    title: str
    description: str
    language: str
    """BCP 47, for example "de" or "de-AT"."""
    timezone: str
    """IANA name."""
    website: str
    public_url: str
    """Where the store's root is on the web, without a closing slash."""
    category: tuple[str, ...]
    """An Apple Podcasts category and, optionally, one of its subcategories."""
    explicit: bool
    type: ShowType = ShowType.EPISODIC
    cover: Image
    copyright: str | None = None
    author: str
    owner: Owner
    hosts: tuple[Person, ...]
    feed: FeedOptions = FeedOptions()
    listen_on: dict[str, str] = {}
    """Directory name to the show's URL there."""
    newsletter: Newsletter | None = None
    theme: Theme = Theme()
    imprint: str | None = None
    privacy: str | None = None
    customers: Customers | None = Field(None, exclude_if=not_)
    """None: the show has no customers. Not written then: records and pages without it stay as they were."""
    pretty: bool = Field(False, exclude_if=not_)
    """Whether the public's server answers a folder with the index.html in it. Not written where it is not said."""
    compress: bool = Field(False, exclude_if=not_)
    """Whether pages are stored gzip-encoded. Not written where it is not said."""
    age_notice: int | None = Field(None, exclude_if=not_)
    """Days after which an episode's page says how old it is; None: never. Not written where it is not wanted."""
    languages: tuple[Edition, ...] = Field((), exclude_if=not_)
    """Those that pages are in besides the show's own. Not written where there is none."""
    feed_key: str = Field("feed.xml", exclude_if=lambda key: key == "feed.xml")
    """Where its feed is; another one for the show in another language that it has a feed in."""

    def url_of(self, key: str) -> str:
        """The public URL of an object of the store."""
        return f"{self.public_url}/{self.path_of(key)}"

    def path_of(self, key: str) -> str:
        """What links call an object, from the store's root on: a page by its folder, where the server knows it so."""
        return key.removesuffix("index.html") if self.pretty and key.rpartition("/")[2] == "index.html" else key

    @property
    def feed_url(self) -> str:
        """The public URL of the feed."""
        return self.url_of(self.feed_key)

    def hosts_of(self, episode: Episode) -> tuple[Person, ...]:
        """The hosts of one episode: its own list, else the show's."""
        return self.hosts if episode.hosts is None else episode.hosts

    def cover_of(self, episode: Episode) -> Image:
        """The cover of one episode: its own, else the show's."""
        return episode.cover or self.cover

    def explicit_of(self, episode: Episode) -> bool:
        """Whether one episode is explicit: its own word, else the show's."""
        return self.explicit if episode.explicit is None else episode.explicit


Transcript.model_rebuild()
Translation.model_rebuild()
Episode.model_rebuild()
