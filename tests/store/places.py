"""S3 stores that lose no time, at any endpoint."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sendung.store import Store
from sendung.store.s3.bucket import Patience
from sendung.store.s3.client import connect
from sendung.store.s3.store import S3Store
from tests.servers.fixtures import Target

PART = 5 << 20
"""Bytes: the smallest part that services take."""
QUICK = Patience(first=0.01, most=0.1, settle=0.2)


def store_at(target: Target, endpoint_url: str, patience: Patience = QUICK) -> S3Store:
    """A target's store behind another endpoint, with small parts."""
    url = urlsplit(target.url)
    return S3Store(connect(url.netloc, url.path.strip("/"), endpoint_url, None, patience=patience), PART)


def seen_requests(store: Store, page: int) -> list[dict[str, Any]]:
    """The listings that an S3 store asks for from now on, `page` keys each."""
    requests: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: object) -> None:
        params["MaxKeys"] = page
        requests.append(dict(params))

    if isinstance(store, S3Store):
        store._bucket.client.meta.events.register("provide-client-params.s3.ListObjectsV2", note)
    return requests
