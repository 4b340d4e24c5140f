"""A bucket at an S3 service: single requests, sent again after faults that pass."""

from __future__ import annotations

import contextlib
import hashlib
import random
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sendung.core.atomic_write import writing
from sendung.core.errors import Damaged, ObjectMissing, SendungError, Unreachable
from sendung.core.words import say
from sendung.store.interface import Headers, Stat, Stored, Version
from sendung.store.s3.body import Body, content_md5, md5
from sendung.store.s3.errors import FAULTS, TIMEOUTS, explain, passes

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

T = TypeVar("T")

CONNECTIONS = 24
"""Size of the connection pool: for parallel parts, or parallel readers of records and of listings."""

_MD5 = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Patience:
    """How often a request is sent, and how long to wait between (seconds; doubled each time, with jitter)."""

    tries: int = 7
    first: float = 0.2
    most: float = 8.0
    timeouts: int = 3
    """A request that was not answered in time so often is given up."""
    settle: float = 1.0
    """The least time to give another writer between looking and writing, on services that ignore conditions."""

    def seconds(self, number: int) -> float:
        """How long to wait after try `number` (from 0) has failed."""
        return min(self.most, self.first * 2.0**number) * random.uniform(0.5, 1)  # noqa: S311 - jitter is no secret


@dataclass(frozen=True)
class Bucket:
    """Where objects go at an S3 service. `prefix` is empty or ends in "/"; `service` is its name in messages.

    Keys are relative to the prefix. Every fault that lasts is raised as an error of the StoreError family.
    """

    client: S3Client
    name: str
    prefix: str
    service: str
    patience: Patience = Patience()
    never: threading.Event = field(default_factory=threading.Event, compare=False)
    seen: threading.Event = field(default_factory=threading.Event, compare=False)
    """Set once the bucket is known to exist."""

    def at(self, key: str) -> dict[str, Any]:
        """The arguments that name an object."""
        return {"Bucket": self.name, "Key": self.prefix + key}

    def explain(self, error: BaseException) -> SendungError:
        """The error to show for one that boto3 raised."""
        return explain(error, self.name, self.service)

    def ask(self, action: Callable[[], T]) -> T:
        """What `action` (one request) returns; sent again after passing faults."""
        timeouts = 0
        for number in range(self.patience.tries):
            try:
                return action()
            except FAULTS as error:
                timeouts += isinstance(error, TIMEOUTS)
                last = number + 1 == self.patience.tries or timeouts == self.patience.timeouts
                if last or not passes(error) or self.never.wait(self.patience.seconds(number)):
                    raise self.explain(error) from error
        raise AssertionError  # pragma: no cover - the last try returns or raises

    def head(self, key: str) -> Stat | None:
        """What is known of an object, or None if it is not there."""

        def fetch() -> Stat:
            head = self.client.head_object(**self.at(key))
            return Stat(key, head["ContentLength"], version_of(head), _recorded_digest(head))

        try:
            return self.ask(fetch)
        except SendungError as error:
            if not isinstance(error, Unreachable | Damaged):
                self._find_reason(error)
            if isinstance(error, ObjectMissing):
                return None
            raise

    def check(self) -> None:
        """Raise whatever keeps the bucket from being used, with its reason."""
        self.ask(lambda: self.client.list_objects_v2(Bucket=self.name, Prefix=self.prefix, MaxKeys=1))
        self.seen.set()

    def _find_reason(self, error: SendungError) -> None:
        """Raise why a HEAD failed: its answer has no body, and says the same of a missing key and a missing bucket."""
        if not (isinstance(error, ObjectMissing) and self.seen.is_set()):
            self.check()

    def get(self, key: str) -> Stored | None:
        """An object, or None. Read again if it is not what its ETag or its recorded digest says.

        An ETag is not everywhere the MD5 of the bytes, and some services mix up two writers' metadata: if two readings
        agree, they are right.
        """
        readings: set[str] = set()

        def fetch() -> Stored:
            answer = self.client.get_object(**self.at(key))
            stored = Stored(answer["Body"].read(), version_of(answer))
            digest = hashlib.sha256(stored.data).hexdigest()
            recorded = _recorded_digest(answer) in {None, digest}
            if not (recorded and _may_be(stored.version, stored.data)) and digest not in readings:
                readings.add(digest)
                raise Damaged(
                    say("{key} does not arrive as {service} holds it.", key=key, service=self.service),
                    "Check the network.",
                )
            return stored

        try:
            return self.ask(fetch)
        except ObjectMissing:
            return None

    def download(self, key: str, path: Path) -> None:
        """Write an object to a file, a piece at a time; again from the start where the connection breaks.

        Raises ObjectMissing; Damaged if it is not what was recorded with it, or not as long as the service says.
        """

        def fetch() -> None:
            answer = self.client.get_object(**self.at(key))
            digest, size = hashlib.sha256(), 0
            with writing(path) as file:
                for chunk in answer["Body"].iter_chunks(1 << 20):
                    file.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
                if size != answer["ContentLength"] or _recorded_digest(answer) not in {None, digest.hexdigest()}:
                    raise Damaged(say("{key} does not arrive as {service} holds it.", key=key, service=self.service))

        self.ask(fetch)

    def digest(self, key: str) -> str:
        """The SHA-256 (hexadecimal) of what the service sends for a key. Raises ObjectMissing."""

        def fetch() -> str:
            digest = hashlib.sha256()
            for chunk in self.client.get_object(**self.at(key))["Body"].iter_chunks(1 << 20):
                digest.update(chunk)
            return digest.hexdigest()

        return self.ask(fetch)

    def put(self, key: str, data: bytes, fields: Mapping[str, Any]) -> Version:
        """Write an object: one request, and every fault is raised as boto3 does."""
        where = self.at(key) | {"Metadata": {"sha256": hashlib.sha256(data).hexdigest()}}
        check = content_md5(md5(data))
        return version_of(self.client.put_object(**where, Body=Body(data), ContentMD5=check, **fields))

    def copy(self, source: str, key: str, fields: Mapping[str, Any]) -> None:
        """Have the service copy an object (of at most 5 GB: CopyObject). Raises ObjectMissing."""
        origin: Any = {"Bucket": self.name, "Key": self.prefix + source}
        self.ask(lambda: self.client.copy_object(**self.at(key), CopySource=origin, **fields))

    def delete(self, key: str) -> None:
        """Remove an object; removing what is not there succeeds."""
        with contextlib.suppress(ObjectMissing):
            self.ask(lambda: self.client.delete_object(**self.at(key)))

    def pages(
        self, action: Callable[..., Any], markers: Mapping[str, str], **fields: Any
    ) -> Iterator[Mapping[str, Any]]:
        """The pages of a listing, each asked for when it is needed.

        `markers` maps where a page says what it ends with to the argument that asks for what follows.
        """
        while True:
            page = self.ask(partial(action, Bucket=self.name, **fields))
            yield page
            if not page.get("IsTruncated"):
                return
            following = {asks: page[tells] for tells, asks in markers.items() if page.get(tells)}
            if not following:
                raise Damaged(
                    say("{service} ends a listing before its end.", service=self.service),
                    "Ask those who run the service.",
                )
            fields |= following


