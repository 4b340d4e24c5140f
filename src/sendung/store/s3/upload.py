"""Sending one file to an S3 service: whole, or in parallel parts that an interrupted run has not sent yet."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any

from sendung.core.errors import Damaged, SendungError, Unreachable
from sendung.store.interface import Headers, Stat
from sendung.store.s3.body import Body, content_md5, md5
from sendung.store.s3.bucket import Bucket, fields_of, version_of
from sendung.store.s3.errors import FAULTS, Reply, UploadGone

PART_SIZE = 8 << 20
"""Bytes. Services ask for at least 5 MiB a part."""
_MOST_PARTS = 9_000
_PARALLEL = 8
_UPLOAD_MARKERS = {"NextKeyMarker": "KeyMarker", "NextUploadIdMarker": "UploadIdMarker"}
_PART_MARKERS = {"NextPartNumberMarker": "PartNumberMarker"}


@dataclass
class _Part:
    number: int
    data: bytes

    @cached_property
    def digest(self) -> bytes:
        """MD5; made by the thread that sends the part."""
        return md5(self.data)


@dataclass(frozen=True)
class _Open:
    """A multipart upload, and the ETags of the parts it has."""

    id: str
    parts: dict[int, str]


class Upload:
    """One file on its way to one key. `part_size` in bytes."""

    def __init__(
        self, bucket: Bucket, key: str, path: Path, sha256: str, headers: Headers, *, part_size: int = PART_SIZE
    ) -> None:
        self._bucket = bucket
        self._key = key
        self._path = path
        self._sha256 = sha256
        self._fields = fields_of(headers) | {"Metadata": {"sha256": sha256}}
        self._size = path.stat().st_size
        self._part_size = max(part_size, -(-self._size // _MOST_PARTS))
        self._digests: dict[int, bytes] = {}
        self._asks_to_check = False
        self._joined: str | None = None
        self._told: dict[int, int] = {}
        self._telling = threading.Lock()
        self._sent_bytes = 0
        self._stopped = threading.Event()

    def run(self, sent: Callable[[int], None]) -> int | None:
        """Send the file unless the store holds it; the bytes that were sent, None if it was there already.

        Raises Damaged if the file or what is stored is not right.
        """
        there = self._bucket.head(self._key)
        if there is not None and self._is_recorded(there):
            sent(self._size)
            return None
        if self._size <= 2 * self._part_size:
            self._send_whole(sent)
        else:
            self._send_parts(sent)
        self._verify()
        return self._sent_bytes

    def _is_recorded(self, there: Stat) -> bool:
        """Whether an object is the file, as far as can be told without reading it back."""
        if there.size != self._size:
            return False
        if there.sha256 is not None:
            return there.sha256 == self._sha256
        return there.version == self._whole_md5()  # the service keeps no metadata

    def _verify(self) -> None:
        """Look at what the store holds, and read it back if it does not say all that it should.

        Nearly every service says what the object is made of when it joins the parts, and then there is nothing to ask:
        some would read all of it again for that. Raises Damaged.
        """
        if self._digests and self._joined == self._joined_etag():
            return
        there = self._bucket.head(self._key)
        if there is not None and there.size == self._size and there.sha256 == self._sha256 and self._has_etag(there):
            return
        if there is None or self._bucket.digest(self._key) != self._sha256:
            self._bucket.delete(self._key)
            raise Damaged(f"The store does not hold {self._key} as it was sent.", "Run the command again.")

    def _has_etag(self, there: Stat) -> bool:
        """Whether the ETag is what nearly every service makes of these bytes."""
        return (self._digests and there.version == self._joined_etag()) or there.version == self._whole_md5()

    def _joined_etag(self) -> str:
        """The ETag of the joined parts: the MD5 of their MD5s, and how many they are."""
        digests = b"".join(digest for _, digest in sorted(self._digests.items()))
        return f"{md5(digests).hex()}-{len(self._digests)}"

    def _whole_md5(self) -> str:
        with self._path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()

    def _pieces(self) -> Iterator[_Part]:
        """The file in parts. Raises Damaged at its end if it is not what its digest says."""
        whole = hashlib.sha256()
        with self._path.open("rb") as file:
            number = 0
            while data := file.read(self._part_size):
                number += 1
                whole.update(data)
                yield _Part(number, data)
        if whole.hexdigest() != self._sha256:
            raise Damaged(f"{self._path} is not the file that was to be uploaded.", "Run the command again.")

    def _send_whole(self, sent: Callable[[int], None]) -> None:
        data = b"".join(part.data for part in self._pieces())
        whole = _Part(1, data)
        fields = self._bucket.at(self._key) | self._fields
        self._bucket.ask(
            lambda: self._bucket.client.put_object(
                **fields, Body=self._body(whole, sent), ContentMD5=content_md5(whole.digest)
            )
        )
        self._sent_bytes = len(data)

    def _send_parts(self, sent: Callable[[int], None]) -> None:
        """Send what is missing and join it; start afresh if the upload ends meanwhile, as often as a request is tried.

        Somebody else may end it; and some services drop it for one part, or one list of parts, that was damaged on its
        way.
        """
        patience = self._bucket.patience
        for start in range(patience.tries):
            upload = self._resumable() or self._begin()
            try:
                self._fill(upload, sent)
                self._complete(upload)
            except UploadGone:
                there = self._bucket.head(self._key)
                if there is not None and self._is_recorded(there):
                    return
                if start + 1 == patience.tries or self._bucket.never.wait(patience.seconds(start)):
                    raise
            except Damaged:
                self._abort(upload.id)
                raise
            else:
                return

    def _begin(self) -> _Open:
        answer = self._bucket.ask(
            lambda: self._bucket.client.create_multipart_upload(**self._bucket.at(self._key), **self._fields)
        )
        return _Open(answer["UploadId"], {})

    def _resumable(self) -> _Open | None:
        """The newest unfinished upload of this key whose parts are the file's; the others are aborted."""
        resumable = None
        for upload_id in self._unfinished():
            parts = self._parts_of(upload_id)
            if resumable is None and parts is not None and self._are_ours(parts):
                resumable = _Open(upload_id, parts)
            else:
                self._abort(upload_id)
        return resumable

    def _unfinished(self) -> list[str]:
        """The ids of unfinished uploads of this key, newest first; none where the service does not list them."""
        key = self._bucket.at(self._key)["Key"]
        try:
            pages = list(self._bucket.pages(self._bucket.client.list_multipart_uploads, _UPLOAD_MARKERS, Prefix=key))
        except Unreachable:
            raise
        except SendungError:
            return []
        found = [one for page in pages for one in page.get("Uploads", []) if one["Key"] == key]
        return [one["UploadId"] for one in sorted(found, key=lambda one: one["Initiated"], reverse=True)]

    def _parts_of(self, upload_id: str) -> dict[int, str] | None:
        key = self._bucket.at(self._key)["Key"]
        try:
            pages = list(self._bucket.pages(self._bucket.client.list_parts, _PART_MARKERS, Key=key, UploadId=upload_id))
        except Unreachable:
            raise
        except SendungError:
            return None
        return {part["PartNumber"]: part["ETag"].strip('"') for page in pages for part in page.get("Parts", [])}

    def _are_ours(self, parts: dict[int, str]) -> bool:
        """Whether every part that was sent is the file's part of that number, by MD5."""
        ours = {part.number: part.digest.hex() for part in self._pieces()}
        return all(ours.get(number) == etag for number, etag in parts.items())

    def _abort(self, upload_id: str) -> None:
        """Free the room that the parts of an upload take; a failure to do so harms nothing."""
        try:
            self._bucket.ask(
                lambda: self._bucket.client.abort_multipart_upload(**self._bucket.at(self._key), UploadId=upload_id)
            )
        except SendungError:
            return

    def _fill(self, upload: _Open, sent: Callable[[int], None]) -> None:
        """Send the parts that an upload lacks, some at once. The parts that are there stay there if this fails."""
        self._stopped = threading.Event()
        crew = _Crew(lambda part: self._send_part(upload, part, sent))
        try:
            for part in self._pieces():
                if part.number in upload.parts:
                    self._digests[part.number] = part.digest
                    self._tell(part.number, len(part.data), sent)
                else:
                    crew.start(part)
            crew.finish()
        except BaseException:
            self._stopped.set()
            raise

    def _send_part(self, upload: _Open, part: _Part, sent: Callable[[int], None]) -> None:
        upload.parts[part.number] = self._bucket.ask(lambda: self._send_checked(upload, part, sent), self._stopped)
        self._digests[part.number] = part.digest
        with self._telling:
            self._sent_bytes += len(part.data)

    def _send_checked(self, upload: _Open, part: _Part, sent: Callable[[int], None]) -> str:
        """Send a part once; its ETag. Raises Damaged if it has to be sent again, UploadGone if all have to.

        Its ETag is the MD5 of what arrived, nearly everywhere; the service would digest it once more to check a
        Content-MD5. Where the ETag is something else (the part was damaged on its way, or is encrypted), or the header
        is demanded (buckets with an Object Lock), the service is asked to check from then on. Some take a part only
        once, so a wrong one ends the upload.
        """
        fields: dict[str, Any] = self._bucket.at(self._key) | {"UploadId": upload.id, "PartNumber": part.number}
        checks = self._asks_to_check
        if checks:
            fields["ContentMD5"] = content_md5(part.digest)
        try:
            etag = version_of(self._bucket.client.upload_part(**fields, Body=self._body(part, sent)))
        except FAULTS as error:
            if checks or Reply.of(error).status != HTTPStatus.BAD_REQUEST:
                raise
            self._asks_to_check = True
            raise Damaged(f"Part {part.number} of {self._key} was refused.", "Check the network.") from error
        if not checks and etag != part.digest.hex():
            self._asks_to_check = True
            raise UploadGone(f"Part {part.number} of {self._key} did not arrive as it was sent.", "Check the network.")
        return etag

    def _body(self, part: _Part, sent: Callable[[int], None]) -> Body:
        return Body(part.data, lambda left: self._tell(part.number, left, sent), self._stopped)

    def _tell(self, number: int, left: int, sent: Callable[[int], None]) -> None:
        """Report how much of a part has left, each byte once, however often it is sent."""
        with self._telling:
            more = left - self._told.get(number, 0)
            if more > 0 and not self._stopped.is_set():
                self._told[number] = left
                sent(more)

    def _complete(self, upload: _Open) -> None:
        parts: Any = [{"PartNumber": number, "ETag": f'"{etag}"'} for number, etag in sorted(upload.parts.items())]
        answer = self._bucket.ask(
            lambda: self._bucket.client.complete_multipart_upload(
                **self._bucket.at(self._key), UploadId=upload.id, MultipartUpload={"Parts": parts}
            )
        )
        self._joined = answer.get("ETag", "").strip('"')


class _Crew:
    """Threads that send parts, `_PARALLEL` at a time. The process does not wait for them to end."""

    def __init__(self, send: Callable[[_Part], None]) -> None:
        self._send = send
        self._free = threading.Semaphore(_PARALLEL)
        self._errors: list[Exception] = []

    def start(self, part: _Part) -> None:
        """Send a part as soon as a thread is free. Raises what went wrong with a part before."""
        self._free.acquire()
        self._check()
        threading.Thread(target=self._run, args=(part,), name=f"part {part.number}", daemon=True).start()

    def finish(self) -> None:
        """Wait for all parts. Raises what went wrong with one."""
        for _ in range(_PARALLEL):
            self._free.acquire()
            self._check()

    def _run(self, part: _Part) -> None:
        try:
            self._send(part)
        except Exception as error:  # noqa: BLE001 - raised again where the upload waits
            self._errors.append(error)
        finally:
            self._free.release()

    def _check(self) -> None:
        """Raise the first error; but an upload that is gone explains every other."""
        for error in sorted(self._errors, key=lambda error: not isinstance(error, UploadGone)):
            raise error
