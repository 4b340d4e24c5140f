"""A feed's items, of any host -> what an import goes by. Nothing is fetched, nothing is trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from sendung.core.errors import Problem, Severity
from sendung.core.model import EpisodeType, ShowType
from sendung.core.words import say, say_many
from sendung.feed.dates import FeedDate, read_date
from sendung.feed.document import Element
from sendung.feed.values import duration, joined
from sendung.workflows.importer import html_text, marks, numbers
from sendung.workflows.importer.enclosures import audio_files, is_audio
from sendung.workflows.importer.losses import Ledger, Loss
from sendung.workflows.importer.old_show import OldEpisode, OldFile
from sendung.workflows.importer.people import authors, persons
from sendung.workflows.importer.podcasting20 import soundbites, supplements
from sendung.workflows.importer.texts import texts
from sendung.workflows.importer.urls import absolute, address, ends_with_the_move, same_site, secure, truth

_DATES = ("pubDate", "dc:date", "atom:published", "atom:updated")


@dataclass(frozen=True)
class FeedItem:
    """An item, and where it stands."""

    element: Element
    page: str
    """What its relative addresses start from, but for its own xml:base; may be empty."""

    @property
    def base(self) -> str:
        """The address that its relative addresses start from."""
        return joined(self.page, self.element.attributes.get("xml:base", ""))


@dataclass(frozen=True)
class Context:
    """What items are read against."""

    zone: ZoneInfo
    """Of dates that name none."""
    now: datetime
    """The date of a first item that has none."""
    image: str | None = None
    """The show's."""
    type: ShowType = ShowType.EPISODIC
    trailers: frozenset[str] = frozenset()
    """Addresses of audio that the channel calls trailers (podcast:trailer)."""
    names: frozenset[str] = frozenset()
    """Of the show's hosts, author and owner."""
    site: str = ""
    """The show's website."""


@dataclass
class ItemsRead:
    """What became of a feed's items."""

    episodes: list[OldEpisode] = field(default_factory=list)
    """In the feed's order."""
    problems: list[Problem] = field(default_factory=list)
    """A warning for each item that had to be left out or mended."""
    losses: list[Loss] = field(default_factory=list)
    """Of items that were left out."""
    left_out: int = 0

    def leave_out(self, item: FeedItem, ledger: Ledger, guid: str, why: str, hint: str) -> None:
        """Say of an item that it is no episode."""
        name = _name(item.element)
        self.problems.append(_warning(say("{name} was left out: {why}", name=name, why=why), hint))
        loss = Loss(ledger.item, "item", name, say("left out: {why}", why=why.rstrip(".")), guid)
        self.losses += [*ledger.losses, loss]
        self.left_out += 1


def read_episodes(items: Sequence[FeedItem], context: Context) -> ItemsRead:
    """The episodes of a feed; see `ItemsRead`."""
    result = ItemsRead()
    known: dict[str, Element] = {}
    date, local = context.now, 0
    for item in items:
        element = item.element
        ledger = Ledger(title_of(element), element.value("guid"))
        audio, why = audio_files(element, item.base, ledger)
        guid = element.value("guid") or element.attribute("enclosure", "url")
        if audio and guid in known:
            if _content(known[guid]) != _content(element):
                result.leave_out(item, ledger, guid, "an item before it has the same GUID.", "Look at both.")
            continue
        if not audio:
            hint = "Add it by hand if it is an episode."
            if not item.base and element.attribute("enclosure", "url"):
                hint = "If its address is relative, say with --feed-url which address the file was saved from."
            result.leave_out(item, ledger, guid, why, hint)
            continue
        known[guid] = element
        written, read = _date(element, context.zone)
        dates = frozenset({written} if read.moment else ())
        local += not read.zoned
        date = read.moment or min(date, context.now) - timedelta(minutes=1)
        result.episodes.append(_OldItem(item, context, ledger, audio, dates).episode(guid, date))
        result.problems += _about_date(_name(element), written, read, date)
    if local:
        result.problems.append(_local(local, context.zone))
    result.episodes = _in_order(result.episodes)
    result.problems += _about_all(result.episodes, context)
    return result


def title_of(element: Element) -> str:
    """The item's title; apps show the one without a prefix."""
    return html_text.line(element.value("title") or element.value("itunes:title"))


