"""Flow: the published show as an app sees it, over HTTP: feed, audio, artwork, transcripts, chapters, articles.

Everything that is fetched becomes an observation, and the rules (`sendung.rules`) judge those.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

import mutagen
from PIL import Image, UnidentifiedImageError

from sendung import net, rules
from sendung.core import media_types
from sendung.core.errors import FetchError, Problem, RulesError, Severity
from sendung.core.progress import Progress
from sendung.core.words import clause, say
from sendung.feed.document import Element, Feed
from sendung.feed.values import duration
from sendung.net.feeds import LiveFeed, fetch_feed
from sendung.net.remote_file import RemoteFile
from sendung.rules.observations import Artwork, HttpObservation, Opened, Role, Sound, TranscriptText
from sendung.workflows.verify import languages
from sendung.workflows.verify.articles import observe
from sendung.workflows.verify.feed_articles import LiveLinks, find_links

_AT_ONCE = 8
_SAMPLE = net.Limits(size=1024, seconds=30)
_TEXT = net.Limits(size=32_000_000, seconds=60)
_IMAGE = net.Limits(size=20_000_000, seconds=60)
_ELSEWHERE = {"Origin": "https://player.example.org"}
"""An app in a browser says where it is from; what it may read then is told by Access-Control-Allow-Origin."""
_OPEN: Any = mutagen.File
_NAMED = re.compile(r"/assets/([0-9a-f]{16})\.[^/]+$")
"""What is in a Sendung store is called by its content."""


@dataclass(frozen=True)
class FeedTarget:
    """An address that the feed names, and what the feed says of it."""

    url: str
    role: Role
    guid: str | None = None
    media_type: str = ""
    length: int | None = None
    duration_s: int | None = None
    digest: str = ""
    """The start of its SHA-256, hexadecimal, where its name tells it."""


_Observer = Callable[[FeedTarget, net.NetPolicy], Iterator[rules.Observed]]


@dataclass(frozen=True)
class Verified:
    """What an app would meet."""

    feed_url: str
    title: str
    episodes: int
    """That were looked at."""
    addresses: int
    findings: tuple[rules.Finding, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The findings as problems, each with its address."""
        return tuple(finding.problem for finding in self.findings)

    @property
    def error(self) -> RulesError | None:
        """All errors among them; None if there are none."""
        errors = [problem for problem in self.problems if problem.severity is Severity.ERROR]
        return RulesError.of(errors) if errors else None


def verify(
    feed_url: str, policy: net.NetPolicy, progress: Progress, *, latest: int | None = None, allow: Collection[str] = ()
) -> Verified:
    """Fetch the feed and what its items name (of the `latest` ones, or of all), and judge how it is served.

    Raises FetchError if the feed cannot be fetched, RulesError if it is no feed.
    """
    live = fetch_feed(feed_url, policy)
    items = live.items[:latest]
    links = find_links(live, items, policy)
    named = dict.fromkeys(FeedTarget(url, Role.ARTICLE) for url in links.by_article)
    addresses = list(dict.fromkeys([*_addresses(live.pages[0], items, live.answer.url), *named]))
    observers: dict[Role, _Observer] = {**_OBSERVERS, Role.ARTICLE: partial(_article, links=links)}
    looks = [partial(observers[address.role], address, policy) for address in addresses]
    looks += [partial(languages.look, edition, policy) for edition in languages.find_editions(live, items, links.root)]
    with progress.meter("Verifying", len(looks), "items") as meter, ThreadPoolExecutor(_AT_ONCE) as pool:

        def look(observer: Callable[[], Iterator[rules.Observed]]) -> list[rules.Observed]:
            seen = list(observer())
            meter.advance(1)
            return seen

        seen = [observation for observations in pool.map(look, looks) for observation in observations]
    findings = rules.judge([_feed(feed_url, live, policy), *seen, *links.alone], allow)
    findings += [finding for finding in rules.check(live.pages[0], allow) if finding.rule == "rss-paged"]
    return Verified(feed_url, live.pages[0].channel.value("title"), len(items), len(looks) + 1, tuple(findings))


