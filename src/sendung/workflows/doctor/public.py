"""The public's side: what apps and browsers get at store.public_url, and what they must not get."""

from __future__ import annotations

import gzip
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from sendung import net, records, rules
from sendung.core.concurrency import each
from sendung.core.errors import FetchError, Severity
from sendung.core.model import Asset, Episode, Show, listen_key
from sendung.core.translation import feed_key
from sendung.core.words import clause, join, say
from sendung.feed import FEED_KEY
from sendung.records import EpisodeRecord, ShowRecord
from sendung.records.customers_key import FOLDER
from sendung.records.reader import PRIVATE, Reader
from sendung.rules.observations import HttpObservation, Role
from sendung.store.interface import Headers, Store
from sendung.store.reading import read_or_none
from sendung.website import listen_now
from sendung.website.keys import EPISODES
from sendung.workflows.doctor.diagnosis import Area, Diagnosis, Health, of_error
from sendung.workflows.doctor.storage import SCRATCH
from sendung.workflows.publish import manifest as manifests
from sendung.workflows.publish.site import MANIFEST_KEY

_FOLDER_NAME = re.compile(r"[0-9a-f]{32}")
_ADDRESSES = "customers' addresses"
_LOOKED_AT, _AT_ONCE = 100, 16
"""Of what everybody can read, for customers' addresses: those at the top first; and requests under way at once."""
_ELSEWHERE = {"Origin": "https://player.example.org"}
_LIMITS = net.Limits(size=32_000_000, seconds=20)
_SAMPLE = net.Limits(size=1024, seconds=20)
_BUTTON = Asset(key=listen_now.INDEX_KEY, media_type="application/json", size=0, sha256="")
"""What the button on article pages reads. It changes, so its size is not looked at."""


@dataclass(frozen=True)
class Outside:
    """Where the public finds the store, and how it is asked."""

    public_url: str
    policy: net.NetPolicy
    advice: str = ""
    """Where it stands what to set at the store's service, in a sentence."""

    def url(self, key: str) -> str:
        """The public address of an object."""
        return f"{self.public_url}/{key}"


def check_public(outside: Outside, store: Store, reader: Reader, now: datetime) -> Iterator[Diagnosis]:
    """What is private is kept from the public, and what was published reaches it whole. Raises StoreError."""
    if not _is_public(outside):
        message = say(
            "{public_url} is not an address that everybody can open, so it was not looked at.",
            public_url=net.shown(outside.public_url),
        )
        hint = "Set store.public_url before listeners come; with --allow-private it is looked at from here."
        yield _diagnosis("address", Health.WARN, message, hint)
        return
    listing = reader.listing()
    feed = read_or_none(store, FEED_KEY)
    yield from _private(outside, store, sorted(listing))
    if customer_keys := [stat.key for stat in store.list(FOLDER)]:
        yield unlisted(outside, customer_keys)
        yield untold(outside, customer_keys, [FEED_KEY, *manifests.parse(read_or_none(store, MANIFEST_KEY))])
    if feed is None:
        message = "Nothing is published yet, so what listeners get was not looked at."
        yield _diagnosis("feed", Health.WARN, message, "Publish an episode, then run sendung doctor again.")
        return
    yield from _feed(outside, feed.data)
    newest = records.newest(listing)
    episode = _any_public(reader, newest, now)
    if episode and records.SHOW in newest:
        show = reader.read(records.key_of(records.SHOW, newest[records.SHOW]), ShowRecord).show
        yield from _assets(outside, show, episode)
        yield from _translated_feeds(outside, store, show)
        if show.pretty:
            yield _page(outside, show, episode)
        if store.abilities().metadata is not None:
            yield _encoded(outside, store, needed=show.compress)


def _is_public(outside: Outside) -> bool:
    """Whether the address may be asked: it is public, or leads nowhere (which asking it will tell)."""
    host = urlsplit(outside.public_url).hostname or ""
    try:
        addresses = outside.policy.resolve(host, 443)
    except (OSError, UnicodeError):
        return True
    return outside.policy.allow_private or all(map(net.is_public, addresses))


