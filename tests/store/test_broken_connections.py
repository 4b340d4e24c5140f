"""The S3 store behind a proxy that breaks requests: every promise holds, or one clear error says why not."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sendung.core.errors import ObjectChanged, ObjectExists, SendungError, Unreachable
from sendung.store import Headers, Store
from tests.servers.fixtures import Target
from tests.servers.proxy import (
    FLEETING,
    Choose,
    Fault,
    Proxy,
    Request,
    breaking_proxy,
    no_conditions,
    now_and_then,
    once_each,
)
from tests.store.places import PART, QUICK, seen_requests, store_at

PAGE = Headers("text/html")
Broken = Callable[[Choose], tuple[Store, Proxy]]


@pytest.fixture(params=["rclone", "ceph"])
def broken(request: pytest.FixtureRequest, new_target: Callable[[str], Target]) -> Iterator[Broken]:
    """A function from faults to a store behind them, and the proxy in between."""
    target = new_target(request.param)
    assert target.endpoint_url
    with breaking_proxy(target.endpoint_url, lambda _: None) as proxy:

        def make(choose: Choose) -> tuple[Store, Proxy]:
            store = store_at(target, proxy.url)
            proxy.choose = choose
            return store, proxy

        yield make


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A file of three parts, and its digest."""
    path = tmp_path_factory.mktemp("recording") / "folge.mp3"
    data = os.urandom(2 * PART + 12_345)
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


def publish_and_check(store: Store, recording: tuple[Path, str]) -> None:
    """Use every method as a publish does."""
    path, digest = recording
    sent: list[int] = []
    store.upload("audio/folge-1.mp3", path, digest, PAGE, sent.append)
    assert sum(sent) == path.stat().st_size
    assert min(sent) >= 0
    store.create("records/1.json", b"first", PAGE)
    with pytest.raises(ObjectExists):
        store.create("records/1.json", b"other", PAGE)
    old = store.replace("feed.xml", b"<one/>" * 500, PAGE, None)
    new = store.replace("feed.xml", b"<two/>" * 500, PAGE, old)
    with pytest.raises(ObjectChanged):
        store.replace("feed.xml", b"<three/>", PAGE, old)
    feed = store.read("feed.xml")
    assert (feed.data, feed.version) == (b"<two/>" * 500, new)
    assert [one.key for one in store.list("")] == ["audio/folge-1.mp3", "feed.xml", "records/1.json"]
    assert hashlib.sha256(store.read("audio/folge-1.mp3").data).hexdigest() == digest
    assert store.read("records/1.json").data == b"first"
    store.delete("feed.xml")
    assert store.stat("feed.xml") is None


AFTER_THE_ACT = [Fault.RESET_AFTER, Fault.LOST_REPLY, Fault.TRUNCATED, Fault.FLIPPED_UP]
"""Faults whose outcome depends on the server; the others never reach it."""


@pytest.mark.parametrize(
    ("broken", "fault"),
    [*(("rclone", fault) for fault in FLEETING), *(("ceph", fault) for fault in AFTER_THE_ACT)],
    indirect=["broken"],
    ids=lambda value: value.name.lower() if isinstance(value, Fault) else value,
)
def test_everything_works_when_every_request_fails_at_first(
    broken: Broken, recording: tuple[Path, str], fault: Fault
) -> None:
    store, proxy = broken(once_each(fault))
    publish_and_check(store, recording)
    assert proxy.broken[fault] >= 10


def test_an_upload_that_is_damaged_in_another_way_each_time_is_begun_again(
    broken: Broken, recording: tuple[Path, str]
) -> None:
    """Its first part (not checked by the service yet), then that part (checked), then the list of the parts, twice."""
    damaged = ["partNumber=1", "partNumber=1", "POST", "POST"]

    def choose(request: Request) -> Fault | None:
        one = f"{request.method} {request.target}"
        is_next = damaged and "uploadId" in one and damaged[0] in one
        return Fault.FLIPPED_UP if is_next and damaged.pop(0) else None

    path, digest = recording
    store, _ = broken(choose)
    sent: list[int] = []
    store.upload("audio/folge-1.mp3", path, digest, PAGE, sent.append)
    assert not damaged
    assert sum(sent) == path.stat().st_size
    assert hashlib.sha256(store.read("audio/folge-1.mp3").data).hexdigest() == digest


