"""The publisher is killed at every call of the store, and at random moments.

Readers never see anything wrong, and the next run finishes.
"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sendung import Desk, publish_due
from sendung.core.progress import Silent
from tests.crash_and_race.world import Host, Watcher, World, feed_titles, finish, make_world, public_objects
from tests.servers.fixtures import Target

SLUGS = ["alt", "neu"]


def beside(target: Target, name: str) -> Target:
    """Another place in the same store."""
    return replace(target, url=f"{target.url}-{name}")


def look_after_each_kill(world: World, host: Host) -> int:
    """Look at what a host leaves that kills children in places of their own; how many were killed."""
    expected = public_objects(beside(world.target, "whole").open())
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
    code, _, err = host.end(60)
    assert code == 0, err
    return killed


def kill(world: World, name: str, **how: object) -> int:
    """Publish in fresh places, each time killed as `how` says, then once more; how many were killed."""
    pattern = beside(world.target, f"{name}-{{n}}").url
    return look_after_each_kill(world, world.host("sven", SLUGS, url=pattern, **how))


@pytest.fixture
def world(target: Target, tmp_path: Path) -> World:
    """Two drafts, and a place where both were published whole, for comparison."""
    made = make_world(tmp_path, target, SLUGS)
    finish(replace(made, target=beside(target, "whole")).host("sven", SLUGS))
    return made


def calls_of(world: World) -> int:
    """How many calls of the store the first publish takes."""
    _, out, err = world.host("sven", SLUGS[:1], url=beside(world.target, "count").url).end(120)
    calls: int = json.loads(out.splitlines()[-1])["calls"]
    assert calls > 30, err
    return calls


@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_killed_at_some_calls(world: World) -> None:
    some = random.Random(7).sample(range(1, calls_of(world)), 5)
    assert kill(world, "after", kill_each=some, after=True) == len(some)


@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_killed_at_some_moments(world: World) -> None:
    assert kill(world, "moment", kill_randomly=5, seed=7) == 5


@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_several_in_one_run_killed_at_some_moments(world: World) -> None:
    assert kill(world, "batch", kill_randomly=3, seed=5, together=True) == 3


@pytest.mark.parametrize("target", ["directory", pytest.param("rclone", marks=pytest.mark.soak)], indirect=True)
def test_what_a_host_said_is_meant_is_known_to_whoever_finishes_the_killed_run(world: World) -> None:
    """The word was given once, to a machine that then died between the record and the feed."""
    finish(world.host("sven", SLUGS))
    draft = world.folder / "episodes" / "alt" / "episode.yaml"
    draft.write_text(draft.read_text("utf-8").replace("2026-11-01 06:00", "2026-11-03 06:00"), "utf-8")
    killed = world.host("sven", ["alt"], override=["alt"], kill_before="feed.xml")
    assert finish(killed, code=-9) == []
    assert b"03 Nov 2026" not in world.store().read("feed.xml").data
    elsewhere = Desk("sebastian", lambda: datetime.now(UTC), world.cache.with_name("elsewhere"))
    publish_due(world.store(), elsewhere, Silent())
    assert b"<pubDate>Tue, 03 Nov 2026 05:00:00 +0000</pubDate>" in world.store().read("feed.xml").data
    assert sorted(feed_titles(world.store())) == ["Folge alt", "Folge neu"]


@pytest.mark.soak
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("target", ["directory", "rclone", "ceph"], indirect=True)
def test_killed_at_every_call(world: World, after: bool) -> None:
    calls = calls_of(world)
    every = list(range(1, calls + 1))
    assert kill(world, "after" if after else "before", kill_each=every, after=after) == calls


@pytest.mark.soak
@pytest.mark.parametrize("target", ["directory", "rclone", "ceph"], indirect=True)
def test_killed_at_two_hundred_moments(world: World) -> None:
    assert kill(world, "moment", kill_randomly=200, seed=11) == 200


@pytest.mark.soak
@pytest.mark.parametrize("target", ["directory", "rclone", "ceph"], indirect=True)
def test_several_in_one_run_killed_at_fifty_moments(world: World) -> None:
    assert kill(world, "batch", kill_randomly=50, seed=13, together=True) == 50