def _private(outside: Outside, store: Store, listing: list[str]) -> Iterator[Diagnosis]:
    """Whether records and state are kept from the public, tried on a scratch object and on one record."""
    scratch = f"{SCRATCH}{secrets.token_hex(8)}.json"
    store.create(scratch, scratch.encode(), PRIVATE)
    try:
        yield _refused(outside, "state/", scratch, scratch.encode())
    finally:
        store.delete(scratch)
    if listing:
        yield _refused(outside, records.PREFIX, listing[0], store.read(listing[0]).data)


def _refused(outside: Outside, folder: str, key: str, data: bytes) -> Diagnosis:
    try:
        fetched = net.fetch(outside.url(key), limits=_LIMITS, policy=outside.policy)
    except FetchError as error:
        return _diagnosis(
            folder,
            Health.WARN,
            say("It is not known who can read {folder}: {error}", folder=folder, error=error),
            error.problems[0].hint,
        )
    if fetched.status == 200 and fetched.body == data:
        message = say(
            "Everybody can read {folder}, so everybody can see scheduled episodes before their date.", folder=folder
        )
        return _diagnosis(
            folder,
            Health.BAD,
            message,
            say("Keep {folder} from the public: {policy}", folder=folder, policy=outside.advice),
        )
    return _diagnosis(
        folder,
        Health.OK,
        say("The public cannot read {folder} (the answer is {status}).", folder=folder, status=fetched.status),
    )


def unlisted(outside: Outside, keys: Sequence[str]) -> Diagnosis:
    """Whether the folders of customers (some keys in them) can be found by listing the store from outside.

    As S3 services list (ListObjectsV2) at the store's root and at the host's, and as web servers list a folder.
    """
    parts = urlsplit(outside.public_url)
    host, prefix = f"{parts.scheme}://{parts.netloc}", parts.path.strip("/")
    query = f"list-type=2&prefix={FOLDER}"
    below = f"list-type=2&prefix={quote(f'{prefix}/{FOLDER}'.lstrip('/'))}"
    addresses = [f"{outside.public_url}/{FOLDER}", f"{outside.public_url}/?{query}", f"{host}/?{below}"]
    if prefix:  # a bucket may be the first part of the path
        bucket, _, rest = prefix.partition("/")
        addresses.append(f"{host}/{bucket}?list-type=2&prefix={quote(f'{rest}/{FOLDER}'.lstrip('/'))}")
    folders = {key.split("/")[1] for key in keys}
    for address in addresses:
        try:
            fetched = net.fetch(address, limits=_LIMITS, policy=outside.policy)
        except FetchError:
            continue
        text = fetched.body.decode("utf-8", "replace")
        if fetched.status == 200 and any(folder in text for folder in folders):
            message = say(
                "Everybody can list {folder}, and so find every customer's address ({address}).",
                folder=FOLDER,
                address=net.shown(address),
            )
            hint = say(
                "Forbid listing: {policy} Then move all files and addresses: sendung customers rotate NAME...",
                policy=outside.advice,
            )
            return _diagnosis(FOLDER, Health.BAD, message, hint)
    return _diagnosis(
        FOLDER,
        Health.OK,
        say("The public cannot list {folder}, so nobody finds a customer's address there.", folder=FOLDER),
    )


