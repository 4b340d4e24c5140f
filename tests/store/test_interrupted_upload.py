"""An upload that was cut short goes on with the parts that are missing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sendung.core.errors import Damaged, Unreachable
from sendung.store import Headers
from tests.servers.fixtures import Target
from tests.servers.proxy import Fault, Proxy, Request, breaking_proxy
from tests.store.places import PART, store_at

AUDIO = Headers("audio/mpeg", "public, max-age=31536000, immutable", 'inline; filename="folge-1.mp3"')
PARTS = 10
KEY = "audio/folge-1.mp3"

UPLOAD = """
import json, sys
from pathlib import Path
from sendung.store import Headers
from sendung.store.s3 import S3Store
from sendung.store.s3_client import connect
bucket, prefix, endpoint, part, path, sha256 = json.loads(sys.argv[1])
store = S3Store(connect(bucket, prefix, endpoint, None), part)
store.upload("audio/folge-1.mp3", Path(path), sha256, Headers("audio/mpeg"), lambda _: None)
"""


@pytest.fixture(params=["rclone", "ceph"])
def target(request: pytest.FixtureRequest, new_target: Callable[[str], Target]) -> Target:
    return new_target(request.param)


@pytest.fixture
def proxy(target: Target) -> Iterator[Proxy]:
    assert target.endpoint_url
    with breaking_proxy(target.endpoint_url, lambda _: None) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    path = tmp_path_factory.mktemp("recording") / "folge.mp3"
    data = os.urandom(PART) * (PARTS - 1) + b"the end"
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


def start_upload(target: Target, endpoint_url: str, path: Path, digest: str) -> subprocess.Popen[bytes]:
    bucket, _, prefix = target.url.removeprefix("s3://").partition("/")
    arguments = json.dumps([bucket, prefix, endpoint_url, PART, str(path), digest])
    return subprocess.Popen([sys.executable, "-c", UPLOAD, arguments], stderr=subprocess.DEVNULL)


def parts_sent(proxy: Proxy) -> list[int]:
    """The numbers of the parts that passed the proxy unbroken."""
    targets = [request.target for request in proxy.requests if request.method == "PUT"]
    return [int(number[1]) for number in (re.search(r"partNumber=(\d+)", target) for target in targets) if number]


def break_after(proxy: Proxy, count: int) -> Callable[[Request], Fault | None]:
    """Let `count` parts pass, then nothing any more."""
    return lambda _: Fault.RESET_BEFORE if len(parts_sent(proxy)) > count else None


def test_a_broken_upload_goes_on_where_it_ended(target: Target, proxy: Proxy, recording: tuple[Path, str]) -> None:
    path, digest = recording
    proxy.choose = break_after(proxy, 5)
    with pytest.raises(Unreachable):
        store_at(target, proxy.url).upload(KEY, path, digest, AUDIO, lambda _: None)
    proxy.choose = lambda _: None
    proxy.requests.clear()
    store, sent = store_at(target, proxy.url), list[int]()
    store.upload(KEY, path, digest, AUDIO, sent.append)
    assert len(set(parts_sent(proxy))) == PARTS - 5
    assert sum(sent) == path.stat().st_size
    assert 0 < store.writes[0].size < path.stat().st_size
    assert hashlib.sha256(store.read(KEY).data).hexdigest() == digest


def test_an_upload_whose_process_was_killed_goes_on_where_it_ended(
    target: Target, proxy: Proxy, recording: tuple[Path, str]
) -> None:
    path, digest = recording
    proxy.choose = lambda _: Fault.SILENT if len(parts_sent(proxy)) > 5 else None
    child = start_upload(target, proxy.url, path, digest)
    while not proxy.broken[Fault.SILENT]:
        assert child.poll() is None
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    proxy.choose = lambda _: None
    proxy.requests.clear()
    store = store_at(target, proxy.url)
    assert store.stat(KEY) is None
    store.upload(KEY, path, digest, AUDIO, lambda _: None)
    assert len(set(parts_sent(proxy))) <= PARTS - 5
    assert hashlib.sha256(store.read(KEY).data).hexdigest() == digest


def test_ctrl_c_ends_an_upload_at_once(target: Target, proxy: Proxy, recording: tuple[Path, str]) -> None:
    path, digest = recording
    proxy.choose = lambda _: Fault.SILENT if parts_sent(proxy) else None
    child = start_upload(target, proxy.url, path, digest)
    while not proxy.broken[Fault.SILENT]:
        assert child.poll() is None
    child.send_signal(signal.SIGINT)
    try:
        assert child.wait(10) == -signal.SIGINT  # a busy machine is slow, but no answer is waited for (30 s)
    finally:
        child.kill()
        child.wait()


def test_parts_of_another_file_are_not_gone_on_with(
    target: Target, proxy: Proxy, recording: tuple[Path, str], tmp_path: Path
) -> None:
    """The other file differs in its first part; its upload of the same key was cut short."""
    path, digest = recording
    other = tmp_path / "other.mp3"
    data = b"other" + path.read_bytes()
    other.write_bytes(data)
    proxy.choose = break_after(proxy, 4)
    with pytest.raises(Unreachable):
        store_at(target, proxy.url).upload(KEY, other, hashlib.sha256(data).hexdigest(), AUDIO, lambda _: None)
    proxy.choose = lambda _: None
    proxy.requests.clear()
    store = store_at(target, proxy.url)
    store.upload(KEY, path, digest, AUDIO, lambda _: None)
    assert set(parts_sent(proxy)) == set(range(1, PARTS + 1))
    assert any(request.method == "DELETE" and "uploadId" in request.target for request in proxy.requests)
    assert hashlib.sha256(store.read(KEY).data).hexdigest() == digest


def test_a_file_that_changes_while_it_is_sent_is_not_stored(
    target: Target, proxy: Proxy, recording: tuple[Path, str], tmp_path: Path
) -> None:
    path = tmp_path / "growing.mp3"
    path.write_bytes(recording[0].read_bytes())

    def shorten(request: Request) -> None:
        """Before the first part is through: the last one is read when a thread is free for it."""
        if "partNumber=" in request.target:
            os.truncate(path, path.stat().st_size - 1)

    proxy.choose = shorten
    store = store_at(target, proxy.url)
    with pytest.raises(Damaged):
        store.upload(KEY, path, recording[1], AUDIO, lambda _: None)
    assert store.stat(KEY) is None
    assert store.writes == ()


def test_how_an_object_is_served_is_kept(target: Target, recording: tuple[Path, str], tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.write_bytes(b"x")
    assert target.endpoint_url
    store = store_at(target, target.endpoint_url)
    store.upload(KEY, recording[0], recording[1], AUDIO, lambda _: None)
    store.upload("small", small, hashlib.sha256(b"x").hexdigest(), AUDIO, lambda _: None)
    store.create("created", b"x", AUDIO)
    store.replace("replaced", b"x", AUDIO, None)
    bucket = store._bucket
    for key in (KEY, "small", "created", "replaced"):
        head = bucket.client.head_object(**bucket.at(key))
        assert (head["ContentType"], head["CacheControl"]) == (AUDIO.content_type, AUDIO.cache_control)
        assert head["ContentDisposition"] == AUDIO.content_disposition
    known = store.stat(KEY)
    assert known is not None
    assert known.sha256 == recording[1]


def test_two_processes_that_send_the_same_file_at_once_both_succeed(
    target: Target, recording: tuple[Path, str]
) -> None:
    path, digest = recording
    assert target.endpoint_url
    children = [start_upload(target, target.endpoint_url, path, digest) for _ in range(2)]
    assert [child.wait(60) for child in children] == [0, 0]
    assert target.open().read(KEY).data == path.read_bytes()


def test_where_parts_need_a_checksum_they_get_one(target: Target, proxy: Proxy, recording: tuple[Path, str]) -> None:
    path, digest = recording

    def demand(request: Request) -> Fault | None:
        bare = "partNumber=" in request.target and "content-md5" not in request.headers
        return Fault.UNCHECKED if bare else None

    proxy.choose = demand
    store = store_at(target, proxy.url)
    store.upload(KEY, path, digest, AUDIO, lambda _: None)
    assert 1 <= proxy.broken[Fault.UNCHECKED] < PARTS
    assert hashlib.sha256(store.read(KEY).data).hexdigest() == digest


def test_a_part_that_did_not_arrive_as_it_was_sent_is_sent_again(
    target: Target, proxy: Proxy, recording: tuple[Path, str]
) -> None:
    """The service has nothing to check it by, and takes it; the ETag of its answer tells."""
    path, digest = recording

    def flip(request: Request) -> Fault | None:
        once = re.search(r"partNumber=3\b", request.target) and not proxy.broken[Fault.FLIPPED_UP]
        return Fault.FLIPPED_UP if once else None

    proxy.choose = flip
    store = store_at(target, proxy.url)
    store.upload(KEY, path, digest, AUDIO, lambda _: None)
    assert proxy.broken[Fault.FLIPPED_UP] == 1
    assert parts_sent(proxy).count(3) == 2
    assert hashlib.sha256(store.read(KEY).data).hexdigest() == digest