def test_everything_works_on_a_service_that_answers_501_to_conditions(
    broken: Broken, recording: tuple[Path, str]
) -> None:
    store, proxy = broken(no_conditions)
    publish_and_check(store, recording)
    assert 1 <= proxy.broken[Fault.NOT_IMPLEMENTED] <= 3


@pytest.mark.parametrize("broken", ["rclone"], indirect=True)
@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.SLOW_DOWN, Fault.LOST_REPLY, Fault.TOO_MANY])
def test_a_service_that_never_answers_rightly_is_unreachable_in_bounded_time(broken: Broken, fault: Fault) -> None:
    store, proxy = broken(lambda _: fault)
    uses: list[Callable[[], object]] = [
        lambda: store.read("feed.xml"),
        lambda: store.stat("feed.xml"),
        lambda: list(store.list("")),
        lambda: store.create("a", b"", PAGE),
        lambda: store.replace("feed.xml", b"x", PAGE, None),
        lambda: store.delete("feed.xml"),
    ]
    for use in uses:
        proxy.requests.clear()
        started = time.monotonic()
        with pytest.raises(Unreachable):
            use()
        assert time.monotonic() - started < 10
        assert len(proxy.requests) == QUICK.tries


def test_a_write_that_was_done_is_never_reported_as_anothers(broken: Broken) -> None:
    """The reply to the first PUT is lost; its repetition is refused, and what is stored is looked at."""
    lost: list[Request] = []

    def lose_first_put(request: Request) -> Fault | None:
        if request.method == "PUT" and "records" in request.target and not lost:
            lost.append(request)
            return Fault.LOST_REPLY
        return None

    store, _ = broken(lose_first_put)
    version = store.create("records/1.json", b"mine", PAGE)
    assert lost
    assert store.read("records/1.json").version == version
    assert [one.key for one in store.writes] == ["records/1.json"]


def test_a_flipped_bit_is_noticed_when_reading(broken: Broken) -> None:
    store, proxy = broken(lambda _: None)
    store.replace("feed.xml", b"<feed/>" * 100, PAGE, None)
    proxy.choose = once_each(Fault.FLIPPED_DOWN)
    assert store.read("feed.xml").data == b"<feed/>" * 100
    assert proxy.broken[Fault.FLIPPED_DOWN] == 1


def test_a_listing_of_many_pages_is_whole_although_pages_break(broken: Broken) -> None:
    store, proxy = broken(lambda _: None)
    keys = [f"records/{number:04}.json" for number in range(12)]
    for key in keys:
        store.replace(key, b"", PAGE, None)
    seen_requests(store, page=7)
    for fault in (Fault.TRUNCATED, Fault.RESET_AFTER):
        proxy.choose = once_each(fault)
        assert [one.key for one in store.list("records/")] == keys
        assert proxy.broken[fault] == 2


def test_with_a_fifth_of_the_requests_broken_everything_works(broken: Broken, recording: tuple[Path, str]) -> None:
    store, proxy = broken(now_and_then(0.2, 1))
    publish_and_check(store, recording)
    assert proxy.broken.total() > 0


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100))
def test_with_half_of_the_requests_broken_what_is_reported_is_true(
    broken: Broken, recording: tuple[Path, str], seed: int
) -> None:
    store, proxy = broken(now_and_then(0.5, seed))
    done: dict[str, bytes] = {}
    for number in range(10):
        try:
            store.create(f"records/{number}.json", b"%d" % number, PAGE)
            done[f"records/{number}.json"] = b"%d" % number
        except SendungError as error:
            assert isinstance(error, Unreachable)  # noqa: PT017 - most succeed
    proxy.choose = lambda _: None
    assert {key: store.read(key).data for key in done} == done
