"""Records: what was published, revision by revision. Pure: bytes in, values out.

A record is JSON with sorted keys. Its `digest` is the SHA-256 of the same JSON without `digest`, so that a record
that was damaged or tampered with is noticed. Keys are `records/<owner>/<number>.json`, where the owner is "show" or
stands for an episode's GUID; a key never changes its content.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, Field, JsonValue, ValidationError

from sendung.core.errors import Damaged, Outdated
from sendung.core.field_types import written_moment
from sendung.core.model import Asset, Episode, Fact, Show
from sendung.core.version import __version__
from sendung.core.words import say
from sendung.records.status import Status

PREFIX = "records/"
PRIVATE_FILES = "records/customers/files/"
"""What is for customers only, as it was made; what they fetch is a copy. Below PREFIX: no public may read it."""


SHOW = "show"


_DIGEST_LINE = re.compile(rb'^ "digest": "sha256:([0-9a-f]{64})",\n', re.MULTILINE)


_FORMAT_LINE = re.compile(rb'^ "format": [123],\n', re.MULTILINE)


class Record(Fact):
    """One immutable revision: who published what, when, with which version, from which source."""

    format: Literal[1, 2, 3] = 1
    """What a version must know to render it: 2 has templates, which versions before these would leave out; 3 has what
    is for customers, which they would show to all."""
    number: int
    """Counts from 1 for each owner."""
    source: dict[str, JsonValue]
    """What the draft or show.yaml said that it was made from, and the digests of the files beside it."""
    by: str
    at: AwareDatetime
    tool: str
    """The version of Sendung that wrote it."""

    @property
    def stated(self) -> Mapping[str, JsonValue]:
        """What a host stated, as a draft of today says it: the source, with what earlier versions left out of it."""
        return self.source


class EpisodeRecord(Record):
    """A revision of one episode."""

    kind: Literal["episode"] = "episode"
    withdrawn: bool = False
    """The episode left the feed with this revision."""
    meant: bool = False
    """A host said that what this revision does to the feed is meant: the episode goes, or its date changes."""
    repeats: int | None = Field(None, exclude_if=lambda value: value is None)
    """The number of the revision that a rollback put back with it; not written where it is none of a rollback."""
    audience: Literal["customers"] | None = Field(None, exclude_if=lambda value: value is None)
    """customers: nobody else gets it, and `episode` is all of it. None: everybody."""
    teaser: bool = Field(False, exclude_if=lambda value: not value)
    """Whether the public is told that there is an episode for customers; not written where it is not."""
    episode: Episode
    whole: Episode | None = Field(None, exclude_if=lambda value: value is None)
    """What customers get, where that is more than the public does."""

    @property
    def for_customers(self) -> Episode | None:
        """What customers get that the public does not; None where they get the same."""
        return self.episode if self.audience else self.whole

    @property
    def stated(self) -> Mapping[str, JsonValue]:
        """The source, the moment that its date was, and the folder's name, which is part of the address.

        Earlier versions wrote the moment into the facts only.
        """
        moment = (
            {} if "date" not in self.source or MOMENT in self.source else {MOMENT: written_moment(self.episode.date)}
        )
        return stated({**self.source, **moment}, self.episode.slug)

    def public(self, now: datetime) -> bool:
        """Whether the public may see the episode: its date has come, here or on the machine that published it.

        The second keeps an episode that was reported as published in the feed when a machine whose clock is late
        renders it.
        """
        return self.audience is None and self.released(now)

    def released(self, now: datetime) -> bool:
        """Whether those whom it is for may have it."""
        return not self.withdrawn and (self.episode.date <= now or self.episode.date <= self.at)


class ShowRecord(Record):
    """A revision of the show."""

    kind: Literal["show"] = "show"
    show: Show
    audio: dict[str, str | int | float | bool | None]
    """The mastering settings of show.yaml, for a host whose show.yaml is stale."""
    templates: dict[str, Asset] | None = Field(None, exclude_if=lambda value: value is None)
    """The show's own page templates, by name; None: it was written before records kept them."""


R = TypeVar("R", bound=Record)

MOMENT = "moment"
"""The key of a source under which the moment stands that its "date" is in the show's zone."""
FOLDER = "folder"
"""The key of a folder's name among what a host stated: no key of episode.yaml."""


def stated(source: Mapping[str, JsonValue], folder: str | None) -> Mapping[str, JsonValue]:
    """A source with the name of its folder; None for the show's, whose folder may have any."""
    return source if folder is None else {**source, FOLDER: folder}


def status_of(source: Mapping[str, JsonValue], revisions: Sequence[Record]) -> Status:
    """How a source stands to all revisions of its owner, oldest first.

    Equal to the newest: unchanged. Equal to an older one: stale, that is the other host published something newer
    that this checkout has not seen (DESIGN, promise 2).
    """
    if not revisions:
        return Status.NEW
    if revisions[-1].stated == source:
        return Status.UNCHANGED
    return Status.STALE if any(record.stated == source for record in revisions) else Status.EDITED


