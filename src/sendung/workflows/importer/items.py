"""A feed's items, of any host -> what an import goes by. Nothing is fetched, nothing is trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sendung.core import media_types
from sendung.core.errors import Problem, Severity
from sendung.core.model import EpisodeType, Person
from sendung.feed.dates import FeedDate, read_date
from sendung.feed.document import Element
from sendung.feed.values import duration
from sendung.media.chapters import parse_time
from sendung.workflows.importer import html_text
from sendung.workflows.importer.old_show import OldChapter, OldEpisode, OldFile
from sendung.workflows.importer.podcasting20 import soundbites, supplements
from sendung.workflows.importer.urls import absolute, ends_with_the_move, secure

_DATES = ("pubDate", "dc:date", "atom:published", "atom:updated")
_TRUE = {"yes", "true", "explicit", "1", "y", "on"}
_FALSE = {"no", "false", "clean", "0", "n", "off"}
_TRANSCRIPTS = (".vtt", ".srt", ".json", ".txt")
"""Transcripts that can be read, the best first."""
_ROLE = re.compile(r"[a-z][a-z /-]*")


@dataclass(frozen=True)
class Context:
    """What items are read against."""

    base: str
    """The feed's address, which relative addresses start from; may be empty."""
    zone: ZoneInfo
    """Of dates that name none."""
    newest: datetime
    """The date of a first item that has none."""
    image: str | None
    """The show's."""
    trailers: frozenset[str] = frozenset()
    """Addresses of audio that the channel calls trailers (podcast:trailer)."""


def read_episodes(items: Sequence[Element], context: Context) -> tuple[list[OldEpisode], list[Problem]]:
    """The episodes in the feed's order, and a warning for each item that had to be left out or mended."""
    episodes: list[OldEpisode] = []
    problems: list[Problem] = []
    known: set[str] = set()
    date = context.newest
    for item in items:
        name = _name(item)
        audio, why = _audio(item, context.base)
        if audio is None:
            problems.append(_warning(f"{name} was left out: {why}", "Add it by hand if it is an episode."))
            continue
        guid = item.value("guid") or item.attribute("enclosure", "url")
        if guid in known:
            problems.append(_warning(f"{name} was left out: an item before it has the same GUID.", "Look at both."))
            continue
        known.add(guid)
        written, read = _date(item, context.zone)
        date = read.moment or date - timedelta(minutes=1)
        episodes.append(_episode(item, guid, date, audio, context))
        if not read.moment:
            why = f" It says “{written[:60]}”: {read.remark}." if written else ""
            hint = f"It was dated {date:%Y-%m-%d %H:%M}, just before the item above it; correct it in episode.yaml."
            problems.append(_warning(f"{name} has no date that can be read.{why}", hint))
        elif read.remark:
            problems.append(
                _warning(f"{name} says “{written[:60]}”: {read.remark}.", "Look at its date in episode.yaml.")
            )
    secured = sum(one.secured for one in episodes)
    if secured:
        message = f"The links of {secured} episode(s) begin with http:; they were written with https:."
        problems.append(_warning(message, "Podcast tags allow nothing else. Check that the pages answer."))
    return episodes, problems


def truth(text: str) -> bool | None:
    """itunes:explicit and its like, in every spelling that occurs; None for none of them."""
    word = text.strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


def persons(parent: Element, base: str) -> tuple[Person, ...]:
    """Those who are heard (docs/tags/person.md): without a role it is the host, without a group the cast."""
    found = []
    for element in parent.every("podcast:person"):
        if element.attributes.get("group", "cast").strip().lower() != "cast":
            continue
        name = html_text.line(element.text)
        role = " ".join(element.attributes.get("role", "").lower().split()) or "host"
        if name:
            role = role if _ROLE.fullmatch(role) else "guest"
            url, image = (_link(base, element.attributes.get(key, "")) for key in ("href", "img"))
            found.append(Person(name=name, role=role, url=url, image=image))
    return tuple(dict.fromkeys(found))


def address(parent: Element, base: str, *ways: tuple[str, str]) -> str | None:
    """The first absolute address among some children's attributes ("" for a child's text)."""
    for name, attribute in ways:
        for child in parent.every(name):
            text = (child.attributes.get(attribute, "") if attribute else child.text).strip()
            if text and (found := absolute(base, text)):
                return found
    return None


def _link(base: str, text: str) -> str | None:
    found = absolute(base, text) if text.strip() else None
    return secure(found) if found else None


def _warning(message: str, hint: str) -> Problem:
    return Problem(message, hint, severity=Severity.WARNING)


def _name(item: Element) -> str:
    title = html_text.line(item.value("title") or item.value("itunes:title"))[:60]
    return f"“{title}”" if title else f"The item in line {item.line}"


def _audio(item: Element, base: str) -> tuple[OldFile | None, str]:
    """The item's audio, or why it has none. Of several enclosures the first one that is audio counts."""
    why = "it has no enclosure."
    for element in [*item.every("enclosure"), *_media(item)]:
        url = absolute(base, element.attributes.get("url", ""))
        kind = element.attributes.get("type", "").partition(";")[0].strip().lower()
        if url is None:
            why = "its enclosure has no web address."
        elif _is_audio(url):
            return OldFile(url, _ending(url)), ""
        elif kind.startswith("audio/"):
            return OldFile(url, media_types.ending_of(kind) or ".mp3"), ""
        else:
            why = f"its enclosure is no audio file ({kind or 'of no type'})."
    return None, why


def _media(item: Element) -> Iterator[Element]:
    """Media RSS, for the few hosts that write nothing else."""
    for element in item.walk():
        if element.name == "media:content" and element.attributes.get("type", "").startswith("audio/"):
            yield element