def trailers(channel: Element, base: str) -> frozenset[str]:
    """docs/tags/trailer.md: the audio that the channel calls a trailer."""
    addresses = (absolute(base, trailer.attributes.get("url", "")) for trailer in channel.every("podcast:trailer"))
    return frozenset(url for url in addresses if url)


@dataclass(frozen=True)
class _OldItem:
    """An item that becomes an episode."""

    item: FeedItem
    context: Context
    ledger: Ledger
    audio: tuple[OldFile, ...]
    dates: frozenset[str]
    """As the item has them, if they could be read."""

    def episode(self, guid: str, date: datetime) -> OldEpisode:
        """What is kept of it; the rest is in the ledger."""
        element, base, ledger = self.item.element, self.item.base, self.ledger
        title = title_of(element) or f"{date:%Y-%m-%d}"
        text = texts(element, base, ledger)
        article = self._article()
        number, season = (numbers.number(element, name, ledger) for name in ("episode", "season"))
        numbers.season_name(element, season, ledger)
        heard = persons(element, base, ledger)
        authors(element, self.context.names | {person.name for person in heard}, ledger)
        chapters = marks.listed_chapters(element, base, ledger)
        trailer = self.audio[0].url in self.context.trailers
        image = self._image()
        return OldEpisode(
            guid=guid,
            title=title,
            date=date,
            summary=text.summary or title,
            notes=text.notes,
            article=secure(article) if article else None,
            secured=bool(article and article != secure(article)),
            audio=self.audio[0],
            other_audio=self.audio[1:],
            number=number,
            number_label=numbers.label(element, number is not None, ledger),
            season=season,
            type=numbers.episode_type(element, trailer, ledger),
            explicit=truth(element.value("itunes:explicit")),
            keywords=_keywords(element),
            persons=heard,
            image=image if image != self.context.image else None,
            image_alt=html_text.line(element.attribute("podcast:image", "alt")),
            chapters=chapters,
            chapters_url=marks.chapter_file(element, base, bool(chapters), ledger),
            transcripts=marks.transcripts(element, base, ledger),
            duration_s=duration(element),
            links=_links(element, article, base),
            soundbites=soundbites(element),
            feed=supplements(element, base) | ({"block": True} if _is_hidden(element) else {}),
            base=base,
            old_page=address(element, base, ("link", "")),
            losses=ledger.losses,
            element=element,
            used_texts=text.used | self.dates,
        )

    def _image(self) -> str | None:
        ways = (("itunes:image", "href"), ("podcast:image", "href"), ("media:thumbnail", "url"))
        return address(self.item.element, self.item.base, *ways)

    def _article(self) -> str | None:
        """The page about the episode, where it is on the show's own site: a page of the old host ends with the move."""
        for name, attribute in (("link", ""), ("podcast:contentLink", "href")):
            url = address(self.item.element, self.item.base, (name, attribute))
            if url is None or url == self.audio[0].url or is_audio(url):
                continue
            if not ends_with_the_move(url) and (same_site(url, self.context.site) or not self.context.site):
                return url
            if name == "link":
                why = "a page of the old host ends with the move; if it is an article, write article: into episode.yaml"
                self.ledger.lose("link", url, why)
        return None


def _is_hidden(item: Element) -> bool:
    """Apple, "Podcast RSS feed requirements": any value but Yes means nothing."""
    return item.value("itunes:block").strip().lower() == "yes"


def _warning(message: str, hint: str) -> Problem:
    return Problem(message, hint, severity=Severity.WARNING)


def _name(item: Element) -> str:
    title = title_of(item)[:60]
    return f"“{title}”" if title else say("The item in line {line}", line=item.line)


def _date(item: Element, zone: ZoneInfo) -> tuple[str, FeedDate]:
    """The first date of an item that can be read, as it is written and as it is meant; else the first that cannot."""
    dates = [(text, read_date(text, zone)) for name in _DATES if (text := item.value(name))]
    return next((date for date in dates if date[1].moment), dates[0] if dates else ("", FeedDate(None)))


def _content(element: Element) -> tuple[object, ...]:
    """What an item says, wherever it stands; pages of a feed may overlap."""
    children = tuple(map(_content, element.children))
    return element.name, element.attributes, element.text, children