@dataclass(frozen=True)
class Change:
    """One key of a source that differs between two of them; None where the key is not set."""

    key: str
    old: JsonValue
    new: JsonValue


def changes(old: Mapping[str, JsonValue], new: Mapping[str, JsonValue]) -> tuple[Change, ...]:
    """What differs between two sources, by key; of a date, what is written rather than the moment that it is."""
    hidden = {MOMENT} if old.get("date") != new.get("date") else set()
    keys = sorted((old.keys() | new.keys()) - hidden)
    return tuple(Change(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key))


@dataclass(frozen=True)
class Revision:
    """A revision, and what it changed."""

    record: Record
    changes: tuple[Change, ...]
    """Against the revision before; everything for the first one."""

    @property
    def withdrawn(self) -> bool:
        """Whether the episode left the feed with it."""
        return isinstance(self.record, EpisodeRecord) and self.record.withdrawn


def with_changes(revisions: Sequence[Record]) -> tuple[Revision, ...]:
    """Revisions, oldest first, each with what it changed."""
    first = [Revision(record, changes({}, record.source)) for record in revisions[:1]]
    return (*first, *(Revision(new, changes(old.stated, new.stated)) for old, new in pairwise(revisions)))


def since(source: Mapping[str, JsonValue], revisions: Sequence[Record]) -> tuple[Revision, ...]:
    """What came after the newest revision that a source equals, oldest first; nothing if it equals none."""
    last = agreement(source, revisions)
    return with_changes(revisions)[last:] if last else ()


def agreement(source: Mapping[str, JsonValue], revisions: Sequence[Record]) -> int:
    """How many revisions there were when the newest came that a source equals; 0 if it equals none."""
    return max((count for count, record in enumerate(revisions, 1) if record.stated == source), default=0)


@dataclass(frozen=True)
class TakenBack:
    """A change that another revision made, and that a source would undo."""

    change: Change
    """From what the source says to what is published."""
    record: Record
    """The revision that made it."""


def taken_back(
    source: Mapping[str, JsonValue], revisions: Sequence[Record], base: int | None = None
) -> tuple[TakenBack, ...]:
    """What an edited source would take back of what others changed.

    `base` is the number of the revision with which the source agreed before it was edited: what has changed since, and
    is not so in the source, would be lost. Where that is not known, so are keys where the source says what an older
    revision said, not the newest; a host who types an old value again on purpose looks just the same, and is asked as
    well. Mappings (and with a base lists of mappings, too) are compared entry by entry.
    """
    known = next((record for record in revisions if record.number == base), None)
    if known is None:
        return tuple(loss for loss, before in _replaced(source, revisions, lists=False) if loss.change.old in before)
    then = flat(known.stated, lists=True)
    losses = (loss for loss, _ in _replaced(source, revisions, lists=True))
    return tuple(loss for loss in losses if then.get(loss.change.key) != loss.change.new)


def replaced(source: Mapping[str, JsonValue], revisions: Sequence[Record]) -> tuple[TakenBack, ...]:
    """All that a source puts others in the place of, with the revision that wrote it, whether that was seen or not."""
    return tuple(loss for loss, _ in _replaced(source, revisions, lists=True))


def _replaced(
    source: Mapping[str, JsonValue], revisions: Sequence[R], *, lists: bool
) -> Iterator[tuple[TakenBack, list[JsonValue]]]:
    """Each key that a source changes, with what the key was before its present value."""
    values = [flat(record.stated, lists=lists) for record in revisions]
    for change in changes(flat(source, lists=lists), values[-1] if values else {}):
        history = [value.get(change.key) for value in values]
        latest = max((index for index in range(1, len(history)) if history[index] != history[index - 1]), default=0)
        yield TakenBack(change, revisions[latest]), history[:latest]


_NAMES = ("name", "at", "title", "url", "file")
"""Keys by which an entry of a list is known; the first that tells all of its entries apart."""


def flat(source: Mapping[str, JsonValue], *, lists: bool) -> dict[str, JsonValue]:
    """A source by the ways to its values: "listen_on.YouTube", and with `lists` "hosts.Sven Kramer.role"."""
    values: dict[str, JsonValue] = {}
    for key, value in source.items():
        entries = value if isinstance(value, dict) else _named(value) if lists else None
        if entries:
            values |= {f"{key}.{way}": entry for way, entry in flat(entries, lists=lists).items()}
        else:
            values[key] = value
    return values


def _named(value: JsonValue) -> dict[str, JsonValue] | None:
    """The entries of a list of mappings by their names; None for anything else."""
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        return None
    for key in _NAMES:
        named = {str(entry[key]): entry for entry in value if isinstance(entry, dict) and key in entry}
        if value and len(named) == len(value):
            return dict(named)
    return None