def _ending(url: str) -> str:
    return PurePosixPath(urlsplit(url).path).suffix.lower()


def _is_audio(url: str) -> bool:
    return media_types.of(_ending(url)).startswith("audio/")


def _date(item: Element, zone: ZoneInfo) -> tuple[str, FeedDate]:
    """The first date of an item that can be read, as it is written and as it is meant; else the first that cannot."""
    dates = [(text, read_date(text, zone)) for name in _DATES if (text := item.value(name))]
    return next((date for date in dates if date[1].moment), dates[0] if dates else ("", FeedDate(None)))


def _episode(item: Element, guid: str, date: datetime, audio: OldFile, context: Context) -> OldEpisode:
    title = html_text.line(item.value("title") or item.value("itunes:title")) or f"{date:%Y-%m-%d}"
    summary, notes = _texts(item)
    image = address(item, context.base, ("itunes:image", "href"), ("podcast:image", "href"), ("media:thumbnail", "url"))
    article = _article(item, audio, context.base)
    return OldEpisode(
        guid=guid,
        title=title,
        date=date,
        summary=summary or title,
        notes=notes,
        article=secure(article) if article else None,
        secured=bool(article and article != secure(article)),
        audio=audio,
        number=_number(item, "episode"),
        number_label=html_text.line(item.attribute("podcast:episode", "display")),
        season=_number(item, "season"),
        type=_type(item, audio.url in context.trailers),
        explicit=truth(item.value("itunes:explicit")),
        keywords=_keywords(item),
        persons=persons(item, context.base),
        image=image if image != context.image else None,
        image_alt=html_text.line(item.attribute("podcast:image", "alt")),
        chapters=_chapters(item, context.base),
        chapters_url=address(item, context.base, ("podcast:chapters", "url")),
        transcripts=_transcripts(item, context.base),
        duration_s=duration(item),
        links=_links(item, article, context.base),
        soundbites=soundbites(item),
        feed=supplements(item, context.base),
    )


def _texts(item: Element) -> tuple[str, str]:
    """Summary (plain) and notes (as they are; empty if the summary says it all)."""
    fields = ("content:encoded", "description", "itunes:summary", "googleplay:description")
    encoded, *others = (item.value(name) for name in fields)
    described = next((text for text in others if text), "")
    notes = encoded or described
    summary = (
        html_text.summary(described) or html_text.summary(item.value("itunes:subtitle")) or html_text.summary(notes)
    )
    return summary, "" if html_text.markup(notes) == html_text.markup(summary) else notes


def _article(item: Element, audio: OldFile, base: str) -> str | None:
    """The page about the episode: not the audio file itself, nor a page of the hosting service."""
    for name, attribute in (("link", ""), ("podcast:contentLink", "href")):
        found = address(item, base, (name, attribute))
        if found and found != audio.url and not _is_audio(found) and not ends_with_the_move(found):
            return found
    return None


def _links(item: Element, article: str | None, base: str) -> tuple[dict[str, str], ...]:
    """docs/tags/content-link.md: the same content elsewhere; the article is written at a key of its own."""
    found = ((one, absolute(base, one.attributes.get("href", ""))) for one in item.every("podcast:contentLink"))
    links = {secure(url): html_text.line(one.text) or url for one, url in found if url and url != article}
    return tuple({"title": title, "url": url} for url, title in links.items())


def trailers(channel: Element, base: str) -> frozenset[str]:
    """docs/tags/trailer.md: the audio that the channel calls a trailer."""
    found = (absolute(base, one.attributes.get("url", "")) for one in channel.every("podcast:trailer"))
    return frozenset(url for url in found if url)


def _number(item: Element, name: str) -> int | None:
    for prefix in ("itunes", "podcast"):
        text = item.value(f"{prefix}:{name}")
        if text.isascii() and text.isdigit() and int(text[:9]) > 0:
            return int(text[:9])
    return None


def _type(item: Element, trailer: bool) -> EpisodeType:
    word = item.value("itunes:episodeType").lower()
    unsaid = EpisodeType.TRAILER if trailer and not word else EpisodeType.FULL
    return EpisodeType(word) if word in set(EpisodeType) else unsaid


def _keywords(item: Element) -> tuple[str, ...]:
    words = [*item.value("itunes:keywords").split(","), *(element.text for element in item.every("category"))]
    return tuple(dict.fromkeys(word for word in map(html_text.line, words) if word))


def _chapters(item: Element, base: str) -> tuple[OldChapter, ...]:
    """Podlove Simple Chapters, in order; what has no time or no title is no chapter."""
    found: dict[int, OldChapter] = {}
    for chapter in (one for outline in item.every("psc:chapters") for one in outline.every("psc:chapter")):
        title = html_text.line(chapter.attributes.get("title", ""))
        link, image = (chapter.attributes.get(name, "").strip() for name in ("href", "image"))
        try:
            start = parse_time(chapter.attributes.get("start", ""))
        except ValueError:
            continue
        if title:
            addresses = (absolute(base, text) if text else None for text in (link, image))
            found.setdefault(start, OldChapter(start, title, *addresses))
    return tuple(found[start] for start in sorted(found))


def _transcripts(item: Element, base: str) -> tuple[OldFile, ...]:
    found = []
    for element in item.every("podcast:transcript"):
        url = absolute(base, element.attributes.get("url", ""))
        ending = media_types.ending_of(element.attributes.get("type", "").partition(";")[0].strip().lower())
        if url and ending in _TRANSCRIPTS:
            found.append(OldFile(url, ending))
    return tuple(sorted(found, key=lambda transcript: _TRANSCRIPTS.index(transcript.ending)))
