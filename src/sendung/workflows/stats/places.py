"""Where logs are: folders and files of this machine, and buckets, whose objects are fetched for the run."""

from __future__ import annotations

from pathlib import Path

from sendung.core.concurrency import each
from sendung.core.errors import UsageError
from sendung.core.words import say
from sendung.listening.files import find_files
from sendung.store import open_store
from sendung.store.opening import bucket_of
from sendung.workflows.stats.request import StatsRequest

_FETCHES = 8
"""Objects under way at once; a log may have 50 MB."""


def gather(request: StatsRequest, scratch: Path) -> list[Path]:
    """The files of all places; a bucket's are copied into `scratch`, which goes with the run.

    Raises UsageError; StoreError for a bucket that cannot be read.
    """
    local = [Path(words).expanduser() for words in request.places if "://" not in words]
    paths = find_files(local)
    for number, words in enumerate(request.places):
        if "://" in words:
            folder = scratch / f"logs-{number}"
            folder.mkdir(mode=0o700)
            paths += _fetch(words, request, folder)
    if not paths:
        named = ", ".join(request.places)
        raise UsageError(
            say("There is no file in {named}.", named=named), "Name the folder, file or bucket that has the logs."
        )
    return paths


def _fetch(url: str, request: StatsRequest, folder: Path) -> list[Path]:
    bucket = bucket_of(url)
    if bucket is None:
        raise UsageError(say("Logs are not read from {url}.", url=url), "Name a folder, a file, or s3://bucket/prefix.")
    name, prefix = bucket
    store = open_store(f"s3://{name}", folder, request.endpoint_url, request.region)
    keys = [stat.key for stat in store.list(prefix) if stat.size]

    def fetch(numbered: tuple[int, str]) -> Path:
        number, key = numbered
        path = folder / f"{number:07}-{Path(key).name}"
        path.write_bytes(store.read(key).data)
        return path

    return each(fetch, list(enumerate(keys)), _FETCHES)