def _local(count: int, zone: ZoneInfo) -> Problem:
    message = say_many(
        count,
        "{n} date names no time zone; it was taken for the time in {zone}.",
        "{n} dates name no time zone; they were taken for the time in {zone}.",
        zone=zone.key,
    )
    return _warning(message, "If the old host meant another one, correct date: in episode.yaml.")


def _about_date(name: str, written: str, read: FeedDate, date: datetime) -> Iterator[Problem]:
    if not read.moment:
        why = say(" It says “{written}”: {remark}.", written=written[:60], remark=read.remark) if written else ""
        hint = say(
            "It was dated {date:%Y-%m-%d %H:%M}, just before the item above it; correct it in episode.yaml.", date=date
        )
        yield _warning(say("{name} has no date that can be read.{why}", name=name, why=why), hint)
    elif read.remark:
        yield _warning(
            say("{name} says “{written}”: {remark}.", name=name, written=written[:60], remark=read.remark),
            "Look at its date in episode.yaml.",
        )


def _in_order(episodes: list[OldEpisode]) -> list[OldEpisode]:
    """Episodes of one moment, some microseconds apart, so that they stay as the feed has them.

    Feeds say no fractions of a second, so the date that the new feed tells is the same.
    """
    rising = sum(second.date > first.date for first, second in pairwise(episodes))
    falling = sum(second.date < first.date for first, second in pairwise(episodes))
    ordered: list[OldEpisode] = []
    for _, group in groupby(episodes, key=lambda episode: episode.date):
        alike = list(group)
        steps = range(len(alike)) if rising > falling else reversed(range(len(alike)))
        ordered += [
            replace(episode, date=episode.date + timedelta(microseconds=step)) if step else episode
            for episode, step in zip(alike, steps, strict=True)
        ]
    return ordered


def _about_all(episodes: Sequence[OldEpisode], context: Context) -> Iterator[Problem]:
    secured = sum(episode.secured for episode in episodes)
    if secured:
        message = say(
            "The links of {secured} episode(s) begin with http:; they were written with https:.", secured=secured
        )
        yield _warning(message, "Podcast tags allow nothing else. Check that the pages answer.")
    unnumbered = [episode for episode in episodes if episode.type is EpisodeType.FULL and episode.number is None]
    if context.type is ShowType.SERIAL and unnumbered:
        message = say(
            "The show is a serial, and {unnumbered_count} of its episodes have no number.",
            unnumbered_count=len(unnumbered),
        )
        yield _warning(message, "Apple Podcasts wants one in each: write number: into episode.yaml.")
    if blocked := [episode for episode in episodes if episode.feed.get("block")]:
        names = ", ".join(f"“{episode.title[:40]}”" for episode in blocked[:5])
        message = say(
            "{blocked_count} episode(s) are hidden from Apple Podcasts, and stay so (feed: block): {names}.",
            blocked_count=len(blocked),
            names=names,
        )
        yield _warning(
            message, "Take block: out of episode.yaml, if everybody is to find it; leave it out with --skip."
        )
    if hidden := [episode for episode in episodes if episode.date > context.now]:
        names = ", ".join(f"“{episode.title[:40]}” ({episode.date:%Y-%m-%d})" for episode in hidden[:5])
        message = say(
            "{hidden_count} episode(s) are dated in the future, and hidden until then: {names}.",
            hidden_count=len(hidden),
            names=names,
        )
        yield _warning(message, "Correct the date in episode.yaml, if they are to be heard now.")


def _links(item: Element, article: str | None, base: str) -> tuple[dict[str, str], ...]:
    """docs/tags/content-link.md: the same content elsewhere; the article is written at a key of its own."""
    offers = ((link, absolute(base, link.attributes.get("href", ""))) for link in item.every("podcast:contentLink"))
    links = {secure(url): html_text.line(link.text) or url for link, url in offers if url and url != article}
    return tuple({"title": title, "url": url} for url, title in links.items())


def _keywords(item: Element) -> tuple[str, ...]:
    words = [*item.value("itunes:keywords").split(","), *(element.text for element in item.every("category"))]
    return tuple(dict.fromkeys(word for word in map(html_text.line, words) if word))