def untold(outside: Outside, keys: Sequence[str], public: Sequence[str]) -> Diagnosis:
    """Whether what everybody can read (the feed, and pages as long as it takes seconds) names a folder of customers."""
    folders = {key.split("/")[1] for key in keys}

    def names(key: str) -> bool:
        try:
            text = net.fetch(outside.url(key), limits=_LIMITS, policy=outside.policy).body.decode("utf-8", "replace")
        except FetchError:
            return False
        return not folders.isdisjoint(_FOLDER_NAME.findall(text))

    looked = sorted(dict.fromkeys(public), key=lambda key: (key.count("/"), key))[:_LOOKED_AT]
    telling = [key for key, tells in zip(looked, each(names, looked, _AT_ONCE), strict=True) if tells]
    if not telling:
        message = say("No customer's address stands in what everybody reads ({count} files).", count=len(looked))
        return _diagnosis(_ADDRESSES, Health.OK, message)
    message = say("Everybody can read a customer's address in {url}.", url=net.shown(outside.url(telling[0])))
    hint = "Take it out and publish; then give new addresses: sendung customers rotate NAME..."
    return _diagnosis(_ADDRESSES, Health.BAD, message, hint)


def _feed(outside: Outside, stored: bytes, key: str = FEED_KEY) -> Iterator[Diagnosis]:
    url, subject = outside.url(key), key.removesuffix(".xml")
    try:
        fetched = net.fetch(url, limits=_LIMITS, policy=outside.policy)
    except FetchError as error:
        yield from of_error(Area.PUBLIC, subject, error)
        return
    headers = fetched.headers
    answer = HttpObservation(
        url,
        Role.FEED,
        fetched.status,
        content_type=headers.get("content-type", ""),
        etag=headers.get("etag", ""),
        last_modified=headers.get("last-modified", ""),
    )
    yield from _judged(outside, subject, answer, "Everybody can read the feed, and it is served as one.")
    if fetched.status == 200 and fetched.body != stored:
        message = say("{url} answers with another feed than the one in the store.", url=net.shown(url))
        hint = "A cache may hold an older one for five minutes; else check store.public_url."
        yield _diagnosis(subject, Health.WARN, message, hint)


def _translated_feeds(outside: Outside, store: Store, show: Show) -> Iterator[Diagnosis]:
    """The feeds of the show's further languages: bucket policies from before there were any do not name them."""
    for key in (feed_key(edition.language) for edition in show.languages):
        if translated := read_or_none(store, key):
            yield from _feed(outside, translated.data, key)


def _page(outside: Outside, show: Show, episode: Episode) -> Diagnosis:
    """Whether the server knows a page by its folder, as `pretty` says."""
    url = outside.url(show.path_of(listen_key(episode.slug)))
    try:
        status = net.fetch(url, method="HEAD", limits=_SAMPLE, policy=outside.policy).status
    except FetchError as error:
        return _diagnosis("pages", Health.BAD, str(error), error.problems[0].hint)
    if status == 200:
        return _diagnosis("pages", Health.OK, "A page is found by its folder's address.")
    message = say(
        "{url} answers {status}: the server does not look for index.html in a folder.",
        url=net.shown(url),
        status=status,
    )
    return _diagnosis("pages", Health.BAD, message, "Remove store.pretty from show.yaml, or let the server do so.")


def _encoded(outside: Outside, store: Store, *, needed: bool) -> Diagnosis:
    """Whether text that is stored gzip-encoded reaches the public as such, tried on an object between the pages."""
    key = f"{EPISODES}doctor-{secrets.token_hex(8)}.txt"
    text = b"sendung " * 200
    headers = Headers("text/plain; charset=utf-8", "no-cache", content_encoding="gzip")
    store.create(key, gzip.compress(text, mtime=0), headers)
    try:
        fetched = net.fetch(outside.url(key), limits=_LIMITS, policy=outside.policy)
    except FetchError as error:
        return _diagnosis("compression", Health.WARN, str(error), error.problems[0].hint)
    finally:
        store.delete(key)
    if fetched.status != 200:
        message = say(
            "Whether gzip-encoded text is served as such is not known: the answer is {status}.", status=fetched.status
        )
        return _diagnosis(
            "compression", Health.WARN, message, say("Let the public read pages. {policy}", policy=outside.advice)
        )
    if fetched.body == text:
        advice = "" if needed else " With store.compress: true pages would be sent so."
        return _diagnosis(
            "compression", Health.OK, say("Text that is stored gzip-encoded is served as such.{advice}", advice=advice)
        )
    message = "Text that is stored gzip-encoded is not served as such"
    if needed:
        hint = "Remove store.compress from show.yaml and publish: browsers show the pages' bytes."
        return _diagnosis("compression", Health.BAD, say("{message}, and pages are stored so.", message=message), hint)
    return _diagnosis(
        "compression", Health.OK, say("{message}, so store.compress is not for this place.", message=message)
    )


