"""The publisher is killed at every call of the store: readers never see anything wrong, and the next run finishes."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.servers.fixtures import Target
from tests.trials.world import Watcher, World, finish, make_world, public_objects

SLUGS = ["alt", "neu"]


def beside(target: Target, name: str) -> Target:
    """Another place in the same store."""
    return replace(target, url=f"{target.url}-{name}")


def kill_at(world: World, calls: Sequence[int], *, after: bool) -> int:
    """Publish in a fresh place for each number, killed at that call, then once more; how many were killed."""
    expected = public_objects(beside(world.target, "whole").open())
    pattern = beside(world.target, f"{'after' if after else 'before'}-{{n}}").url
    host = world.host("sven", SLUGS, kill_each=list(calls), after=after, url=pattern)
    assert host.stdin
    assert host.stdout
    killed = 0
    watcher = Watcher(world.store())
    for line in host.stdout:
        report = json.loads(line)
        store = replace(world.target, url=report["url"]).open()
        if report["phase"] == "killed":
            killed += report["killed"]
            watcher = Watcher(store)
        watcher.look()
        assert watcher.faults == [], report
        if report["phase"] == "finished":
            found = public_objects(store)
            assert found.keys() == expected.keys(), report
            assert found == expected, report
        host.stdin.write("\n")
        host.stdin.flush()
    _, err = host.communicate(timeout=60)
    assert host.returncode == 0, err
    return killed


@pytest.fixture
def world(target: Target, tmp_path: Path) -> World:
    """Two drafts, and a place where both were published whole, for comparison."""
    made = make_world(tmp_path, target, SLUGS)
    finish(replace(made, target=beside(target, "whole")).host("sven", SLUGS))
    return made


def calls_of(world: World) -> int:
    """How many calls of the store the first publish takes."""
    out, err = world.host("sven", SLUGS[:1], url=beside(world.target, "count").url).communicate(timeout=120)
    calls: int = json.loads(out.splitlines()[-1])["calls"]
    assert calls > 30, err
    return calls


@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_killed_at_some_calls(world: World) -> None:
    some = random.Random(7).sample(range(1, calls_of(world)), 8)
    assert kill_at(world, some, after=True) == len(some)


@pytest.mark.soak
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("target", ["directory", "rclone", "ceph"], indirect=True)
def test_killed_at_every_call(world: World, after: bool) -> None:
    calls = calls_of(world)
    assert kill_at(world, range(1, calls + 1), after=after) == calls
