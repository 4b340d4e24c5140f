"""Flow: reading the records of a store. Many are read at once, and once on each machine."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from pydantic import JsonValue

from sendung import records
from sendung.core.atomic_write import write_whole
from sendung.core.concurrency import each
from sendung.core.episode_digest import Digests
from sendung.core.errors import Damaged, ObjectExists, UsageError
from sendung.core.file_digests import Memory
from sendung.core.guesses import meant
from sendung.core.sealed import keep_sealed, read_sealed
from sendung.core.words import say
from sendung.records import EpisodeRecord, R, Record, ShowRecord
from sendung.records.customers import CustomerList, CustomersEntry, entry_key, entry_keys, fold, is_entry
from sendung.store.interface import Headers, Stat, Store

_LOG = logging.getLogger(__name__)
PRIVATE = Headers("application/json", "private, no-store")
"""How records are kept: they name what is not public yet."""


_READERS = 24
"""Requests under way at once; a record is small, so it is the latency that counts."""


@dataclass(frozen=True)
class Archive:
    """What the records of a store say: the newest revision of the show and of each episode."""

    listing: Mapping[str, Stat]
    """Every record's key, with what the listing said of it."""
    show: ShowRecord | None
    episodes: Mapping[str, EpisodeRecord]
    """By GUID."""

    @cached_property
    def by_slug(self) -> Mapping[str, EpisodeRecord]:
        """The episodes by the slug of their newest revision."""
        if isinstance(self.episodes, NewestRecords):
            return self.episodes.by_slug()
        return {record.episode.slug: record for record in self.episodes.values()}


class Head(NamedTuple):
    """What is known of a revision without reading it, as long as its version is the same."""

    version: str
    guid: str
    slug: str
    tool: str


class NewestRecords(Mapping[str, EpisodeRecord]):
    """The newest revisions by their episodes' GUIDs (or slugs), each read when it is asked for; all of them at once."""

    def __init__(self, heads: Mapping[str, Head], read: Callable[[Sequence[str]], list[EpisodeRecord]]) -> None:
        self._heads = heads
        self._read = read
        self._keys = {head.guid: key for key, head in heads.items()}
        self._records: dict[str, EpisodeRecord] = {}
        """By key; those of the same revisions by another name are the same objects."""

    def __getitem__(self, name: str) -> EpisodeRecord:
        key = self._keys[name]
        if key not in self._records:
            [self._records[key]] = self._read([key])
        return self._records[key]

    def __contains__(self, name: object) -> bool:
        return name in self._keys

    def __iter__(self) -> Iterator[str]:
        missing = [key for key in self._keys.values() if key not in self._records]
        self._records |= zip(missing, self._read(missing), strict=True)
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def by_slug(self) -> NewestRecords:
        """The same by slug."""
        named = NewestRecords(self._heads, self._read)
        named._keys = {head.slug: key for key, head in self._heads.items()}
        named._records = self._records
        return named