def owner_of(guid: str) -> str:
    """The part of a record's key that stands for an episode's GUID: itself where it can, else a digest of it."""
    if re.fullmatch(r"[A-Za-z0-9_-]{1,80}", guid) and guid != SHOW:
        return guid
    return "x-" + hashlib.sha256(guid.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def key_of(owner: str, number: int) -> str:
    """The key of a revision."""
    return f"{PREFIX}{owner}/{number:06}.json"


def parse_key(key: str) -> tuple[str, int] | None:
    """Owner and number of a record's key; None for other keys."""
    match = re.fullmatch(r"records/([A-Za-z0-9_-]+)/(\d{6,})\.json", key)
    return (match[1], int(match[2])) if match else None


def newest(keys: Iterable[str]) -> dict[str, int]:
    """The highest revision number of each owner among some keys."""
    numbers: dict[str, int] = {}
    for owner, number in filter(None, map(parse_key, keys)):
        numbers[owner] = max(number, numbers.get(owner, 0))
    return numbers


_HINT = "Restore this object from a backup of the store; nothing else is harmed."


def encode(record: BaseModel, like: Mapping[str, JsonValue] | None = None) -> bytes:
    """The bytes of a record: the same for equal records.

    `like` are the `parse`d values of the revision that it repeats: what another version wrote there is carried over.
    """
    values = _carried(dict(like or {}), record.model_dump(mode="json"))
    return _json({**values, "digest": _digest(values)})


def _carried(old: Any, new: Any) -> Any:
    """New values, with the keys of the old ones that this version does not know."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _carried(old.get(key), value) for key, value in new.items()}}
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [_carried(*pair) for pair in zip(old, new, strict=True)]
    return new


def parse(data: bytes, key: str) -> dict[str, JsonValue]:
    """All that the bytes of a record say, but for its digest, also what is not known here. Raises Damaged; Outdated."""
    try:
        values: dict[str, JsonValue] = json.loads(data)
        digest = values.pop("digest")
    except (ValueError, AttributeError, KeyError, TypeError):
        raise Damaged(say("{key} is not a record.", key=key), _HINT) from None
    if digest != _digest(values):
        raise Damaged(say("{key} was changed after it was written: its digest does not match.", key=key), _HINT)
    if values.get("format") not in {1, 2, 3}:
        raise newer_program(key, str(values.get("tool")))
    return values


def is_newer(tool: str) -> bool:
    """Whether a version may write what this one does not know: a patch release (semver.org) does not."""
    theirs, ours = (re.match(r"(\d+)\.(\d+)\.", version) for version in (tool, __version__))
    return bool(theirs and ours and [*map(int, theirs.groups())] > [*map(int, ours.groups())])


def newer_program(name: str, tool: str) -> Outdated:
    """The error for a record that only a newer version understands."""
    message = say(
        "{name} was written by a newer Sendung ({tool}; this is {version}).", name=name, tool=tool, version=__version__
    )
    return Outdated(message, "Update Sendung on this machine. Nothing was written.")


def decode(data: bytes, key: str, kind: type[R]) -> R:
    """The record that the bytes of an object hold. Raises Damaged, naming the key; Outdated."""
    if not _is_as_written(data):
        parse(data, key)
    try:
        return kind.model_validate_json(data)
    except ValidationError as error:
        if is_newer(tool := str(json.loads(data).get("tool"))):
            raise newer_program(key, tool) from None
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise Damaged(
            say("{key} is not a record of this kind: {where}: {first}.", key=key, where=where, first=first["msg"]),
            _HINT,
        ) from None


def _is_as_written(data: bytes) -> bool:
    """Whether these are the very bytes of `encode`: then the digest can be checked without making the JSON anew."""
    line = _DIGEST_LINE.search(data)
    if line is None or not _FORMAT_LINE.search(data):
        return False
    return hashlib.sha256(data[: line.start()] + data[line.end() :]).hexdigest() == line[1].decode()


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False).encode() + b"\n"


def _digest(values: object) -> str:
    return "sha256:" + hashlib.sha256(_json(values)).hexdigest()


def texts_in(values: JsonValue) -> set[str]:
    """Every text in some JSON values, at any depth."""
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, list):
        return {text for value in values for text in texts_in(value)}
    return {values} if isinstance(values, str) else set()


def assets_of(facts: BaseModel) -> list[Asset]:
    """Every asset that an episode, a show or a record of one names."""
    return _assets_in(facts.model_dump())


def _assets_in(value: object) -> list[Asset]:
    if isinstance(value, dict):
        if value.keys() == Asset.model_fields.keys():
            return [Asset.model_validate(value)]
        return [asset for item in value.values() for asset in _assets_in(item)]
    if isinstance(value, list | tuple):
        return [asset for item in value for asset in _assets_in(item)]
    return []
