"""Many processes publish different episodes into one store at once: every one of them is in the feed in the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from sendung.records import EpisodeRecord, owner_of
from sendung.records.reader import Reader
from tests.crash_and_race.world import Watcher, World, feed_titles, finish, make_world
from tests.servers.fixtures import Target


def publish_at_once(world: World, hosts: int, each: int) -> None:
    finish(world.host("first", ["h0-e0"]))  # the recording is mastered once, before the rush
    with Watcher(world.store()) as watcher:
        running = [world.host(f"host{h}", [f"h{h}-e{e}" for e in range(each)]) for h in range(hosts)]
        reports = [report for host in running for report in finish(host, 1500)]
    assert [report for report in reports if report["error"]] == []
    statuses = {report["slug"]: report["status"] for report in reports}
    assert statuses == dict.fromkeys(slugs(hosts, each), "published") | {"h0-e0": "unchanged"}
    watcher.look()
    assert watcher.faults == []
    assert watcher.looks > hosts
    expected = sorted(f"Folge h{h}-e{e}" for h in range(hosts) for e in range(each))
    assert sorted(feed_titles(world.store())) == expected


def slugs(hosts: int, each: int) -> list[str]:
    return [f"h{h}-e{e}" for h in range(hosts) for e in range(each)]


@pytest.mark.parametrize("target", ["directory", "rclone", "ceph"], indirect=True)
def test_a_few_hosts_at_once(target: Target, tmp_path: Path) -> None:
    publish_at_once(make_world(tmp_path, target, slugs(3, 2)), 3, 2)


@pytest.mark.soak
@pytest.mark.parametrize("target", ["directory", "rclone", "ceph"], indirect=True)
def test_twenty_hosts_at_once(target: Target, tmp_path: Path) -> None:
    publish_at_once(make_world(tmp_path, target, slugs(20, 10)), 20, 10)


@pytest.mark.parametrize("target", ["directory", "rclone", pytest.param("ceph", marks=pytest.mark.soak)], indirect=True)
def test_two_hosts_who_edit_one_episode_at_once_lose_nothing(target: Target, tmp_path: Path) -> None:
    world = make_world(tmp_path, target, ["h0-e0"])
    finish(world.host("first", ["h0-e0"]))
    running = [world.host(f"host{h}", ["h0-e0"], retitle=f"Titel {h}") for h in range(3)]
    results = [finish(host)[0] for host in running]
    reader = Reader(world.store(), tmp_path / "other-cache")
    [newest] = reader.archive().episodes.values()
    revisions = reader.revisions(owner_of(newest.episode.guid), reader.listing(), EpisodeRecord)
    published = [one for one in results if one["status"] == "published"]
    refused = [one for one in results if one["status"] in ("failed", "stale")]
    assert published
    assert len(published) + len(refused) == 3, results
    kept = {record.episode.title for record in revisions}
    if target.honours_conditions:
        assert {one["title"] for one in published} <= kept, "what was reported as published is a revision"
    assert feed_titles(world.store()) == [newest.episode.title]