def _addresses(page: Feed, items: Collection[Element], base: str) -> Iterator[FeedTarget]:
    """Every address; those that several items share once."""
    ours = page.channel.value("generator").startswith("Sendung ")
    shared = [(Role.ARTWORK, page.channel.attribute("itunes:image", "href"))]
    for item in items:
        guid = item.value("guid") or None
        for url, attributes in _enclosures(item):
            kind, length = (attributes.get(name, "").strip() for name in ("type", "length"))
            size = int(length) if length.isascii() and length.isdigit() else None
            yield FeedTarget(urljoin(base, url), Role.AUDIO, guid, kind, size, duration(item))
        shared += [(Role.ARTWORK, item.attribute("itunes:image", "href")), (Role.ARTICLE, item.value("link"))]
        for name, role in (("podcast:transcript", Role.TRANSCRIPT), ("podcast:chapters", Role.CHAPTERS)):
            for element in item.every(name):
                if url := element.attributes.get("url", "").strip():
                    digest = _NAMED.search(url) if ours else None
                    kind = element.attributes.get("type", "")
                    yield FeedTarget(urljoin(base, url), role, guid, kind, digest=digest[1] if digest else "")
    yield from (FeedTarget(urljoin(base, url), role) for role, url in dict.fromkeys(shared) if url)


