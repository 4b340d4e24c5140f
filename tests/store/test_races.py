"""Many writers at once, in threads and processes: who wins, who is told to have lost, and what is stored."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.awsrequest import AWSResponse

from sendung.core.errors import ObjectChanged, ObjectExists
from sendung.store.s3.bucket import Patience
from tests.servers.fixtures import Target
from tests.servers.proxy import Request, breaking_proxy
from tests.store.places import store_at
from tests.store.racer import PLAIN, PROCESSES, THREADS, Race, Result

ROUNDS = {"directory": 40, "rclone": 2, "ceph": 3}
"""How many keys are raced for; on slower stores a round finds more."""


def run_race(target: Target, action: str) -> list[Result]:
    """What 20 writers, each with bytes of its own, were told about one key in each of the rounds."""
    racers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.store.racer"],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    try:
        for number, racer in enumerate(racers):
            tell(racer, json.dumps(Race(target.url, target.endpoint_url, action, f"p{number}", ROUNDS[target.kind])))
        for _ in range(ROUNDS[target.kind]):
            assert [hear(racer) for racer in racers] == ["ready"] * PROCESSES
            for racer in racers:
                tell(racer, "go")
        return [Result(*one) for racer in racers for one in json.loads(hear(racer))]
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()


def tell(racer: subprocess.Popen[str], line: str) -> None:
    assert racer.stdin is not None
    racer.stdin.write(f"{line}\n")
    racer.stdin.flush()


def hear(racer: subprocess.Popen[str]) -> str:
    assert racer.stdout is not None
    return racer.stdout.readline().strip()


def test_of_racing_creators_exactly_one_succeeds(target: Target) -> None:
    results = run_race(target, "create")
    store = target.open()
    for number in range(ROUNDS[target.kind]):
        told = [one for one in results if one.round == number]
        winners = [one.data for one in told if one.outcome == "written"]
        assert len(told) == PROCESSES * THREADS
        assert {one.outcome for one in told} == {"written", "ObjectExists"}
        assert winners == [store.read(f"key-{number}").data.decode()]


def test_of_racing_replacers_of_one_version_exactly_one_succeeds_where_conditions_are_honoured(target: Target) -> None:
    store = target.open()
    for number in range(ROUNDS[target.kind]):
        store.create(f"key-{number}", b"first", PLAIN)
    results = run_race(target, "replace")
    assert {one.outcome for one in results} <= {"written", "ObjectChanged"}
    for number in range(ROUNDS[target.kind]):
        winners = [one.data for one in results if one.round == number and one.outcome == "written"]
        stored = store.read(f"key-{number}").data.decode()
        assert stored in winners
        if target.honours_conditions:
            assert winners == [stored]


@pytest.mark.parametrize("target", ["ceph"], indirect=True)
def test_threads_that_learn_at_once_how_conditions_are_quoted_learn_the_same(target: Target) -> None:
    """Ceph takes only bare ETags: what two threads are refused at one moment is sent once more, and no oftener."""
    writers = 6
    store = store_at(target, target.endpoint_url or "")
    versions = [store.replace(f"key-{number}", b"first", PLAIN, None) for number in range(writers)]
    refused = threading.Barrier(writers)
    sent: list[int] = []

    def wait_for_all(http_response: AWSResponse, **_: object) -> None:
        sent.append(http_response.status_code)
        if http_response.status_code == 412:
            refused.wait(10)

    store._bucket.client.meta.events.register("after-call.s3.PutObject", wait_for_all)
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(lambda n: store.replace(f"key-{n}", b"second", PLAIN, versions[n]), range(writers)))
    assert sorted(sent) == [200] * writers + [412] * writers


def test_where_conditions_are_ignored_a_creator_is_overwritten_only_before_it_has_won(
    new_target: Callable[[str], Target],
) -> None:
    """Both look before either writes, and the second write comes late: the first writer must hear of it."""
    target = new_target("rclone")
    assert target.endpoint_url
    both_looked = threading.Barrier(2)
    looks, writes = itertools.count(1), itertools.count(1)

    def hold(request: Request) -> None:
        if "records/1.json" not in request.target:
            return
        if request.method == "GET" and next(looks) <= 2:
            both_looked.wait(10)
        if request.method == "PUT" and next(writes) == 2:
            time.sleep(0.4)

    with breaking_proxy(target.endpoint_url, hold) as proxy, ThreadPoolExecutor(2) as pool:
        results = [
            pool.submit(store_at(target, proxy.url, Patience()).create, "records/1.json", data, PLAIN)
            for data in (b"one", b"two")
        ]
        outcomes = [type(one.exception()) for one in results]
    assert sorted(outcomes, key=str) == sorted([type(None), ObjectExists], key=str)
    assert target.open().read("records/1.json").data == (b"one", b"two")[outcomes.index(type(None))]


@pytest.mark.soak
def test_racing_creators_again_and_again(target: Target) -> None:
    for _ in range(20):
        test_of_racing_creators_exactly_one_succeeds(target)
        store = target.open()
        for one in list(store.list("")):
            store.delete(one.key)


@pytest.mark.parametrize("target", ["rclone", "ceph"], indirect=True)
def test_many_objects_cost_one_request_each_where_the_service_guards_them(target: Target) -> None:
    store = store_at(target, target.endpoint_url or "")
    versions = [store.replace(f"key-{number}", b"first", PLAIN, None) for number in range(40)]
    sent: list[str] = []
    store._bucket.client.meta.events.register(
        "before-send.s3", lambda event_name, **_: sent.append(event_name.rpartition(".")[2])
    )
    for number, version in enumerate(versions):
        versions[number] = store.replace(f"key-{number}", b"second", PLAIN, version)
    looks = sent.count("HeadObject")
    assert looks == (0 if target.honours_conditions else 40)
    assert sent.count("GetObject") <= 2  # where conditions are found to be quoted otherwise
    with pytest.raises(ObjectChanged):
        store.replace("key-0", b"third", PLAIN, versions[1] if versions[1] != versions[0] else None)
    sent.clear()
    assert [store.replace(f"key-{number}", b"second", PLAIN, versions[number]) for number in range(40)] == versions
    assert set(sent) == {"HeadObject"}  # nobody sends what is there
