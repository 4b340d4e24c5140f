"""Several episodes published by one run: recorded together, and every race is still found."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sendung.config.show import load_show
from sendung.records import EpisodeRecord, Status, key_of, owner_of
from sendung.records.reader import Reader
from sendung.store import LoggedStore, Store
from sendung.workflows.context import RunContext
from sendung.workflows.publish import flow
from sendung.workflows.publish.result import Outcome
from tests.crash_and_race.world import Heard, World, feed_titles, make_world
from tests.servers.fixtures import Target

SLUGS = [f"folge-{number}" for number in range(1, 7)]


def publish(world: World, slugs: Sequence[str], store: Store | None = None, by: str = "sven") -> Outcome:
    run = RunContext(store or world.store(), by, lambda: datetime.now(UTC), world.cache, Heard())
    folders = [world.folder / "episodes" / slug for slug in slugs]
    return flow.publish(folders, load_show(world.folder), run)


def retitled(world: World, by: str) -> World:
    """Another host's checkout, where every episode is called otherwise."""
    folder = Path(shutil.copytree(world.folder, world.folder.parent / by))
    for file in folder.glob("episodes/*/episode.yaml"):
        file.write_text(file.read_text("utf-8").replace("title: Folge", f"title: {by}s Folge"), "utf-8")
    return World(folder, world.cache, world.target)


@pytest.mark.parametrize("target", ["rclone"], indirect=True)
def test_records_wait_together_and_two_hosts_with_the_same_episodes_are_told_apart(
    target: Target, tmp_path: Path
) -> None:
    world = make_world(tmp_path, target, SLUGS)
    lines: list[str] = []
    began = time.monotonic()
    publish(world, SLUGS, LoggedStore(world.store(), lambda line: lines.append(f"{time.monotonic()} {line}"), _clock))
    waits = [re.fullmatch(r"([\d.]+) create records/(?!show/).*: ([\d.]+) s", line) for line in lines]
    ends = [(float(match[1]) - began, float(match[2])) for match in waits if match]
    assert len(ends) == len(SLUGS)
    assert all(took > 1 for _, took in ends), "each is looked at again after a second"
    took = max(end for end, _ in ends) - min(end - seconds for end, seconds in ends)
    assert took < sum(seconds for _, seconds in ends) / 2

    hosts = [retitled(world, by) for by in ("Sven", "Sebastian")]
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda host: publish(host, SLUGS, by=host.folder.name), hosts))
    told = [result for outcome in outcomes for result in outcome.episodes]
    kept = Reader(world.store(), tmp_path / "other-cache")
    for result in told:
        number = 2 if result.status is Status.PUBLISHED else 1
        record = kept.read(key_of(owner_of(str(result.guid)), number), EpisodeRecord)
        if result.episode and result.status is Status.PUBLISHED:
            assert record.episode == result.episode, "what was reported as published is a revision"
    published = [result for result in told if result.status is Status.PUBLISHED]
    others = [result for result in told if result.status is not Status.PUBLISHED]
    assert published
    assert all(result.error and "was first" in str(result.error) for result in others if result.new is False), others
    assert sorted(feed_titles(world.store())) == sorted(
        {str(record.episode.title) for record in kept.archive().episodes.values()}
    )


def _clock() -> float:
    return time.monotonic()