def _enclosures(item: Element) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The address and the attributes of the enclosure, and of the audio that apps may choose in its place."""
    if plain := item.first("enclosure"):
        attributes_of = {plain.attributes.get("url", "").strip(): plain.attributes}
        for other in item.every("podcast:alternateEnclosure"):
            sources = [source.attributes.get("uri", "").strip() for source in other.every("podcast:source")]
            if other.attributes.get("type", "").startswith("audio/"):
                for url in sources:
                    attributes_of.setdefault(url if url.startswith(("http:", "https:")) else "", other.attributes)
        yield from ((url, attributes) for url, attributes in attributes_of.items() if url)


def _feed(url: str, live: LiveFeed, policy: net.NetPolicy) -> HttpObservation:
    headers = live.answer.headers
    etag, last_modified = headers.get("etag", ""), headers.get("last-modified", "")
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return HttpObservation(
        url,
        Role.FEED,
        live.answer.status,
        final_url=live.answer.url if live.answer.redirects else "",
        content_type=headers.get("content-type", ""),
        etag=etag,
        last_modified=last_modified,
        ignored=tuple(name for name, value in conditions.items() if value and _sent_again(url, {name: value}, policy)),
        compressed="content-encoding" in headers,
    )


def _sent_again(url: str, condition: Mapping[str, str], policy: net.NetPolicy) -> bool:
    """Whether the feed is sent although the condition says that the asker has it already (RFC 9110, section 13)."""
    try:
        return net.fetch(url, headers=condition, limits=_SAMPLE, policy=policy, cut=True).status == HTTPStatus.OK
    except FetchError:
        return False


def _audio(address: FeedTarget, policy: net.NetPolicy) -> Iterator[rules.Observed]:
    """How it is served, asked as players ask: HEAD, then the first bytes; then its tags and its duration."""
    answer = _sample(address, policy)
    yield answer
    if answer.status != 206:
        return
    try:
        opened, sound = _open_audio(address, policy)
    except FetchError as error:
        opened, sound = (
            Opened(address.url, Role.AUDIO, say("cannot be read: {clause}", clause=_clause(error)), guid=address.guid),
            None,
        )
    yield opened
    if sound:
        yield sound


def _open_audio(address: FeedTarget, policy: net.NetPolicy) -> tuple[Opened, Sound | None]:
    file: Any = None
    fault = "is neither an MP3, nor an MP4, nor an Opus file"
    try:
        file = _OPEN(io.BufferedReader(RemoteFile(address.url, policy)), easy=True)
    except mutagen.MutagenError as error:
        fault = say("is damaged ({error})", error=error)
    if file is None or file.info is None:
        return Opened(address.url, Role.AUDIO, fault, guid=address.guid), None
    title = (file.tags or {}).get("title")
    codec = next((name.lower() for kind, name in media_types.CODECS.items() if kind in file.mime), file.mime[0])
    sound = Sound(
        address.url,
        codec,
        channels=getattr(file.info, "channels", 0),
        bitrate=getattr(file.info, "bitrate", 0),
        duration_s=file.info.length,
        expected_duration_s=address.duration_s,
        guid=address.guid,
    )
    return Opened(address.url, Role.AUDIO, title=title[0] if title else None, guid=address.guid), sound


def _artwork(address: FeedTarget, policy: net.NetPolicy) -> Iterator[rules.Observed]:
    answer = _sample(address, policy)
    yield answer
    if answer.status not in (200, 206):
        return
    try:
        data = net.fetch(address.url, limits=_IMAGE, policy=policy).expect_ok().body
        with Image.open(io.BytesIO(data)) as image:
            yield Artwork(address.url, image.format or "", image.mode, *image.size, len(data), sha256(data).hexdigest())
    except FetchError as error:
        yield Opened(address.url, Role.ARTWORK, say("cannot be read: {clause}", clause=_clause(error)))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        yield Opened(address.url, Role.ARTWORK, "is no picture")


def _text(address: FeedTarget, policy: net.NetPolicy) -> Iterator[rules.Observed]:
    """Transcripts and chapters, as an app in a browser fetches them."""
    try:
        fetched = net.fetch(address.url, headers=_ELSEWHERE, limits=_TEXT, policy=policy)
    except FetchError as error:
        yield _no_answer(address, error)
        return
    yield _answer(address, fetched)
    if fetched.status == 200:
        text = fetched.body.decode("utf-8", "replace")
        fault = _text_fault(address.media_type, text)
        if not fault and not sha256(fetched.body).hexdigest().startswith(address.digest):
            fault = "is not what was published: its name is the digest of other bytes"
        yield Opened(address.url, address.role, fault, guid=address.guid)
        yield TranscriptText(address.url, address.media_type, text, address.guid)


def _text_fault(media_type: str, text: str) -> str:
    """Why it is not what its type says; empty if it is, or if any text would do."""
    if "json" in media_type:
        try:
            return "" if isinstance(json.loads(text), dict) else "is JSON of another kind"
        except (ValueError, RecursionError):
            return "is no JSON"
    if media_type == media_types.VTT:
        return "" if text.lstrip("\ufeff").startswith("WEBVTT") else "is no WebVTT"
    if media_type in media_types.CAPTIONS:
        return "" if "-->" in text else "is no SubRip file"
    return ""


def _article(address: FeedTarget, policy: net.NetPolicy, links: LiveLinks) -> Iterator[rules.Observed]:
    """Whether it is up, and whether it leads to the episodes that name it."""
    try:
        fetched = net.fetch(address.url, limits=net.PAGE, policy=policy, cut=True)
    except FetchError as error:
        yield _no_answer(address, error)
        return
    yield _answer(address, fetched)
    if fetched.status == HTTPStatus.OK:
        yield from (observe(fetched, link, links.listen) for link in links.by_article.get(address.url, ()))


def _sample(address: FeedTarget, policy: net.NetPolicy) -> HttpObservation:
    """What HEAD says, and how a request for the first bytes is answered."""
    try:
        head = net.fetch(address.url, method="HEAD", limits=_SAMPLE, policy=policy)
        head_status, length = head.status, head.headers.get("content-length", "")
    except FetchError:
        head_status, length = 0, ""
    try:
        ranged = net.fetch(address.url, headers={"Range": "bytes=0-1023"}, limits=_SAMPLE, policy=policy, cut=True)
    except FetchError as error:
        return _no_answer(address, error)
    total = ranged.headers.get("content-range", "").rpartition("/")[2]
    whole = ranged.headers.get("content-length", "") if ranged.status == 200 else total
    announced = length if head_status == 200 and length else whole
    return _answer(
        address, ranged, head_status, int(announced) if announced.isascii() and announced.isdigit() else None
    )


def _answer(
    address: FeedTarget, fetched: net.Fetched, head_status: int = 200, length: int | None = None
) -> HttpObservation:
    return HttpObservation(
        address.url,
        address.role,
        fetched.status,
        head_status=head_status,
        final_url=fetched.url if fetched.redirects else "",
        content_type=fetched.headers.get("content-type", ""),
        content_length=length,
        ranges=fetched.status == 206,
        allow_origin=fetched.headers.get("access-control-allow-origin"),
        expected_type=address.media_type,
        expected_length=address.length,
        guid=address.guid,
    )


def _no_answer(address: FeedTarget, error: FetchError) -> HttpObservation:
    return HttpObservation(address.url, address.role, 0, fault=_clause(error), guid=address.guid)


def _clause(error: FetchError) -> str:
    return clause(str(error))


_OBSERVERS: dict[Role, _Observer] = {
    Role.AUDIO: _audio,
    Role.ARTWORK: _artwork,
    Role.TRANSCRIPT: _text,
    Role.CHAPTERS: _text,
}
"""Articles are looked at with what is known of all of them."""
