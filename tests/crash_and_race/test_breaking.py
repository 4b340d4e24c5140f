"""Publishing through a proxy that breaks a fifth of the requests, or a service that knows no conditions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash_and_race.world import Watcher, World, feed_titles, finish, make_world
from tests.servers.fixtures import Target
from tests.servers.proxy import Choose, breaking_proxy, no_conditions, now_and_then


def publish_through(target: Target, folder: Path, choose: Choose, slugs: list[str]) -> tuple[World, int]:
    """Two hosts publish through a proxy until all is out, while a reader looks past it; how many runs it took."""
    world = make_world(folder, target, slugs)
    assert target.endpoint_url
    runs = 0
    with breaking_proxy(target.endpoint_url, choose) as proxy, Watcher(world.store()) as watcher:
        behind = replace(world, target=replace(target, endpoint_url=proxy.url))
        todo = slugs
        while todo:
            runs += 1
            assert runs < 10, todo
            halves = [todo[::2], todo[1::2]]
            hosts = [behind.host(f"host{runs}-{n}", half) for n, half in enumerate(halves) if half]
            reports = [report for host in hosts for report in finish(host, 600)]
            failed = [report for report in reports if report["status"] == "failed"]
            assert all(report["error"] and "Traceback" not in report["error"] for report in failed)
            todo = [report["slug"] for report in failed]
    watcher.look()
    assert watcher.faults == []
    return world, runs


@pytest.mark.parametrize("target", ["rclone", pytest.param("ceph", marks=pytest.mark.soak)], indirect=True)
def test_nothing_is_lost_behind_bad_connections(target: Target, tmp_path: Path) -> None:
    slugs = ["eins", "zwei"]
    world, _ = publish_through(target, tmp_path, now_and_then(0.2, seed=11), slugs)
    assert sorted(feed_titles(world.store())) == [f"Folge {slug}" for slug in slugs]


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("target", ["rclone", "ceph"], indirect=True)
def test_nothing_is_lost_behind_bad_connections_again_and_again(target: Target, tmp_path: Path, seed: int) -> None:
    slugs = [f"e{number}" for number in range(6)]
    world, _ = publish_through(target, tmp_path, now_and_then(0.2, seed=seed), slugs)
    assert sorted(feed_titles(world.store())) == [f"Folge {slug}" for slug in slugs]


@pytest.mark.parametrize("target", ["rclone"], indirect=True)
def test_a_service_that_answers_501_to_conditions_loses_nothing(target: Target, tmp_path: Path) -> None:
    world, runs = publish_through(target, tmp_path, no_conditions, ["eins", "zwei"])
    assert runs == 1
    assert sorted(feed_titles(world.store())) == ["Folge eins", "Folge zwei"]
