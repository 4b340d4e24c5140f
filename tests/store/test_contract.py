"""What every store promises, by one suite for all of them (`sendung.store.interface`)."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sendung.core.errors import Damaged, ObjectChanged, ObjectExists, ObjectMissing
from sendung.store import DryRunStore, Headers, Store
from sendung.store.directory import DirectoryStore
from sendung.store.s3.store import S3Store
from tests.servers.fixtures import KINDS, TLS_KINDS, Target, client_at
from tests.store.places import seen_requests, store_at

PAGE = Headers("text/html; charset=utf-8", "max-age=300")
AUDIO = Headers("audio/mpeg", "public, max-age=31536000, immutable", 'inline; filename="folge-1.mp3"')
LARGE = 17_000_001
"""Bytes: three parts."""


@pytest.fixture(params=[*KINDS, "dry-run"])
def store(request: pytest.FixtureRequest, new_target: Callable[[str], Target]) -> Store:
    if request.param == "dry-run":
        return DryRunStore(new_target("directory").open())
    return new_target(request.param).open()


def a_file(folder: Path, size: int) -> tuple[Path, str]:
    path = folder / f"{size}.mp3"
    data = os.urandom(size)
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


def test_an_empty_store_holds_nothing(store: Store) -> None:
    assert list(store.list("")) == []
    assert store.stat("feed.xml") is None
    with pytest.raises(ObjectMissing):
        store.read("feed.xml")
    store.delete("feed.xml")
    assert store.writes == ()


@pytest.mark.parametrize("data", [b"", b"{}", secrets.token_bytes(300_000)], ids=["empty", "small", "300 kB"])
def test_what_was_created_is_read_back(store: Store, data: bytes) -> None:
    version = store.create("records/show/000001.json", data, PAGE)
    found = store.read("records/show/000001.json")
    known = store.stat("records/show/000001.json")
    assert found.data == data
    assert known is not None
    assert known.size == len(data)
    assert found.version == known.version == version == next(iter(store.list("records/"))).version


def test_a_large_object_is_downloaded_whole(store: Store, tmp_path: Path) -> None:
    path, sha256 = a_file(tmp_path, LARGE)
    store.upload("audio/folge-1.mp3", path, sha256, AUDIO, lambda size: None)
    store.download("audio/folge-1.mp3", tmp_path / "copy.mp3")
    assert (tmp_path / "copy.mp3").read_bytes() == path.read_bytes()
    with pytest.raises(ObjectMissing):
        store.download("audio/folge-2.mp3", tmp_path / "other.mp3")
    assert sorted(file.name for file in tmp_path.iterdir() if file.is_file()) == [path.name, "copy.mp3"]


def test_creating_again_with_equal_bytes_succeeds_and_sends_nothing(store: Store) -> None:
    first = store.create("records/1.json", b"one", PAGE)
    assert store.create("records/1.json", b"one", PAGE) == first
    assert [(one.key, one.size) for one in store.writes] == [("records/1.json", 3)]


def test_creating_over_other_bytes_is_refused_and_changes_nothing(store: Store) -> None:
    store.create("records/1.json", b"one", PAGE)
    with pytest.raises(ObjectExists, match=r"records/1\.json"):
        store.create("records/1.json", b"two", PAGE)
    assert store.read("records/1.json").data == b"one"


def test_replace_writes_over_the_version_that_was_read(store: Store) -> None:
    first = store.replace("feed.xml", b"one", PAGE, None)
    second = store.replace("feed.xml", b"two", PAGE, first)
    assert store.read("feed.xml").version == second != first
    assert store.replace("feed.xml", b"three", PAGE, second) == store.read("feed.xml").version
    assert store.read("feed.xml").data == b"three"
    assert [one.size for one in store.writes] == [3, 3, 5]


def test_replace_refuses_any_other_version(store: Store) -> None:
    with pytest.raises(ObjectChanged):
        store.replace("feed.xml", b"x", PAGE, store.create("another", b"x", PAGE))
    old = store.replace("feed.xml", b"one", PAGE, None)
    store.replace("feed.xml", b"two", PAGE, old)
    with pytest.raises(ObjectChanged, match=r"feed\.xml"):
        store.replace("feed.xml", b"three", PAGE, old)
    with pytest.raises(ObjectChanged):
        store.replace("feed.xml", b"three", PAGE, None)
    assert store.read("feed.xml").data == b"two"


def test_quick_writes_of_one_size_never_have_one_version(store: Store) -> None:
    version = store.replace("feed.xml", b"0000", PAGE, None)
    seen = {version}
    for number in range(1, 12):
        version = store.replace("feed.xml", b"%04d" % number, PAGE, version)
        seen.add(version)
    assert len(seen) == 12


@pytest.mark.parametrize("size", [0, 1, 100_000, LARGE])
def test_an_uploaded_file_is_there_whole(store: Store, tmp_path: Path, size: int) -> None:
    path, digest = a_file(tmp_path, size)
    sent: list[int] = []
    store.upload("audio/a-1.mp3", path, digest, AUDIO, sent.append)
    known = store.stat("audio/a-1.mp3")
    assert known is not None
    assert (known.key, known.size) == ("audio/a-1.mp3", size)
    assert known.sha256 == (None if isinstance(store, DirectoryStore) else digest)
    assert sum(sent) == size
    assert [(one.key, one.size) for one in store.writes] == [("audio/a-1.mp3", size)]
    assert hashlib.sha256(store.read("audio/a-1.mp3").data).hexdigest() == digest


@pytest.mark.parametrize("size", [1000, LARGE])
def test_uploading_again_sends_nothing(store: Store, tmp_path: Path, size: int) -> None:
    path, digest = a_file(tmp_path, size)
    store.upload("audio/a-1.mp3", path, digest, AUDIO, lambda _: None)
    first = store.stat("audio/a-1.mp3")
    sent: list[int] = []
    store.upload("audio/a-1.mp3", path, digest, AUDIO, sent.append)
    assert store.stat("audio/a-1.mp3") == first
    assert sum(sent) == size
    assert len(store.writes) == 1


@pytest.mark.parametrize("size", [1000, LARGE])
def test_a_file_that_is_not_what_its_digest_says_is_not_stored(store: Store, tmp_path: Path, size: int) -> None:
    path, _ = a_file(tmp_path, size)
    with pytest.raises(Damaged):
        store.upload("audio/a-1.mp3", path, hashlib.sha256(b"other").hexdigest(), AUDIO, lambda _: None)
    assert store.stat("audio/a-1.mp3") is None
    assert store.writes == ()


@pytest.mark.parametrize("size", [0, 1000, LARGE])
def test_a_copy_is_whole_and_is_made_once(store: Store, tmp_path: Path, size: int) -> None:
    path, sha256 = a_file(tmp_path, size)
    store.upload("records/a.mp3", path, sha256, AUDIO, lambda _sent: None)
    store.copy("records/a.mp3", "customers/b.mp3", PAGE)
    copied = store.stat("customers/b.mp3")
    assert copied is not None
    assert (copied.size, copied.sha256 in {sha256, None}) == (size, True)
    assert store.read("customers/b.mp3").data == path.read_bytes()
    written = store.writes
    store.copy("records/a.mp3", "customers/b.mp3", PAGE)
    assert store.writes == written
    store.delete("records/a.mp3")
    if not isinstance(store, DryRunStore):
        assert store.read("customers/b.mp3").data == path.read_bytes()
    with pytest.raises(ObjectMissing):
        store.copy("records/a.mp3", "customers/c.mp3", PAGE)
    assert store.stat("customers/c.mp3") is None


def test_list_is_in_byte_order_and_sees_what_was_written(store: Store) -> None:
    keys = ["a", "e/a-b/index.html", "e/a/index.html", "e/a/x", "e/a.b/index.html", "e/a0", "ea", "feed.xml"]
    for key in reversed(keys):
        store.replace(key, key.encode(), PAGE, None)
    assert [one.key for one in store.list("")] == sorted(keys)
    assert [one.key for one in store.list("e/")] == sorted(key for key in keys if key.startswith("e/"))
    assert [one.key for one in store.list("e/a")] == sorted(key for key in keys if key.startswith("e/a"))
    assert [(one.key, one.size) for one in store.list("e/a/")] == [("e/a/index.html", 14), ("e/a/x", 5)]
    assert list(store.list("e/a/index.html/")) == []


def test_a_listing_is_the_same_whatever_was_expected(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = sorted(f"e/{number * 7}/a b+c%20&~<'x>.html" for number in range(12))
    for key in keys:
        store.replace(key, b"", PAGE, None)
    plain = list(store.list("e/"))
    assert [one.key for one in plain] == keys
    others = [f"e/{number * 5}/gone.html" for number in range(18)]
    elsewhere = [f"a/{number}" for number in range(20)]
    monkeypatch.setattr("sendung.store.s3.store._EXPECTED", 3)
    requests = seen_requests(store, page=4)
    # where an expected key is gone, a listing from end to end follows
    for hints, spans in (elsewhere, 1), (keys, 4), (keys[4:10], 2), (others, 7), ([*elsewhere, *keys], 4):
        requests.clear()
        assert list(store.list("e/", hints=hints)) == plain
        if isinstance(store, S3Store):
            assert len([one for one in requests if "ContinuationToken" not in one]) == spans
    if isinstance(store, S3Store):
        with hooked(store, "provide-client-params", forget_start):
            assert list(store.list("e/", hints=keys)) == plain
        with hooked(store, "after-call", turn_round):
            assert sorted(store.list("e/", hints=keys), key=lambda one: one.key) == plain


ORDERS: dict[str, Callable[[str], Any]] = {
    "folder by folder": lambda key: key.split("/"),
    "without case": lambda key: (key.lower(), key),
    "backwards": lambda key: [-ord(letter) for letter in key],
    "by hash": lambda key: hashlib.sha256(key.encode()).digest(),
}
"""How services list that have an order of their own, as file systems and directory buckets have."""


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("filters", [True, False], ids=["StartAfter compares", "StartAfter seeks"])
def test_no_key_is_lost_at_a_service_with_an_order_of_its_own(
    order: str, filters: bool, new_target: Callable[[str], Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = new_target("rclone")
    store = store_at(target, target.endpoint_url or "")
    keys = sorted(f"e/{name}/{file}" for name in ("a", "a-b", "B", "b", "c", "C-d") for file in ("i", "x"))
    for key in keys:
        store.replace(key, b"", PAGE, None)
    [listed] = store._bucket.pages(store._bucket.client.list_objects_v2, {})
    items = sorted(listed["Contents"], key=lambda item: ORDERS[order](item["Key"]))
    names = [item["Key"] for item in items]

    def list_objects(**asked: Any) -> dict[str, Any]:
        start, rest = int(asked.get("ContinuationToken", 0)), items
        if (after := asked.get("StartAfter")) and filters:
            rest = [item for item in items if item["Key"] > after]
        elif after:
            rest = items[names.index(after) + 1 :] if after in names else items
        page, more = rest[start : start + 4], start + 4 < len(rest)
        return {"Contents": page, "IsTruncated": more} | ({"NextContinuationToken": str(start + 4)} if more else {})

    monkeypatch.setattr(store._bucket.client, "list_objects_v2", list_objects)
    for expected in range(1, len(keys)):
        monkeypatch.setattr("sendung.store.s3.store._EXPECTED", expected)
        for new in ("", *keys):
            hints = [key for key in keys if key != new]
            assert sorted(stat.key for stat in store.list("e/", hints=hints)) == keys, (expected, new)


@pytest.mark.parametrize("kind", ["rclone", "ceph"])
def test_a_listing_says_what_boto3_alone_reads_in_it(kind: str, new_target: Callable[[str], Target]) -> None:
    target = new_target(kind)
    store = store_at(target, target.endpoint_url or "")
    for key in ("a b+c%20&~<'x>.html", "e/1.html"):
        store.replace(key, key.encode(), PAGE, None)
    client = client_at(target.endpoint_url or "")
    listed = client.list_objects_v2(Bucket=store._bucket.name)["Contents"]
    assert [(f"show/{stat.key}", stat.size, stat.version, stat.modified) for stat in store.list("")] == [
        (item["Key"], item["Size"], item["ETag"].strip('"'), item["LastModified"]) for item in listed
    ]


def forget_start(params: dict[str, Any], **_: object) -> None:
    """As at a service that does not know StartAfter."""
    params.pop("StartAfter", None)


def turn_round(parsed: dict[str, Any], **_: object) -> None:
    """As at a service with an order of its own."""
    parsed.get("Contents", []).reverse()


@contextlib.contextmanager
def hooked(store: S3Store, event: str, change: Callable[..., None]) -> Iterator[None]:
    """Change the listings of a store meanwhile."""
    events = store._bucket.client.meta.events
    events.register_last(f"{event}.s3.ListObjectsV2", change)
    yield
    events.unregister(f"{event}.s3.ListObjectsV2", change)


def test_what_was_deleted_is_gone_and_can_be_created_anew(store: Store) -> None:
    store.create("records/a/1.json", b"one", PAGE)
    store.delete("records/a/1.json")
    store.delete("records/a/1.json")
    assert store.stat("records/a/1.json") is None
    assert list(store.list("")) == []
    store.create("records/a/1.json", b"two", PAGE)
    assert store.read("records/a/1.json").data == b"two"


NO_KEYS = ["", "/a", "a/", "a//b", "../a", "a/../b", ".", "a/.", "ä", "a\\b", "a\nb", "a\n", ".sendung", ".sendung/x"]


def test_what_is_no_key_is_refused(store: Store, tmp_path: Path) -> None:
    path, digest = a_file(tmp_path, 1)
    uses: list[Callable[[str], object]] = [
        store.read,
        lambda key: store.create(key, b"", PAGE),
        lambda key: store.replace(key, b"", PAGE, None),
        lambda key: store.upload(key, path, digest, AUDIO, lambda _: None),
        store.stat,
        store.delete,
    ]
    for key, use in itertools.product(NO_KEYS, uses):
        with pytest.raises(ValueError, match="not a key"):
            use(key)


@pytest.mark.parametrize("target", TLS_KINDS, indirect=True)
def test_everything_works_over_tls(target: Target, tmp_path: Path) -> None:
    store = target.open()
    path, digest = a_file(tmp_path, LARGE)
    version = store.create("feed.xml", b"one", PAGE)
    with pytest.raises(ObjectExists):
        store.create("feed.xml", b"two", PAGE)
    assert store.replace("feed.xml", b"two", PAGE, version) == store.read("feed.xml").version
    with pytest.raises(ObjectChanged):
        store.replace("feed.xml", b"three", PAGE, version)
    store.upload("audio/a.mp3", path, digest, AUDIO, lambda _: None)
    assert [one.key for one in store.list("")] == ["audio/a.mp3", "feed.xml"]
    store.delete("feed.xml")
    assert store.stat("feed.xml") is None


def test_the_listing_says_when_an_object_was_written(store: Store) -> None:
    store.create("records/a.json", b"1", PAGE)
    [found] = store.list("")
    if isinstance(store, DryRunStore):
        assert found.modified is None
    else:
        assert found.modified
        assert abs(datetime.now(UTC) - found.modified) < timedelta(minutes=2)