class Reader:
    """Reads records of one store through a cache on this machine, and adds to them.

    Cached bytes are found by key *and* version, and carry a digest: a cache that is damaged, or that belongs to a
    store that was emptied and filled anew, is never believed.
    """

    def __init__(self, store: Store, cache: Path) -> None:
        self._store = store
        self._cache = cache / "records" / hashlib.sha256(store.name.encode()).hexdigest()[:16]
        self._seen: dict[tuple[str, str], Record] = {}
        self._listed: Collection[str] = ()
        """The keys in the last listing, or in that of another process."""
        self._by_owner: tuple[Mapping[str, Stat], dict[str, list[str]]] = ({}, {})
        """A listing, and the keys in it by owner."""
        self._memory = Memory(cache)
        self.digests = Digests()
        """Of the episodes in records, which stay the same objects as long as they have not changed."""

    def digest(self, path: Path) -> str:
        """SHA-256 (hexadecimal) of a file of this machine, remembered in the same cache. Raises OSError."""
        return self._memory.digest(path)

    def listing(self) -> dict[str, Stat]:
        """All records' keys."""
        self._listed = self._listed or self._remember()
        stats = self._store.list(records.PREFIX, hints=self._listed)
        listing = {stat.key: stat for stat in stats if _is_listed(stat.key)}
        if listing.keys() != self._listed:
            with contextlib.suppress(OSError):
                write_whole(self._keys, "\n".join(listing).encode())
        self._listed = listing.keys()
        return listing

    def _remember(self) -> set[str]:
        """The keys of the last listing on this machine; whether they are still right does not matter."""
        try:
            return {key for key in self._keys.read_text("ascii").splitlines() if _is_listed(key)}
        except (OSError, UnicodeDecodeError):
            return set()

    @property
    def _keys(self) -> Path:
        return self._cache / "keys"

    def archive(self) -> Archive:
        """The newest revisions of everything.

        Raises StoreError; Damaged names a record that was tampered with; Outdated if a newer version published any.
        """
        listing = self.listing()
        newest = records.newest(listing)
        show = newest.pop(records.SHOW, None)
        keys = [records.key_of(owner, number) for owner, number in sorted(newest.items())]
        shows = self._read([records.key_of(records.SHOW, show)] if show else [], listing, ShowRecord)
        if known := self._known_heads(keys, listing):
            _check_versions(shows)
            read = partial(self._read, listing=listing, kind=EpisodeRecord)
            return Archive(listing, next(iter(shows), None), NewestRecords(known, read))
        episodes = self._read(keys, listing, EpisodeRecord)
        _check_versions([*shows, *episodes])
        self._keep_heads(dict(zip(keys, episodes, strict=True)), listing)
        by_guid = {record.episode.guid: record for record in self._parted(episodes, listing)}
        return Archive(listing, next(iter(shows), None), by_guid)

    def _known_heads(self, keys: Sequence[str], listing: Mapping[str, Stat]) -> dict[str, Head]:
        """The heads of these revisions by key, as an earlier run kept them; nothing unless they are all known.

        Nor where two have one name, or a newer program wrote any: then all of them have to be read.
        """
        data = read_sealed(self._heads, self._store.name)
        kept = json.loads(data) if data else {}
        if not keys or any(kept.get(key, [None])[0] != listing[key].version for key in keys):
            return {}
        heads = {key: Head(*kept[key]) for key in keys}
        names = Counter(head.slug for head in heads.values())
        newer = any(map(records.is_newer, {head.tool for head in heads.values()}))
        return {} if newer or max(names.values()) > 1 else heads

    def _keep_heads(self, newest: Mapping[str, EpisodeRecord], listing: Mapping[str, Stat]) -> None:
        heads = {
            key: Head(listing[key].version, record.episode.guid, record.episode.slug, record.tool)
            for key, record in newest.items()
        }
        keep_sealed(self._heads, self._store.name, json.dumps(heads).encode())

    @property
    def _heads(self) -> Path:
        return self._cache / "newest"

    def _parted(self, episodes: Sequence[EpisodeRecord], listing: Mapping[str, Stat]) -> list[EpisodeRecord]:
        """The newest revisions, no two with one name: it stays with whoever had it first, so no two pages have one key.

        Two hosts may publish two episodes under one name at once. What is withdrawn has no claim.
        """
        names = Counter(record.episode.slug for record in episodes if not record.withdrawn)
        twins = [record for record in episodes if names[record.episode.slug] > 1 and not record.withdrawn]
        if not twins:
            return list(episodes)
        firsts = {record.episode.guid: self._claimed_at(record, listing) for record in twins}
        parted = {}
        for slug in {record.episode.slug for record in twins}:
            _, *others = sorted(
                (record for record in twins if record.episode.slug == slug),
                key=lambda record: (firsts[record.episode.guid], record.episode.guid),
            )
            for record in others:
                apart = f"{slug}-{hashlib.sha256(record.episode.guid.encode()).hexdigest()[:8]}"
                episode = record.episode.model_copy(update={"slug": apart})
                whole = record.whole.model_copy(update={"slug": apart}) if record.whole else None
                parted[record.episode.guid] = record.model_copy(update={"episode": episode, "whole": whole})
        return [parted.get(record.episode.guid, record) for record in episodes]

    def _claimed_at(self, record: EpisodeRecord, listing: Mapping[str, Stat]) -> datetime:
        """When an episode was first published under its present name."""
        revisions = self.revisions(records.owner_of(record.episode.guid), listing, EpisodeRecord)
        return min(revision.at for revision in revisions if revision.episode.slug == record.episode.slug)

    def revisions(self, owner: str, listing: Mapping[str, Stat], kind: type[R]) -> list[R]:
        """Every revision of one owner, oldest first."""
        return self._read(self._keys_of(owner, listing), listing, kind)

    def _keys_of(self, owner: str, listing: Mapping[str, Stat]) -> Sequence[str]:
        """The keys of every revision of one owner, oldest first. A listing is sorted by owners once for all of them."""
        indexed, by_owner = self._by_owner
        if indexed is not listing:
            by_owner = {}
            for key in sorted(listing):
                if parts := records.parse_key(key):
                    by_owner.setdefault(parts[0], []).append(key)
            self._by_owner = (listing, by_owner)
        return by_owner.get(owner, ())

    def texts_of(self, owner: str, listing: Mapping[str, Stat], *, newest: bool = False) -> set[str]:
        """Every text in all revisions of one owner (or in the newest alone), also where only another version looks.

        Keys of assets are among them, wherever they stand. Raises StoreError.
        """
        keys = self._keys_of(owner, listing)
        chosen = keys[-1:] if newest else keys
        return {text for key in chosen for text in records.texts_in(self._values(listing[key]))}

    def _values(self, stat: Stat) -> dict[str, JsonValue]:
        with contextlib.suppress(OSError, Damaged):
            return records.parse(self._file(stat).read_bytes(), stat.key)
        data = self._store.read(stat.key).data
        values = records.parse(data, stat.key)
        with contextlib.suppress(OSError):
            write_whole(self._file(stat), data)
        return values

    def customers(self, listing: Mapping[str, Stat]) -> CustomerList:
        """Who listens as a customer, as a listing of the records says. Raises StoreError; Outdated."""
        stats = [listing[key] for key in entry_keys(listing)]
        values = each(self._values, stats, _READERS)
        return fold([CustomersEntry.model_validate(value) for value in values])

    def add_entry(self, entry: CustomersEntry) -> bool:
        """Create an entry of the customers' list; False if another has its number already."""
        try:
            self._store.create(entry_key(entry.number), records.encode(entry), PRIVATE)
        except ObjectExists:
            return False
        return True

    def add(self, owner: str, record: R, like: int | None = None) -> R:
        """Create a revision. What the store then keeps under its key: this very record, or another's that was first.

        `like` is the number of the revision that it repeats: what another version of this program wrote there, and this
        one does not know, is carried over.
        """
        key = records.key_of(owner, record.number)
        known = records.key_of(owner, like) if like else ""
        values = records.parse(self._store.read(known).data, known) if known else None
        try:
            self._store.create(key, records.encode(record, values), PRIVATE)
        except ObjectExists:
            return self.read(key, type(record))
        return record

    def read(self, key: str, kind: type[R]) -> R:
        """One record, past the cache. Raises ObjectMissing, Damaged."""
        return records.decode(self._store.read(key).data, key, kind)

    def _read(self, keys: Iterable[str], listing: Mapping[str, Stat], kind: type[R]) -> list[R]:
        """Some records: those that this machine has not seen are fetched, many at once."""
        stats = [listing[key] for key in keys]
        by_key = {stat.key: record for stat in stats if (record := self._known(stat, kind))}
        missing = [stat for stat in stats if stat.key not in by_key]
        fetched = each(lambda stat: self._fetch(stat, kind), missing, _READERS)
        by_key |= zip((stat.key for stat in missing), fetched, strict=True)
        self._seen |= {(stat.key, stat.version): by_key[stat.key] for stat in stats}
        return [by_key[stat.key] for stat in stats]

    def _known(self, stat: Stat, kind: type[R]) -> R | None:
        """A record that this process or this machine has seen."""
        seen = self._seen.get((stat.key, stat.version))
        if isinstance(seen, kind):
            return seen
        with contextlib.suppress(OSError, Damaged):
            record = records.decode(self._file(stat).read_bytes(), stat.key, kind)
            _LOG.debug("cache has %s", stat.key)
            return record
        return None

    def _fetch(self, stat: Stat, kind: type[R]) -> R:
        data = self._store.read(stat.key).data
        record = records.decode(data, stat.key, kind)
        with contextlib.suppress(OSError):  # a cache that cannot be written costs time, nothing else
            write_whole(self._file(stat), data)
        return record

    def _file(self, stat: Stat) -> Path:
        """Where the cache keeps a record."""
        return self._cache / f"{hashlib.sha256(f'{stat.key} {stat.version}'.encode()).hexdigest()}.json"