def _any_public(reader: Reader, newest: dict[str, int], now: datetime) -> Episode | None:
    """An episode that the public may see."""
    for owner, number in sorted(newest.items()):
        if owner != records.SHOW:
            record = reader.read(records.key_of(owner, number), EpisodeRecord)
            if record.public(now):
                return record.episode
    return None


def _assets(outside: Outside, show: Show, episode: Episode) -> Iterator[Diagnosis]:
    """One object of each kind that apps and articles fetch."""
    for rendition in episode.audio.renditions:
        audio = _sampled(outside, Role.AUDIO, rendition.asset)
        yield from _judged(
            outside, "audio", audio, "Audio is served with its type and length; HEAD and byte ranges work."
        )
    cover = _sampled(outside, Role.ARTWORK, show.cover_of(episode).asset)
    yield from _judged(outside, "artwork", cover, "Artwork is served with its type; HEAD works.")
    texts = {"transcript": episode.transcript.assets[0] if episode.transcript else None}
    texts |= {"chapters": episode.chapters_file, "listen button": _BUTTON}
    for subject, asset in texts.items():
        if asset:
            text = _sampled(outside, Role.CHAPTERS, asset)
            yield from _judged(
                outside, subject, text, "It is served with its type, and pages elsewhere may read it (CORS)."
            )


def _sampled(outside: Outside, role: Role, asset: Asset) -> HttpObservation:
    """How an asset is served: HEAD, then the first bytes as an app on another site asks for them."""
    url, policy = outside.url(asset.key), outside.policy
    try:
        head = net.fetch(url, method="HEAD", limits=_SAMPLE, policy=policy)
        ranged = net.fetch(url, headers={"Range": "bytes=0-99", **_ELSEWHERE}, limits=_SAMPLE, policy=policy, cut=True)
    except FetchError as error:
        return HttpObservation(url, role, 0, fault=clause(str(error)))
    length = head.headers.get("content-length", "")
    return HttpObservation(
        url,
        role,
        ranged.status,
        head_status=head.status,
        content_type=ranged.headers.get("content-type", ""),
        content_length=int(length) if head.status == 200 and length.isdecimal() else None,
        ranges=ranged.status == 206,
        allow_origin=ranged.headers.get("access-control-allow-origin"),
        expected_type=asset.media_type,
        expected_length=asset.size or None,
    )


def _judged(outside: Outside, subject: str, answer: HttpObservation, fine: str) -> Iterator[Diagnosis]:
    """What the rules for servers say of an answer. What keeps an episode from listeners is bad, the rest a warning."""
    broken = [finding for finding in rules.judge([answer]) if finding.severity is not Severity.NOTE]
    needed = answer.role in {Role.FEED, Role.AUDIO, Role.ARTWORK}
    for finding in broken:
        state = Health.BAD if needed and finding.severity is Severity.ERROR else Health.WARN
        yield _diagnosis(
            subject,
            state,
            say("{url}: {message}", url=net.shown(answer.url), message=finding.message),
            join(" ", filter(None, (finding.hint, outside.advice))),
        )
    if not broken:
        yield _diagnosis(subject, Health.OK, fine)


def _diagnosis(subject: str, state: Health, message: str, hint: str = "") -> Diagnosis:
    return Diagnosis(Area.PUBLIC, subject, state, message, hint)
