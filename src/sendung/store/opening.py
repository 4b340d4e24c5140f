"""A store's URL, as show.yaml or `--store` has it, and the store behind it."""

from __future__ import annotations

import re
from pathlib import Path

from sendung.core.addresses import shown
from sendung.core.errors import ConfigError
from sendung.core.words import say
from sendung.store.directory import DirectoryStore
from sendung.store.interface import Store
from sendung.store.keys import is_key

_LOGIN = re.compile(r"(?!file:)[^/@]*:[^/]*@")
"""How an address begins that holds a password, without a scheme: no folder is called so."""
_BUCKET = re.compile(r"[A-Za-z0-9._-]+")


def open_store(url: str, base: Path, endpoint_url: str | None, region: str | None) -> Store:
    """The store at a directory (relative to `base`) or at `s3://bucket/prefix`. Nothing is read or written yet.

    `endpoint_url` names an S3 service other than AWS. Credentials come from boto3's usual chain only.
    Raises ConfigError if the URL, the endpoint or the region cannot be right.
    """
    bucket = bucket_of(url)
    if bucket is None:
        return DirectoryStore(_folder_of(url, base), url)
    # boto3 takes a quarter of a second to import, and most commands on directories end sooner
    from sendung.store.s3.client import connect  # noqa: PLC0415
    from sendung.store.s3.store import S3Store  # noqa: PLC0415

    return S3Store(connect(*bucket, endpoint_url, region))


def directory_of(url: str, base: Path) -> Path | None:
    """The folder that a URL without a bucket names, relative to `base`; None for a bucket. Raises ConfigError."""
    return None if bucket_of(url) else _folder_of(url, base)


def _folder_of(url: str, base: Path) -> Path:
    _, separator, rest = url.partition("://")
    if not separator:
        rest = url.removeprefix("file:")
    try:
        return base / Path(rest).expanduser()
    except RuntimeError:  # no such user, or nobody knows this one's home
        raise ConfigError(
            say("The home folder in the store's path {url} is not known.", url=url), "Write the whole path."
        ) from None


def bucket_of(url: str) -> tuple[str, str] | None:
    """The bucket and the prefix ("" for none) of `s3://bucket/prefix`; None for a directory. Raises ConfigError."""
    scheme, separator, rest = url.partition("://")
    if not (separator or url.startswith("s3:") or _LOGIN.match(url)) or scheme == "file":
        return None
    bucket, _, prefix = rest.partition("/")
    prefix = prefix.rstrip("/")
    if scheme != "s3" or not _BUCKET.fullmatch(bucket) or (prefix and not is_key(prefix)):
        raise ConfigError(
            say("store.url is neither a directory nor s3://bucket/prefix: {url}.", url=shown(url)),
            "Write a folder's path, or s3://, the bucket's name and, if several shows share it, a prefix.",
        )
    return bucket, prefix