def _is_listed(key: str) -> bool:
    return records.parse_key(key) is not None or is_entry(key)


def _check_versions(newest: Sequence[Record]) -> None:
    """Raise Outdated if a newer version of this program wrote any of these."""
    for record in newest:
        if records.is_newer(record.tool):
            name = record.episode.slug if isinstance(record, EpisodeRecord) else records.SHOW
            raise records.newer_program(
                say("Revision {number} of {name}", number=record.number, name=name), record.tool
            )


def find(archive: Archive, name: str, *, guess: bool = False) -> EpisodeRecord:
    """The newest revision of an episode by GUID or slug; by a former slug, if it is nobody's now. Raises UsageError.

    With `guess` also by its number, or by a part of its slug, where only one can be meant.
    """
    present = archive.episodes.get(name) or archive.by_slug.get(name)
    if present:
        return present
    former = [record for record in archive.episodes.values() if name in record.episode.former_slugs]
    if len(former) == 1:
        return former[0]
    if former:
        names = ", ".join(f"{record.episode.slug} (“{record.episode.title}”)" for record in former)
        raise UsageError(
            say("Several episodes were called {name}: {names}.", name=name, names=names), "Name the one that you mean."
        )
    parts = meant(name, archive.by_slug, lambda slug: archive.by_slug[slug].episode.number) if guess else []
    if len(parts) == 1:
        return archive.by_slug[parts[0]]
    if parts:
        raise UsageError(
            say("{name} may be {parts}.", name=name, parts=", ".join(sorted(parts))), "Name the one that you mean."
        )
    near = get_close_matches(name, archive.by_slug, n=1)
    have = ", ".join(sorted(archive.by_slug)) or "none yet"
    hint = say("Did you mean {near}?", near=near[0]) if near else say("Published are: {have}.", have=have)
    raise UsageError(say("There is no published episode {name}.", name=name), hint)


def revision_of(revisions: Sequence[EpisodeRecord], number: int | None) -> EpisodeRecord:
    """The revision with a number; the newest, if none is given. Raises UsageError if there is none."""
    if number is None:
        return revisions[-1]
    for record in revisions:
        if record.number == number:
            return record
    raise UsageError(
        say("There is no revision {number}.", number=number),
        say("There are 1 to {number}.", number=revisions[-1].number),
    )
