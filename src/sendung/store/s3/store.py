"""A store in a bucket of any S3 service.

Services differ, and none is asked for its name; what they do decides:
- Conditions (If-None-Match, If-Match) are always sent, and never trusted before they were tried: until then the object
  is looked at before and, when it was created or the outcome is not known, afterwards. A service that answers 501 gets
  no further conditions.
- Some take If-Match only with a quoted ETag, some only with a bare one: when the one is refused although the object has
  not changed, the other is sent from then on.
- A refusal can be the answer to a repeated request whose first reply was lost, and a 5xx can mean that it was done: so
  after either, what is stored decides.
- A service that ignores conditions cannot say who of two writers was first. Whoever creates an object there waits for
  longer than another may take from looking to writing, and looks again: the last writer has won. (M. Fischer's rule, in
  L. Lamport, "A fast mutual exclusion algorithm", 1987.) Several that are created from several threads wait together.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from sendung.core.concurrency import each
from sendung.core.errors import Damaged, ObjectChanged, ObjectExists, ObjectMissing, SendungError, StoreError
from sendung.core.words import say
from sendung.store.interface import Abilities, Headers, Stat, Stored, Version, Write
from sendung.store.keys import HIDDEN, check_key, is_key
from sendung.store.s3.body import md5
from sendung.store.s3.bucket import Bucket, fields_of, is_md5, version_of
from sendung.store.s3.errors import FAULTS, Reply, passes
from sendung.store.s3.upload import PART_SIZE, Upload

_SCRATCH = f"{HIDDEN}/conditions"
_LOOKERS = 8
"""Objects that are looked for and created at once, whoever waits to look again: if all were, each would take longer
from looking to writing than another writer waits."""
_LISTERS = 8
"""Listings under way at once."""
_EXPECTED = 950
"""How many keys to expect of one that may hold 1,000, so that what is new does not ask for another."""


_MANY = 16
"""So many objects are replaced before it pays to find out whether the service guards them."""


class _Span(NamedTuple):
    """The keys after one, up to and with another; empty for no end."""

    after: str
    until: str


class _Piece(NamedTuple):
    """What was listed of a span, and the first key after its begin and after its end, none if there is none."""

    stats: Sequence[Stat]
    first: Sequence[str]
    beyond: Sequence[str]


class _Disorder(Exception):
    """A service lists in another order than that of S3."""


def _is_known_as(present: Stat, data: bytes) -> bool:
    """Whether what is known of an object says that it has these bytes."""
    return present.version == md5(data).hex() or present.sha256 == hashlib.sha256(data).hexdigest()


def _spans(expected: Sequence[str]) -> list[_Span]:
    """What to list at once, if these keys (in order) are expected: all keys, cut where the next request would begin."""
    cuts = expected[_EXPECTED - 1 : -1 : _EXPECTED]
    return [_Span(*ends) for ends in pairwise(["", *cuts, ""])]


class S3Store:
    """Objects in a bucket, below its prefix. `part_size` (bytes, at least 5 MiB) is that of multipart uploads."""

    def __init__(self, bucket: Bucket, part_size: int = PART_SIZE) -> None:
        self._bucket = bucket
        self._part_size = part_size
        self._writes: list[Write] = []
        self._conditional = True
        self._quoted = True
        self._honoured: bool | None = None
        self._guards: bool | None = None
        """Whether the service refuses to write over another version than the expected one."""
        self._replaced = 0
        self._probing = threading.Lock()
        self._looking = threading.BoundedSemaphore(_LOOKERS)

    @property
    def name(self) -> str:
        """The store's URL."""
        return f"s3://{self._bucket.name}/{self._bucket.prefix}".rstrip("/")

    @property
    def writes(self) -> tuple[Write, ...]:
        """What was written through this object so far, in order."""
        return tuple(self._writes)

    def read(self, key: str) -> Stored:
        """The whole of a small object. Raises ObjectMissing."""
        stored = self._bucket.get(check_key(key))
        if stored is None:
            raise ObjectMissing(say("{name} holds no {key}.", name=self.name, key=key))
        return stored

    def create(self, key: str, data: bytes, headers: Headers) -> Version:
        """Write an object that must not be there yet. Raises ObjectExists if there are other bytes."""
        check_key(key)
        wrote = False
        fault: Exception | None = None
        for number in range(self._bucket.patience.tries):
            with self._looking:
                looked = time.monotonic()
                stored = self._bucket.get(key)
                if stored is not None:
                    return self._created(key, data, stored, wrote)
                try:
                    self._put(key, data, headers, None)
                    wrote = True
                except FAULTS as error:
                    wrote = self._is_unknown(error, number) or wrote
                    fault = error
                took = time.monotonic() - looked
            if wrote and not self.honours_conditions():
                self._bucket.never.wait(max(self._bucket.patience.settle, 3 * took))
        raise self._unsettled(key, fault)

    def replace(self, key: str, data: bytes, headers: Headers, version: Version | None) -> Version:
        """Write an object if it still has `version` (None: is absent). Raises ObjectChanged."""
        check_key(key)
        seen: Version | None = version
        if self._looks_before(version, data):
            present = self._bucket.head(key)
            seen = present.version if present else None
            if present and seen == version and _is_known_as(present, data):
                return present.version
        fault: Exception | None = None
        for number in range(self._bucket.patience.tries):
            if seen != version:
                raise ObjectChanged(
                    say("Somebody else has written {key} in {name} meanwhile.", key=key, name=self.name),
                    "Run it again.",
                )
            quoted = self._quoted
            try:
                return self._wrote(key, data, self._put(key, data, headers, version))
            except FAULTS as error:
                if not self._is_unknown(error, number):
                    self._quoted = not quoted  # not what another thread has made of it meanwhile
                fault = error
            stored = self._bucket.get(key)
            if stored is not None and stored.data == data:
                return self._wrote(key, data, stored.version)
            seen = stored.version if stored else None
        raise self._unsettled(key, fault)

    def _looks_before(self, version: Version | None, data: bytes) -> bool:
        """Whether an object is to be looked at before it is replaced: its version may be that of equal bytes.

        A service that refuses to write over another version needs no look besides; whether it does is found out
        once many objects are replaced, for it takes some requests.
        """
        if version is not None and (version == md5(data).hex() or not is_md5(version)):
            return True
        self._replaced += 1
        if self._replaced <= _MANY:
            return True
        with self._probing:
            if self._guards is None:
                self._guards = self._conditional and self.abilities().replace
            return not self._guards

    def upload(self, key: str, path: Path, sha256: str, headers: Headers, sent: Callable[[int], None]) -> None:
        """Send a file, large ones in parallel parts, and verify what the service then says of it. Raises Damaged."""
        size = Upload(self._bucket, check_key(key), path, sha256, headers, part_size=self._part_size).run(sent)
        if size is not None:
            self._writes.append(Write(key, size))

    def copy(self, source: str, key: str, headers: Headers) -> None:
        """Let the service copy an object, and look at what it then says of it. Raises ObjectMissing, Damaged."""
        origin, present = self._bucket.head(check_key(source)), self._bucket.head(check_key(key))
        if origin is None:
            raise ObjectMissing(say("{name} holds no {source}.", name=self.name, source=source))
        if present is not None and present.size == origin.size:
            return
        digest = {"Metadata": {"sha256": origin.sha256}} if origin.sha256 else {}
        fields: dict[str, Any] = {**fields_of(headers), **digest, "MetadataDirective": "REPLACE"}
        self._bucket.copy(source, key, fields)
        present = self._bucket.head(key)
        if present is None or present.size != origin.size:
            raise Damaged(say("The store does not hold {key} as it was copied.", key=key), "Run the command again.")
        self._writes.append(Write(key, 0))

    def download(self, key: str, path: Path) -> None:
        """Write an object to a file, a piece at a time. Raises ObjectMissing, Damaged."""
        self._bucket.download(check_key(key), path)

    def stat(self, key: str) -> Stat | None:
        """Size, version and recorded digest of an object, or None."""
        return self._bucket.head(check_key(key))

    def list(self, prefix: str, hints: Collection[str] = ()) -> Iterator[Stat]:
        """Every object whose key starts with `prefix`, by key in byte order, 1,000 a request.

        A request cannot be sent before the one before it is answered, but for `hints`: they tell where to begin others.

        A service may have an order of its own, and nothing can be said then of what lies between two keys. So what is
        listed at once must join, each piece going on as the next one begins, and hold all that was expected; else
        everything is listed again, from end to end.
        """
        expected = sorted(key for key in hints if key.startswith(prefix))
        spans = _spans(expected)
        if len(spans) > 1:
            with contextlib.suppress(_Disorder):
                pieces = each(lambda span: self._list_span(prefix, span), spans, _LISTERS)
                stats = [stat for piece in pieces for stat in piece.stats]
                joined = all(piece.beyond == following.first for piece, following in pairwise(pieces))
                if joined and {stat.key for stat in stats}.issuperset(expected):
                    return iter(stats)
        return self._list_all(prefix)

    def _list_all(self, prefix: str) -> Iterator[Stat]:
        for page in self._pages(prefix, ""):
            for key, item in page:
                if is_key(key) and (stat := self._listed(key, item)):
                    yield stat

    def _list_span(self, prefix: str, span: _Span) -> _Piece:
        """The objects in a span. A service may begin before it. Raises _Disorder if it has an order of its own.

        A page that goes beyond the span is read to its end, since an order shows itself in what follows.
        """
        stats: list[Stat] = []
        keys: list[str] = [""]
        for page in self._pages(prefix, span.after):
            for key, item in page:
                if key < keys[-1]:
                    raise _Disorder
                keys.append(key)
                inside = key > span.after and not (span.until and key > span.until)
                if inside and is_key(key) and (stat := self._listed(key, item)):
                    stats.append(stat)
            if span.until and keys[-1] > span.until:
                break
        first = keys[bisect_right(keys, span.after) :][:1]
        beyond = keys[bisect_right(keys, span.until) :][:1] if span.until else []
        return _Piece(stats, first, beyond)

    def _pages(self, prefix: str, after: str) -> Iterator[Sequence[tuple[str, Mapping[str, Any]]]]:
        """Keys, and what a listing says of each, a page at a time, after a key ("" for all)."""
        start = len(self._bucket.prefix)
        markers = {"NextContinuationToken": "ContinuationToken"}
        fields = {"Prefix": self._bucket.prefix + prefix}
        if after:
            fields["StartAfter"] = self._bucket.prefix + after
        for page in self._bucket.pages(self._bucket.client.list_objects_v2, markers, **fields):
            yield [(item["Key"][start:], item) for item in page.get("Contents", [])]

    def _listed(self, key: str, entry: Mapping[str, Any]) -> Stat | None:
        """What a listing says of an object; None if it has gone since.

        rclone leaves out the ETag of what is being replaced at that moment, so the object itself is asked.
        """
        if entry.get("ETag"):
            return Stat(key, entry["Size"], version_of(entry), modified=entry["LastModified"])
        present = self._bucket.head(key)
        return replace(present, modified=entry["LastModified"]) if present else None

    def delete(self, key: str) -> None:
        """Remove an object; removing what is not there succeeds."""
        self._bucket.delete(check_key(key))

    def abilities(self) -> Abilities:
        """What the service refuses and keeps, tried on a scratch object."""
        create = self._probe()
        tag = "0" * 32
        replace = self._refuses({"IfMatch": f'"{tag}"' if self._quoted else tag})
        kept = self._bucket.head(_SCRATCH)
        return Abilities(create, replace, metadata=kept is not None and kept.sha256 is not None)

    def honours_conditions(self) -> bool:
        """Whether the service refuses a write whose condition does not hold; tried once, on a scratch key."""
        with self._probing:
            if self._honoured is None:
                self._honoured = self._probe()
            return self._honoured

    def _probe(self) -> bool:
        self._bucket.ask(lambda: self._bucket.put(_SCRATCH, b"", {}))
        return self._refuses({"IfNoneMatch": "*"})

    def _refuses(self, condition: dict[str, str]) -> bool:
        """Whether the service refuses to write the scratch object on a condition that does not hold."""
        try:
            self._bucket.ask(lambda: self._bucket.put(_SCRATCH, b"", condition))
        except StoreError as error:
            reply = Reply.of(error.__cause__)
            if reply.refused or reply.unsupported:
                return reply.refused
            raise
        return False

    def _put(self, key: str, data: bytes, headers: Headers, version: Version | None) -> Version:
        """Send an object once, on condition that what is stored has `version` (None: that nothing is)."""
        fields = fields_of(headers)
        if self._conditional:
            tag = f'"{version}"' if self._quoted else version
            fields |= {"IfNoneMatch": "*"} if version is None else {"IfMatch": tag}
        return self._bucket.put(key, data, fields)

    def _is_unknown(self, error: Exception, number: int) -> bool:
        """Whether a write that failed at try `number` may have been done all the same (then wait a while).

        If not, its condition did not hold, or the service takes none. Raises every other fault as what it is.
        """
        reply = Reply.of(error)
        if reply.unsupported and self._conditional:
            self._conditional = False
            return False
        if reply.refused:
            return False
        if not passes(error):
            raise self._bucket.explain(error) from error
        self._bucket.never.wait(self._bucket.patience.seconds(number))
        return True

    def _created(self, key: str, data: bytes, stored: Stored, wrote: bool) -> Version:
        if stored.data != data:
            raise ObjectExists(say("{name} already holds another {key}.", name=self.name, key=key))
        return self._wrote(key, data, stored.version) if wrote else stored.version

    def _wrote(self, key: str, data: bytes, version: Version) -> Version:
        self._writes.append(Write(key, len(data)))
        return version

    def _unsettled(self, key: str, fault: Exception | None) -> SendungError:
        """The error to show when no try came to an end."""
        if fault is None or Reply.of(fault).refused:
            return ObjectChanged(
                say("{key} in {name} keeps changing.", key=key, name=self.name),
                "Wait a while, then run the command again.",
            )
        return self._bucket.explain(fault)
