"""Sending one file to an S3 service: whole, or in parts of which some are on their way at once."""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from sendung.core.concurrency import each
from sendung.core.errors import Damaged
from sendung.core.words import say
from sendung.store.interface import Headers, Stat, Version
from sendung.store.reading import pieces_of
from sendung.store.s3.body import Body, content_md5, md5
from sendung.store.s3.bucket import Bucket, fields_of, version_of
from sendung.store.s3.errors import FAULTS, UploadGone

PART_SIZE = 8 << 20
"""Bytes. Services ask for at least 5 MiB a part, and take 10,000 of them."""
_PARALLEL = 8


class Upload:
    """One file on its way to one key. `part_size` in bytes."""

    def __init__(
        self, bucket: Bucket, key: str, path: Path, sha256: str, headers: Headers, *, part_size: int = PART_SIZE
    ) -> None:
        self._bucket = bucket
        self._key = key
        self._at = bucket.at(key)
        self._path = path
        self._sha256 = sha256
        self._fields = fields_of(headers) | {"Metadata": {"sha256": sha256}}
        self._size = path.stat().st_size
        self._part_size = part_size
        self._etag = ""
        self._joined: str | None = None
        self._told: Counter[int] = Counter()

    def run(self, sent: Callable[[int], None]) -> int | None:
        """Send the file unless the store holds it; the bytes that were sent, None if it was there already.

        Raises Damaged if the file or what is stored is not right.
        """
        if self._is_recorded():
            sent(self._size)
            return None
        if self._size <= 2 * self._part_size:
            self._send_whole(sent)
        else:
            self._send_parts(sent)
        self._verify()
        return self._size

    def _is_recorded(self) -> bool:
        """Whether the store holds the file, as far as can be told without reading it back."""
        present = self._bucket.head(self._key)
        if present is None or present.size != self._size:
            return False
        if present.sha256 is not None:
            return present.sha256 == self._sha256
        return present.version == self._whole_md5()  # the service keeps no metadata

    def _verify(self) -> None:
        """Look at what the store holds, and read it back if it does not say all that it should. Raises Damaged.

        Nearly every service says what the object is made of when it joins the parts, and some would read all of it
        again to say it once more.
        """
        if self._joined == self._etag:
            return
        present = self._bucket.head(self._key)
        if (
            present is not None
            and present.size == self._size
            and present.sha256 == self._sha256
            and self._has_etag(present)
        ):
            return
        if present is None or self._bucket.digest(self._key) != self._sha256:
            self._bucket.delete(self._key)
            raise Damaged(say("The store does not hold {key} as it was sent.", key=self._key), "Run the command again.")

    def _has_etag(self, present: Stat) -> bool:
        """Whether the ETag is what nearly every service makes of these bytes; some digest joined parts anew."""
        return present.version == self._etag or present.version == self._whole_md5()

    def _whole_md5(self) -> str:
        with self._path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()

    def _pieces(self) -> Generator[bytes]:
        """The file in parts. Raises Damaged at its end if it is not what its digest says."""
        return pieces_of(self._path, self._sha256, self._part_size)

    def _send_whole(self, sent: Callable[[int], None]) -> None:
        data = b"".join(self._pieces())
        digest = md5(data)
        put = self._bucket.client.put_object
        self._bucket.ask(lambda: put(**self._at, **self._fields, **self._content(1, data, digest, sent)))
        self._etag = digest.hex()

    def _send_parts(self, sent: Callable[[int], None]) -> None:
        """Send parts and join them; again if the upload ends meanwhile, as often as a request is tried.

        Somebody else may end it; and some services drop it for one list of parts that was damaged on its way.
        """
        patience = self._bucket.patience
        for number in range(patience.tries):
            try:
                return self._send_and_join(sent)
            except UploadGone:
                if self._is_recorded():
                    return sent(self._size - self._told.total())
                if number + 1 == patience.tries or self._bucket.never.wait(patience.seconds(number)):
                    raise
        raise AssertionError  # pragma: no cover - the last try returns or raises

    def _send_and_join(self, sent: Callable[[int], None]) -> None:
        """Send the file in parts, and join them. Raises UploadGone."""
        client = self._bucket.client
        created = self._bucket.ask(lambda: client.create_multipart_upload(**self._at, **self._fields))
        upload: dict[str, Any] = self._at | {"UploadId": created["UploadId"]}

        def send(part: tuple[int, bytes]) -> tuple[Version, bytes]:
            number, data = part
            digest = md5(data)
            fields = upload | {"PartNumber": number}
            put = client.upload_part
            etag = self._bucket.ask(lambda: version_of(put(**fields, **self._content(number, data, digest, sent))))
            return etag, digest

        try:
            with contextlib.closing(self._pieces()) as pieces:
                parts = each(send, enumerate(pieces, 1), _PARALLEL, ahead=0)
            self._etag = f"{md5(b''.join(digest for _, digest in parts)).hex()}-{len(parts)}"
            named = [{"PartNumber": number, "ETag": f'"{etag}"'} for number, (etag, _) in enumerate(parts, 1)]
            joining: Any = {"Parts": named}
            answer = self._bucket.ask(lambda: client.complete_multipart_upload(**upload, MultipartUpload=joining))
        except Exception:
            self._abort(upload)
            raise
        self._joined = answer.get("ETag", "").strip('"')
        self._abort_others()

    def _content(self, number: int, data: bytes, digest: bytes, sent: Callable[[int], None]) -> dict[str, Any]:
        """A part as a request takes it, with the MD5 that the service checks; each byte of it is reported once."""

        def tell(left: int) -> None:
            more = left - self._told[number]
            if more > 0:
                self._told[number] = left
                sent(more)

        return {"Body": Body(data, tell), "ContentMD5": content_md5(digest)}

    def _abort(self, upload: dict[str, Any]) -> None:
        """Free the room that the parts of an upload take; a failure to do so harms nothing."""
        with contextlib.suppress(*FAULTS):
            self._bucket.client.abort_multipart_upload(**upload)

    def _abort_others(self) -> None:
        """Abort the uploads of this key that killed runs have left; some services do not list them.

        A run that sends the same file at this moment finds it stored.
        """
        with contextlib.suppress(*FAULTS):
            listed = self._bucket.client.list_multipart_uploads(Bucket=self._bucket.name, Prefix=self._at["Key"])
            for other in listed.get("Uploads", []):
                if other["Key"] == self._at["Key"]:
                    self._abort(self._at | {"UploadId": other["UploadId"]})
