"""What a publish costs does not grow with the show."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sendung import Desk, publish, records
from sendung.config.show import load_show
from sendung.core.progress import Silent
from sendung.records import EpisodeRecord
from sendung.records.reader import PRIVATE, Reader
from sendung.store import Headers, Store, Version
from tests.config.test_digests import bytes_read, remember
from tests.crash_and_race.world import finish, make_world
from tests.servers.fixtures import Target


class CountingStore:
    """A store that counts its calls."""

    def __init__(self, below: Store) -> None:
        self._below = below
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._below, name)
        if not callable(value):
            return value

        def call(*arguments: Any, **keywords: Any) -> Any:
            self.calls.append(name)
            return value(*arguments, **keywords)

        return call


def grow(store: Store, cache: Path, number: int) -> None:
    """Put revisions of many more episodes into a store, as if they had been published long ago."""
    reader = Reader(store, cache)
    [one] = [record for record in reader.archive().episodes.values() if record.number == 1]
    for index in range(number):
        day = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=index)
        facts = {"guid": f"old-{index}", "slug": f"old-{index}", "title": f"Alt {index}", "date": day, "articles": ()}
        source = one.source | {f"file:{one.source['audio']}": f"{index:064}"}
        record = one.model_copy(update={"at": day, "source": source, "episode": one.episode.model_copy(update=facts)})
        store.create(records.key_of(f"old-{index}", 1), records.encode(record), PRIVATE)


@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_the_requests_of_a_publish_do_not_grow_with_the_show(target: Target, tmp_path: Path) -> None:
    world = make_world(tmp_path, target, ["eins", "zwei", "drei"])
    show = load_show(world.folder)
    desk = Desk("sven", lambda: datetime.now(UTC), world.cache)

    # Both shows are so large that their feed is paged.
    def calls_in_a_show_of(episodes: int) -> dict[str, int]:
        place = replace(world, target=replace(target, url=f"{target.url}-{episodes}"))
        finish(place.host("sven", ["eins"]))
        grow(place.store(), world.cache, episodes)
        finish(place.host("sven", ["zwei"]))
        store = CountingStore(place.store())
        outcome = publish([world.folder / "episodes" / "drei"], show, store, desk, Silent())
        assert outcome.error is None
        return {name: store.calls.count(name) for name in sorted(set(store.calls))}

    small, large = calls_in_a_show_of(90), calls_in_a_show_of(130)
    assert large == small, json.dumps([small, large])


@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_a_second_look_reads_no_record_again(target: Target, tmp_path: Path) -> None:
    world = make_world(tmp_path, target, ["eins"])
    finish(world.host("sven", ["eins"]))
    grow(world.store(), world.cache, 30)
    Reader(world.store(), world.cache).archive()
    store = CountingStore(world.store())
    archive = Reader(store, world.cache).archive()
    assert len(archive.episodes) == 31
    assert "read" not in store.calls
    assert isinstance(next(iter(archive.episodes.values())), EpisodeRecord)


@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_what_was_listed_before_may_be_wrong(target: Target, tmp_path: Path) -> None:
    """This machine remembers the keys of the last listing, so that the next is asked for in many requests at once.

    That a store lists the same whatever it is told to expect is in tests/store/test_contract.py.
    """
    world = make_world(tmp_path, target, ["eins"])
    finish(world.host("sven", ["eins"]))
    grow(world.store(), world.cache, 30)
    listing = Reader(world.store(), world.cache).listing()
    assert len(listing) == 32
    [keys] = world.cache.glob("records/*/keys")
    assert keys.read_text().splitlines() == [*listing]
    gone = [records.key_of(f"{letter}-{number}", 1) for letter in "aow" for number in range(900)]
    for wrong in ("\n".join(gone).encode(), b"\xff\x00", b"records/../x\n" * 3000):
        keys.write_bytes(wrong)
        assert Reader(world.store(), world.cache).listing() == listing
        assert keys.read_text().splitlines() == [*listing]


@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_an_unchanged_publish_lists_each_thing_once_for_itself(target: Target, tmp_path: Path) -> None:
    """The records for the draft and for the feed, the pages once; after no write there is nothing to look at again."""
    world = make_world(tmp_path, target, ["eins"])
    finish(world.host("sven", ["eins"]))
    store = CountingStore(world.store())
    desk = Desk("sven", lambda: datetime.now(UTC), world.cache)
    outcome = publish([world.folder / "episodes" / "eins"], load_show(world.folder), store, desk, Silent())
    assert outcome.error is None
    assert store.writes == ()
    assert store.calls.count("list") == 3


class SlowerHost(CountingStore):
    """A store where somebody else has just written the same page whenever this host writes one."""

    def replace(self, key: str, data: bytes, headers: Headers, version: Version | None) -> Version:
        if key.startswith("e/"):
            self._below.replace(key, data, headers, version)
        return self._below.replace(key, data, headers, version)


@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_pages_that_the_other_host_has_rendered_alike_cost_no_further_round(target: Target, tmp_path: Path) -> None:
    world = make_world(tmp_path, target, ["eins"])
    store = SlowerHost(world.store())
    desk = Desk("sven", lambda: datetime.now(UTC), world.cache)
    outcome = publish([world.folder / "episodes" / "eins"], load_show(world.folder), store, desk, Silent())
    assert outcome.error is None
    assert store.calls.count("list") == 4  # the records thrice, the pages once


def test_an_unchanged_publish_reads_no_recording(tmp_path: Path) -> None:
    padding = 20_000_000
    world = make_world(tmp_path, Target("directory", str(tmp_path / "public"), None, {}), ["eins"])
    recording = world.folder / "episodes/eins/audio.flac"
    recording.write_bytes(recording.read_bytes() + bytes(padding))  # long to read, quick to master
    desk = Desk("sven", lambda: datetime.now(UTC), world.cache)

    def run() -> None:
        folders = [world.folder / "episodes/eins"]
        assert publish(folders, load_show(world.folder), world.store(), desk, Silent()).error is None

    run()
    remember(world.cache, recording)
    assert bytes_read(run) < padding / 2
