"""Show and episodes -> the RSS 2.0 feed, through feedgen.

Pure: the same show, episodes and times give the same bytes, whatever the clock, locale, zone or hash seed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from sendung.core import media_types
from sendung.core.episode_digest import facts_digest
from sendung.core.model import Episode, Show, listen_key
from sendung.core.translation import episode_in, page_slug, show_in, spoken_languages
from sendung.core.version import __version__
from sendung.feed import itunes, podcasting20, podlove
from sendung.feed.content import content
from sendung.feed.extension import TagsEntryExtension, TagsExtension, put_in
from sendung.feed.markup import line, quote, rfc2822
from sendung.feed.paging import MAX_BYTES, FeedPart, divide
from sendung.media.notes import printable

CONTENT_TYPE = media_types.served(media_types.RSS)
_SAMPLE = 50
_SECTION = len("<content:encoded><![CDATA[]]></content:encoded>\n      ")
"""What stands around notes, bytes."""
_BATCH = 25
"""feedgen keeps every item in memory until all are written, so it gets this many at a time: as few as the garbage
collector does not take for long-lived."""
_CHANNEL_END = b"  </channel>"


@dataclass(frozen=True)
class ArchivePage:
    """A page of older episodes, which can be rendered."""

    key: str
    content_type: str
    inputs: str
    """Hexadecimal digest of all that the page is rendered from: equal inputs, equal bytes."""
    render: Callable[[], bytes]


def render(show: Show, episodes: Sequence[Episode], now: datetime, built: datetime) -> bytes:
    """feed.xml, UTF-8: the episodes that are visible at `now`, newest first (by date, then GUID).

    `built` becomes lastBuildDate: the newest change among the records. No text in show or episodes can break the
    feed: characters that XML forbids are dropped, everything else is escaped. Where the show says no number
    (`show.feed.items`), all are in feed.xml: where it would weigh more than 2.5 MB, older ones without their notes.
    What does not fit even then, or is above that number, is on the pages that `archive` makes.
    """
    visible, (page, *_) = _parts(show, episodes, now)
    last_change = f"<lastBuildDate>{rfc2822(built)}</lastBuildDate>"
    others = podcasting20.editions(show, spoken_languages(visible), show.language)
    tags = _channel_tags(show, page, (last_change, *podcasting20.trailers(show, visible), *others))
    return _document(show, page, tags)


def archive(
    show: Show, episodes: Sequence[Episode], now: datetime, digest: Callable[[Episode], str] = facts_digest
) -> tuple[ArchivePage, ...]:
    """The pages of the episodes that `render` leaves out, newest page first; none while feed.xml holds all.

    `digest` is `facts_digest`, or remembers what that said.
    """
    _, (_, *pages) = _parts(show, episodes, now)
    return tuple(_archive_page(show, page, digest) for page in pages)


def editions(
    show: Show,
    episodes: Sequence[Episode],
    now: datetime,
    digest: Callable[[Episode], str] = facts_digest,
    silent: Collection[str] = (),
) -> tuple[ArchivePage, ...]:
    """A feed for each language that visible episodes have audio of their own in: feed.en.xml has those, and no others.

    It is a podcast of its own, with its own GUID; it and feed.xml name each other. `silent` are languages whose feeds
    had episodes: a feed that none is left for stays, empty and unnamed, for those who subscribed to it.
    """
    visible = newest_first(episode for episode in episodes if episode.visible(now))
    languages = spoken_languages(visible)
    every = sorted({*languages, *silent})
    return tuple(_edition(show, visible, language, languages, digest) for language in every)


def _edition(
    show: Show,
    visible: Sequence[Episode],
    language: str,
    languages: Sequence[str],
    digest: Callable[[Episode], str],
) -> ArchivePage:
    own = show_in(show, language, spoken=True)
    own = own.model_copy(update={"feed": own.feed.model_copy(update={"new_feed_url": None, "hubs": (), "items": 0})})
    spoken = [
        (episode, episode_in(episode, translation))
        for episode in visible
        for translation in episode.translations
        if translation.language == language and translation.audio
    ]
    page = FeedPart(own.feed_key, tuple(view for _, view in spoken), {})

    def write() -> bytes:
        named = (show.language, *languages) if language in languages else ()
        others = podcasting20.editions(show, named, language)
        return _document(own, page, _channel_tags(own, page, tuple(others)))

    facts = [__version__, show.model_dump_json(), *languages, *(digest(episode) for episode, _ in spoken)]
    inputs = sha256("\n".join(facts).encode("utf-8", "surrogatepass")).hexdigest()
    return ArchivePage(own.feed_key, CONTENT_TYPE, inputs, write)


def older(show: Show, episodes: Sequence[Episode], now: datetime) -> int:
    """How many visible episodes are on the pages that `archive` makes."""
    _, (_, *pages) = _parts(show, episodes, now)
    return sum(len(page.episodes) for page in pages)


def _parts(show: Show, episodes: Sequence[Episode], now: datetime) -> tuple[list[Episode], tuple[FeedPart, ...]]:
    """The visible episodes, newest first, and the documents that they are in: feed.xml, then the further pages."""
    visible = newest_first(episode for episode in episodes if episode.visible(now))
    return visible, divide(show, visible, _page_size(show, visible))


def _archive_page(show: Show, page: FeedPart, digest: Callable[[Episode], str]) -> ArchivePage:
    facts = [__version__, show.model_dump_json(), *map(str, sorted(page.links.items()))]
    facts += map(digest, page.episodes)

    def write() -> bytes:
        return _document(show, page, _channel_tags(show, page, ()))

    inputs = sha256("\n".join(facts).encode("utf-8", "surrogatepass")).hexdigest()
    return ArchivePage(page.key, CONTENT_TYPE, inputs, write)


def _document(show: Show, page: FeedPart, channel_tags: str) -> bytes:
    """The channel, and in it the items, batch by batch."""
    generator = _Generator(line(show.title), line(show.website), printable(show.description).strip())
    _describe(generator, show)
    channel = put_in(generator.rss_str(pretty=True), [channel_tags])
    end = channel.rindex(_CHANNEL_END)
    full = _with_notes(show, page.episodes, MAX_BYTES - len(channel))
    parts = ((page.episodes[:full], True), (page.episodes[full:], False))
    items = (
        _items(show, episodes[start : start + _BATCH], notes=notes)
        for episodes, notes in parts
        for start in range(0, len(episodes), _BATCH)
    )
    return b"".join((channel[:end], *items, channel[end:]))


def _with_notes(show: Show, episodes: Sequence[Episode], room: int) -> int:
    """How many episodes, newest first, have their notes in a document of `room` bytes.

    All of them where the show itself says how many are in feed.xml.
    """
    if show.feed.items is not None:
        return len(episodes)
    room -= _bare_size(show, episodes) * len(episodes)
    for number, episode in enumerate(episodes):
        room -= len(content(show, episode).encode("utf-8", "replace")) + _SECTION
        if room < 0:
            return number
    return len(episodes)


def _bare_size(show: Show, episodes: Sequence[Episode]) -> int:
    """What an item without its notes weighs on average, bytes: as some that are spread evenly do."""
    sample = tuple(episodes[:: max(1, len(episodes) // _SAMPLE)])
    return len(_items(show, sample, notes=False)) // len(sample) + 1 if sample else 0


def _page_size(show: Show, episodes: Sequence[Episode]) -> int:
    return 0 if show.feed.items is not None else _bare_size(show, episodes)


def newest_first(episodes: Iterable[Episode]) -> list[Episode]:
    """Episodes by date, newest first; those of one moment by GUID."""
    return sorted(sorted(episodes, key=lambda e: e.guid), key=lambda e: e.date, reverse=True)


class _Generator(FeedGenerator):
    """feedgen with the extension, and without the clock: it would write the current time as lastBuildDate."""

    def __init__(self, title: str = "", link: str = "", description: str = "") -> None:
        super().__init__()
        self._FeedGenerator__rss_lastBuildDate = None
        self.register_extension("tags", TagsExtension, TagsEntryExtension, atom=False)
        # feedgen insists on these three; a lone space keeps an empty one from killing the feed.
        self.title(title or " ")
        self.link(href=link or " ")
        self.description(description or " ")


def _items(show: Show, episodes: Sequence[Episode], *, notes: bool) -> bytes:
    """The markup of some items. The channel around them is dropped, so it has only what feedgen insists on."""
    generator = _Generator()
    markup: list[str] = []
    for episode in episodes:
        entry = generator.add_entry(order="append")
        _fill(entry, show, episode)
        if notes:
            entry.content("", type="CDATA")
            markup.append(content(show, episode))
        markup.append(_item_tags(show, episode))
    rss = put_in(generator.rss_str(pretty=True), ["", *markup])
    # Within text and attributes "<" is escaped, so the first item and the channel's end are where the bytes say.
    return rss[rss.index(b"    <item>") : rss.rindex(_CHANNEL_END)]


def _describe(generator: _Generator, show: Show) -> None:
    generator.language(line(show.language))
    generator.copyright(line(show.copyright or ""))
    generator.generator(f"Sendung {__version__}")
    generator.image(url=show.url_of(show.cover.asset.key), title=line(show.title) or " ", link=line(show.website))


def _fill(entry: FeedEntry, show: Show, episode: Episode) -> None:
    entry.title(line(episode.title))
    entry.link(href=line(episode.article.url if episode.article else show.url_of(listen_key(episode.slug))))
    # Without a description feedgen would write the content in its place.
    entry.description(printable(episode.summary).strip() or " ")
    entry.guid(printable(episode.guid), permalink=False)
    for keyword in episode.keywords:
        entry.category(term=line(keyword))


def _channel_tags(show: Show, page: FeedPart, of_now: Sequence[str]) -> str:
    relations = {"self": page.key, **page.links}
    links = [(relation, show.url_of(key), f' type="{media_types.RSS}"') for relation, key in relations.items()]
    links += [("hub", hub, "") for hub in show.feed.hubs]
    tags = (
        *of_now,
        *(f'<atom:link href="{quote(address)}" rel="{relation}"{kind}/>' for relation, address, kind in links),
        *itunes.channel(show),
        *podcasting20.channel(show),
    )
    return "\n    ".join(tags)


def _pages_elsewhere(show: Show, episode: Episode) -> Iterator[str]:
    """The episode's pages in other languages (RFC 4287, section 4.2.7.4)."""
    for translation in episode.translations:
        address = quote(show.url_of(listen_key(page_slug(episode.slug, translation.language))))
        language = quote(translation.language)
        yield f'<atom:link rel="alternate" type="text/html" hreflang="{language}" href="{address}"/>'


def _item_tags(show: Show, episode: Episode) -> str:
    asset = episode.audio.asset
    address, kind = quote(show.url_of(asset.key)), quote(asset.media_type)
    tags = (
        # feedgen would write the same, and check it as a link first, which takes several times as long.
        f'<enclosure url="{address}" length="{asset.size}" type="{kind}"/>',
        # feedgen formats dates under a process-wide setlocale, which other threads would see.
        f"<pubDate>{rfc2822(episode.date)}</pubDate>",
        *itunes.item(show, episode),
        *_pages_elsewhere(show, episode),
        *podcasting20.item(show, episode),
        *podlove.item(show, episode),
    )
    return "\n      ".join(tags)