def fields_of(headers: Headers) -> dict[str, Any]:
    """The arguments that say how an object is served."""
    fields = {
        "ContentType": headers.content_type,
        "CacheControl": headers.cache_control,
        "ContentDisposition": headers.content_disposition,
        "ContentEncoding": headers.content_encoding,
    }
    return {name: value for name, value in fields.items() if value}


def version_of(answer: Mapping[str, Any]) -> Version:
    """The version in an answer: its ETag without the quotes, which some services leave out in listings.

    Raises Damaged if it has none.
    """
    etag = str(answer.get("ETag", "")).strip('"')
    if not etag:
        raise Damaged("An answer of the store holds no ETag.", "Run the command again.")
    return Version(etag)


def is_md5(etag: str) -> bool:
    """Whether an ETag looks like the MD5 of the bytes, which it is not everywhere."""
    return _MD5.fullmatch(etag) is not None


def _may_be(etag: str, data: bytes) -> bool:
    """Whether an ETag can be that of these bytes: it is their MD5, or no MD5 at all."""
    return etag == md5(data).hex() or not is_md5(etag)


def _recorded_digest(answer: Mapping[str, Any]) -> str | None:
    """The SHA-256 that was recorded with an object; some services change the case of the name."""
    return {name.lower(): value for name, value in answer.get("Metadata", {}).items()}.get("sha256")
