"""What a store holds is what was sent, and what is read is what it holds: whichever of its signs tells."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sendung.core.errors import Damaged, ObjectChanged
from sendung.store import Headers
from sendung.store.s3.store import S3Store
from tests.servers.fixtures import Target
from tests.servers.proxy import Fault, Proxy, Request, once_each
from tests.store.places import PART, store_at

KEY = "audio/folge-1.mp3"
AUDIO = Headers("audio/mpeg")
SIZES = {"small": 1_000, "large": 2 * PART + 12_345}


@pytest.fixture(params=["rclone", "ceph"])
def target(request: pytest.FixtureRequest, new_target: Callable[[str], Target]) -> Target:
    return new_target(request.param)


@pytest.fixture
def store(target: Target, proxy: Proxy) -> S3Store:
    return store_at(target, proxy.url)


@pytest.fixture(params=SIZES)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    size = SIZES[request.param]
    path = tmp_path / "folge.mp3"
    path.write_bytes(os.urandom(size))
    return path


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def upload(store: S3Store, path: Path) -> int:
    """Upload a file; the bytes that were reported."""
    sent: list[int] = []
    store.upload(KEY, path, digest_of(path.read_bytes()), AUDIO, sent.append)
    return sum(sent)


def bodies(proxy: Proxy) -> int:
    """How many requests with a file, or a part of one, were sent."""
    return sum(request.method == "PUT" for request in proxy.requests)


def is_stored(proxy: Proxy) -> bool:
    """Whether a file has been sent whole, or its parts have been joined."""
    return any(
        (request.method, "uploadId" in request.target) in {("PUT", False), ("POST", True)} for request in proxy.requests
    )


def objects_read(proxy: Proxy) -> int:
    """How often an object was read."""
    return sum(request.method == "GET" and "?" not in request.target for request in proxy.requests)


def put(target: Target, data: bytes, recorded: bytes) -> None:
    """Store an object past the proxy, with the digest of other bytes."""
    bucket = store_at(target, target.endpoint_url or "")._bucket
    bucket.client.put_object(**bucket.at(KEY), Body=data, Metadata={"sha256": digest_of(recorded)})


def test_a_file_that_was_damaged_on_its_way_is_sent_again(store: S3Store, proxy: Proxy, file: Path) -> None:
    """A cover or a transcript goes up whole, a recording in parts."""

    def flip_first(request: Request) -> Fault | None:
        return Fault.FLIPPED_UP if request.method == "PUT" and bodies(proxy) == 1 else None

    proxy.choose = flip_first
    assert upload(store, file) == file.stat().st_size
    assert proxy.broken[Fault.FLIPPED_UP] == 1
    assert store.read(KEY).data == file.read_bytes()


@pytest.mark.parametrize(
    ("file", "encrypts"), [("small", False), ("small", True), ("large", True)], indirect=["file"], ids=str
)
def test_a_service_that_holds_other_bytes_than_it_took_is_noticed(
    target: Target, proxy: Proxy, store: S3Store, file: Path, encrypts: bool
) -> None:
    """Their size is right, and so is the digest that was recorded with them."""
    proxy.encrypts = encrypts
    data = file.read_bytes()

    def damage(request: Request) -> Fault | None:
        if request.method == "HEAD" and is_stored(proxy):
            put(target, data[:-1] + bytes([data[-1] ^ 1]), recorded=data)
        return None

    proxy.choose = damage
    with pytest.raises(Damaged, match=KEY):
        upload(store, file)
    proxy.choose = lambda _: None
    assert store.stat(KEY) is None
    assert store.writes == ()


def test_a_service_whose_etags_say_nothing_is_read_back(store: S3Store, proxy: Proxy, file: Path) -> None:
    proxy.encrypts = True
    assert upload(store, file) == file.stat().st_size
    assert objects_read(proxy) == 1
    sent = bodies(proxy)
    assert upload(store, file) == file.stat().st_size
    assert bodies(proxy) == sent
    assert store.read(KEY).data == file.read_bytes()


def test_a_service_that_keeps_no_digest_holds_what_was_sent(store: S3Store, proxy: Proxy, file: Path) -> None:
    proxy.forgets = True
    assert upload(store, file) == file.stat().st_size
    assert store.read(KEY).data == file.read_bytes()
    assert not store.abilities().metadata


@pytest.mark.parametrize(("encrypts", "forgets"), [(True, False), (False, True)], ids=["digest", "ETag"])
def test_a_bit_flipped_on_the_way_down_is_noticed_by_either_sign(
    store: S3Store, proxy: Proxy, encrypts: bool, forgets: bool
) -> None:
    store.create("feed.xml", b"<feed/>" * 100, AUDIO)
    proxy.encrypts, proxy.forgets = encrypts, forgets
    proxy.choose = once_each(Fault.FLIPPED_DOWN)
    assert store.read("feed.xml").data == b"<feed/>" * 100
    assert proxy.broken[Fault.FLIPPED_DOWN] == 1


def test_two_readings_that_agree_are_believed_whatever_was_recorded(target: Target, proxy: Proxy) -> None:
    """As where a service mixes up what two writers recorded."""
    put(target, b"these", recorded=b"those")
    assert store_at(target, proxy.url).read(KEY).data == b"these"
    assert objects_read(proxy) == 2


def test_a_write_that_met_another_under_way_is_done_if_that_came_to_nothing(store: S3Store, proxy: Proxy) -> None:
    uses: list[Callable[[], object]] = [
        lambda: store.create("records/1.json", b"mine", AUDIO),
        lambda: store.replace("feed.xml", b"old", AUDIO, None),
        lambda: store.replace("feed.xml", b"new", AUDIO, store.read("feed.xml").version),
    ]
    for use in uses:
        proxy.broken.clear()
        proxy.choose = lambda request: Fault.CONFLICT if request.is_conditional and not proxy.broken else None
        use()
        assert proxy.broken[Fault.CONFLICT] == 1
    assert store.read("records/1.json").data == b"mine"
    assert store.read("feed.xml").data == b"new"


def test_a_write_that_met_another_under_way_has_lost_if_that_was_done(
    target: Target, store: S3Store, proxy: Proxy
) -> None:
    version = store.replace("feed.xml", b"old", AUDIO, None)
    other = store_at(target, target.endpoint_url or "")

    def overtake(request: Request) -> Fault | None:
        if not request.is_conditional or proxy.broken:
            return None
        other.replace("feed.xml", b"theirs", AUDIO, version)
        return Fault.CONFLICT

    proxy.choose = overtake
    with pytest.raises(ObjectChanged):
        store.replace("feed.xml", b"mine", AUDIO, version)
    assert store.read("feed.xml").data == b"theirs"


def test_a_service_that_answers_409_honours_conditions(store: S3Store, proxy: Proxy) -> None:
    proxy.choose = lambda request: Fault.CONFLICT if request.is_conditional else None
    assert store.honours_conditions()
