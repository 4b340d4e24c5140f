"""An upload that is cut short is nowhere to be seen; the next one begins again, ends whole, and clears up after it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from sendung.core.errors import Damaged, Unreachable
from sendung.store import Headers
from tests.servers.fixtures import Target
from tests.servers.proxy import Fault, Proxy, Request
from tests.store.places import PART, store_at

AUDIO = Headers("audio/mpeg", "public, max-age=31536000, immutable", 'inline; filename="folge-1.mp3"')
PARTS = 10
KEY = "audio/folge-1.mp3"

UPLOAD = """
import json, os, sys
from pathlib import Path
from sendung.store import Headers
from sendung.store.s3.store import S3Store
from sendung.store.s3.client import connect
bucket, prefix, endpoint, part, path, sha256 = json.loads(sys.argv[1])
store = S3Store(connect(bucket, prefix, endpoint, None), part)
try:
    store.upload("audio/folge-1.mp3", Path(path), sha256, Headers("audio/mpeg"), lambda _: None)
except KeyboardInterrupt:
    os._exit(130)  # as `sendung` does: nobody waits for the threads
"""


@pytest.fixture(params=["rclone", "ceph"])
def target(request: pytest.FixtureRequest, new_target: Callable[[str], Target]) -> Target:
    return new_target(request.param)


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


def unfinished(target: Target) -> list[str]:
    """The ids of uploads that a service still keeps parts of."""
    bucket = store_at(target, target.endpoint_url or "")._bucket
    listed = bucket.client.list_multipart_uploads(Bucket=bucket.name)
    return [upload["UploadId"] for upload in listed.get("Uploads", [])]


def test_a_broken_upload_is_begun_again_and_ends_whole(
    target: Target, proxy: Proxy, recording: tuple[Path, str]
) -> None:
    path, digest = recording
    proxy.choose = lambda _: Fault.RESET_BEFORE if len(parts_sent(proxy)) > 5 else None
    store = store_at(target, proxy.url)
    with pytest.raises(Unreachable):
        store.upload(KEY, path, digest, AUDIO, lambda _: None)
    proxy.choose = lambda _: None
    assert store.stat(KEY) is None
    sent: list[int] = []
    store.upload(KEY, path, digest, AUDIO, sent.append)
    assert sum(sent) == path.stat().st_size
    assert [(write.key, write.size) for write in store.writes] == [(KEY, path.stat().st_size)]
    assert hashlib.sha256(store.read(KEY).data).hexdigest() == digest
    assert unfinished(target) == []


def test_an_upload_whose_process_was_killed_is_begun_again_and_ends_whole(
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
    store = store_at(target, proxy.url)
    assert store.stat(KEY) is None
    assert len(unfinished(target)) == 1
    store.upload(KEY, path, digest, AUDIO, lambda _: None)
    assert hashlib.sha256(store.read(KEY).data).hexdigest() == digest
    assert unfinished(target) == []


def test_parts_that_cannot_be_sent_are_not_left(target: Target, proxy: Proxy, recording: tuple[Path, str]) -> None:
    """Where they are denied, and where the list of them is lost again and again."""
    path, digest = recording
    store = store_at(target, proxy.url)
    for method in ("PUT", "POST"):
        proxy.choose = lambda request, method=method: (  # type: ignore[misc]
            Fault.TOO_MANY if request.method == method and "uploadId" in request.target else None
        )
        with pytest.raises(Unreachable):
            store.upload(KEY, path, digest, AUDIO, lambda _: None)
        assert unfinished(target) == []
    assert store.stat(KEY) is None


def test_the_uploads_of_other_keys_are_left_alone(target: Target, proxy: Proxy, recording: tuple[Path, str]) -> None:
    """Of a key that begins as this one does, too: somebody else may be sending it just now."""
    path, digest = recording
    store = store_at(target, proxy.url)
    bucket = store._bucket
    others = [bucket.client.create_multipart_upload(**bucket.at(key)) for key in (f"{KEY}.old", "audio/folge-2.mp3")]
    store.upload(KEY, path, digest, AUDIO, lambda _: None)
    assert sorted(unfinished(target)) == sorted(other["UploadId"] for other in others)
    assert not [request.target for request in proxy.requests if request.method == "DELETE"]


def test_ctrl_c_ends_an_upload_at_once(target: Target, proxy: Proxy, recording: tuple[Path, str]) -> None:
    path, digest = recording
    proxy.choose = lambda _: Fault.SILENT if parts_sent(proxy) else None
    child = start_upload(target, proxy.url, path, digest)
    while not proxy.broken[Fault.SILENT]:
        assert child.poll() is None
    child.send_signal(signal.SIGINT)
    try:
        assert child.wait(10) == 130  # a busy machine is slow, but no answer is waited for (30 s)
    finally:
        child.kill()
        child.wait()


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


def test_every_part_has_a_checksum(target: Target, proxy: Proxy, recording: tuple[Path, str]) -> None:
    """Buckets with an Object Lock demand one."""
    path, digest = recording

    def demand(request: Request) -> Fault | None:
        bare = request.method == "PUT" and "content-md5" not in request.headers
        return Fault.UNCHECKED if bare else None

    proxy.choose = demand
    store_at(target, proxy.url).upload(KEY, path, digest, AUDIO, lambda _: None)
    assert len(parts_sent(proxy)) == PARTS


def test_an_upload_that_another_run_has_ended_counts_as_done(
    target: Target, proxy: Proxy, recording: tuple[Path, str]
) -> None:
    """It sent the same file meanwhile, and has cleared up after itself; all is reported as sent all the same."""
    path, digest = recording
    other = store_at(target, target.endpoint_url or "")
    others_turn = threading.Lock()

    def end(request: Request) -> None:
        """The parts that are on their way come late."""
        if "partNumber=" in request.target:
            with others_turn:
                other.upload(KEY, path, digest, AUDIO, lambda _: None)

    proxy.choose = end
    sent: list[int] = []
    store_at(target, proxy.url).upload(KEY, path, digest, AUDIO, sent.append)
    assert len(parts_sent(proxy)) < PARTS
    assert [request.method for request in proxy.requests].count("HEAD") == 3  # before, after, and to verify it
    assert sum(sent) == path.stat().st_size
    assert hashlib.sha256(other.read(KEY).data).hexdigest() == digest
    assert unfinished(target) == []


def test_a_part_that_did_not_arrive_as_it_was_sent_is_sent_again(
    target: Target, proxy: Proxy, recording: tuple[Path, str]
) -> None:
    """By itself, or with all others where the service ends the upload for it."""
    path, digest = recording

    def flip(request: Request) -> Fault | None:
        once = re.search(r"partNumber=3\b", request.target) and not proxy.broken[Fault.FLIPPED_UP]
        return Fault.FLIPPED_UP if once else None

    proxy.choose = flip
    store = store_at(target, proxy.url)
    store.upload(KEY, path, digest, AUDIO, lambda _: None)
    assert proxy.broken[Fault.FLIPPED_UP] == 1
    assert parts_sent(proxy).count(3) >= 2
    assert hashlib.sha256(store.read(KEY).data).hexdigest() == digest
