"""S3 stores that lose no time, at any endpoint."""

from __future__ import annotations

from urllib.parse import urlsplit

from sendung.store.s3 import S3Store
from sendung.store.s3_bucket import Patience
from sendung.store.s3_client import connect
from tests.servers.fixtures import Target

PART = 5 << 20
"""Bytes: the smallest part that services take."""
QUICK = Patience(first=0.01, most=0.1, settle=0.2)


def store_at(target: Target, endpoint_url: str, patience: Patience = QUICK) -> S3Store:
    """A target's store behind another endpoint, with small parts."""
    url = urlsplit(target.url)
    return S3Store(connect(url.netloc, url.path.strip("/"), endpoint_url, None, patience=patience), PART)
