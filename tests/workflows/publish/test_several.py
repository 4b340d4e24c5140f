"""Several episodes published by one run: mastered and sent at once, recorded together, and every race is found."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sendung.config.show import load_show
from sendung.core.errors import AudioError, NoRoom, NoSpace
from sendung.core.model import Show
from sendung.records import EpisodeRecord, Status, key_of, owner_of
from sendung.records.reader import Reader
from sendung.store import LoggedStore
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.candidate import Batch, Candidate
from sendung.workflows.publish import flow, several
from sendung.workflows.publish.build import build_episode
from sendung.workflows.publish.result import Outcome
from tests.crash_and_race.crashing import Crashed, CrashingStore
from tests.crash_and_race.world import Heard, World, feed_titles, make_world
from tests.end_to_end.conftest import make_tone, run_ffmpeg
from tests.servers.fixtures import Target

SLUGS = [f"folge-{number}" for number in range(1, 5)]


@pytest.fixture(scope="module")
def mastered(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A show with a cache that holds its one recording, mastered."""
    folder = tmp_path_factory.mktemp("several")
    made = make_world(folder, Target("directory", str(folder / "public"), None, {}), SLUGS)
    publish(made, SLUGS[:1])
    return made


@pytest.fixture
def world(mastered: World, tmp_path: Path) -> World:
    """A copy of it, with an empty store."""
    folder, cache = tmp_path / "show", tmp_path / "cache"
    shutil.copytree(mastered.folder, folder)
    shutil.copytree(mastered.cache, cache)
    return World(folder, cache, Target("directory", str(tmp_path / "public"), None, {}))


def make_silence(path: Path) -> None:
    run_ffmpeg("-f", "lavfi", "-i", "anullsrc=r=44100", "-t", "8", str(path))


def context(world: World, store: Any, by: str = "sven") -> RunContext:
    return RunContext(store, by, lambda: datetime.now(UTC), world.cache, Heard())


def publish(world: World, slugs: Sequence[str], store: Any = None, by: str = "sven", *, agree: bool = False) -> Outcome:
    folders = [world.folder / "episodes" / slug for slug in slugs]
    options = flow.PublishOptions(agree=lambda _: agree)
    return flow.publish(folders, load_show(world.folder), context(world, store or world.store(), by), options)


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
    publish(
        world,
        SLUGS,
        LoggedStore(world.store(), lambda line: lines.append(f"{time.monotonic()} {line}"), time.monotonic),
    )
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


def test_what_is_ready_is_sent_while_others_are_mastered_and_one_that_fails_stays_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_silence(world.folder / "episodes" / "folge-2" / "audio.flac")
    events: list[str] = []

    def build(candidate: Candidate, batch: Batch, run: RunContext, work: Path) -> Candidate:
        try:
            return build_episode(candidate, batch, run, work)
        finally:
            events.append("built")

    monkeypatch.setattr(several, "build_episode", build)
    monkeypatch.setattr("sendung.audio.at_once", lambda *_: 2)
    outcome = publish(world, SLUGS, LoggedStore(world.store(), events.append, time.monotonic), agree=True)
    uploads = [number for number, event in enumerate(events) if event.startswith("upload audio/")]
    last = max(number for number, event in enumerate(events) if event == "built")
    records = [number for number, event in enumerate(events) if event.startswith("create records/")]
    assert len(uploads) == len(SLUGS) - 1
    assert uploads[0] < last, "sent before all were mastered"
    assert max(uploads) < min(records), "assets come before records"
    statuses = {result.folder.name: result.status for result in outcome.episodes}
    assert statuses == dict.fromkeys(SLUGS, Status.PUBLISHED) | {"folge-2": Status.FAILED}
    assert isinstance(outcome.error, AudioError)
    [problem] = outcome.error.problems
    assert problem.place
    assert problem.place.file == world.folder / "episodes/folge-2/episode.yaml"
    assert sorted(feed_titles(world.store())) == sorted(f"Folge {slug}" for slug in SLUGS if slug != "folge-2")
    assert not list(world.cache.glob("making-*"))
    again = world.store()
    make_tone(world.folder / "episodes" / "folge-2" / "audio.flac", pitch=200)
    assert publish(world, SLUGS, again, agree=True).error is None
    assert [write.key for write in again.writes if write.key.startswith("audio/") and "folge-2" not in write.key] == []


def test_without_a_word_before_nothing_is_sent_until_all_is_built_and_approved(world: World) -> None:
    store = world.store()
    seen: list[int] = []

    def approve(candidates: Sequence[Candidate], _: Show) -> None:
        seen.append(len(candidates))
        assert store.writes == ()
        raise RuntimeError("stop")

    run = context(world, store)
    folders = [world.folder / "episodes" / slug for slug in SLUGS]
    with pytest.raises(RuntimeError):
        flow.publish(folders, load_show(world.folder), run, flow.PublishOptions(approve=approve))
    assert seen == [len(SLUGS)]
    assert store.writes == ()


def test_a_store_that_fails_while_others_are_mastered_ends_the_run_and_records_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = world.store()

    def upload(*_: object) -> None:
        raise NoSpace("The store is full.", "Make room.")

    monkeypatch.setattr(store, "upload", upload)
    with pytest.raises(NoSpace):
        publish(world, SLUGS, store, agree=True)
    assert not list(world.store().list("records/"))


@pytest.mark.parametrize("moment", [(0, False), (5, True), (36, True)])
def test_a_batch_that_dies_is_finished_without_sending_anything_twice(world: World, moment: tuple[int, bool]) -> None:
    with pytest.raises(Crashed):
        publish(world, SLUGS, CrashingStore(world.store(), moment), agree=True)
    there = {stat.key for stat in world.store().list("") if stat.key.startswith(("audio/", "assets/"))}
    assert bool(there) == (moment[0] > 0)
    store = world.store()
    assert publish(world, SLUGS, store, agree=True).error is None
    assert there.isdisjoint(write.key for write in store.writes)
    assert len(feed_titles(store)) == len(SLUGS)


def test_a_full_disk_is_told_once_and_not_of_each_episode(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(*_: object) -> Candidate:
        raise NoRoom("There is no space left for mastering in /var/tmp")

    monkeypatch.setattr(several, "build_episode", build)
    with pytest.raises(NoRoom) as caught:
        publish(world, SLUGS, agree=True)
    assert len(caught.value.problems) == 1
    assert world.store().stat("records/show/000001.json") is None
