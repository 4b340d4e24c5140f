"""The second listing alone makes the last writer right, on a store that ignores every condition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sendung import Desk, publish
from sendung.config.show import load_show
from sendung.core.progress import Silent
from sendung.store import Store
from sendung.workflows.publish.site import refresh
from tests.crash_and_race.world import Watcher, World, feed_titles, make_world, public_objects
from tests.servers.fixtures import Target


class CarelessStore:
    """A store that writes whatever the condition, and lets somebody else work just before it writes a key."""

    def __init__(self, below: Store, key: str, meanwhile: Callable[[], object]) -> None:
        self._below = below
        self._key = key
        self._meanwhile: Callable[[], object] | None = meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._below, name)

    def replace(self, key: str, data: bytes, headers: Any, version: Any) -> Any:
        if key == self._key and self._meanwhile:
            work, self._meanwhile = self._meanwhile, None
            work()
        there = self._below.stat(key)
        return self._below.replace(key, data, headers, there.version if there else None)


def desk_of(world: World) -> Desk:
    return Desk("sven", lambda: datetime.now(UTC), world.cache)


def publish_one(world: World, slug: str, store: Any) -> None:
    outcome = publish([world.folder / "episodes" / slug], load_show(world.folder), store, desk_of(world), Silent())
    assert outcome.error is None


@pytest.mark.parametrize("key", ["feed.xml", "index.html", "listen-now.json", "state/pages.json"])
@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_who_writes_last_has_seen_everything(target: Target, tmp_path: Path, key: str) -> None:
    world = make_world(tmp_path, target, ["eins", "zwei", "drei"])
    publish_one(world, "eins", world.store())
    careless = CarelessStore(world.store(), key, lambda: publish_one(world, "drei", world.store()))
    publish_one(world, "zwei", careless)
    assert sorted(feed_titles(world.store())) == ["Folge drei", "Folge eins", "Folge zwei"]
    watcher = Watcher(world.store())
    watcher.look()
    assert watcher.faults == []
    for page in ("index.html", "listen-now.json"):
        text = world.store().read(page).data.decode()
        assert all(f"/{slug}" in text for slug in ("eins", "zwei", "drei")), page


class SlowToSend:
    """A store where somebody else publishes once this host has seen the pages, before it sends any."""

    def __init__(self, below: Any, meanwhile: Callable[[], object]) -> None:
        self._below = below
        self._meanwhile: Callable[[], object] | None = meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._below, name)

    def list(self, prefix: str, hints: Any = ()) -> Any:
        listed = list(self._below.list(prefix, hints))
        if prefix == "e/" and self._meanwhile:
            work, self._meanwhile = self._meanwhile, None
            work()
        return iter(listed)

    @property
    def overtaken(self) -> bool:
        return self._meanwhile is None


@pytest.mark.parametrize("careless", [False, True], ids=["conditions hold", "conditions are ignored"])
@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_what_another_host_does_after_the_pages_were_seen_is_seen_all_the_same(
    target: Target, tmp_path: Path, careless: bool
) -> None:
    """The pages are looked at before any is sent; here another host publishes whole between the two."""
    world = make_world(tmp_path, target, ["eins", "zwei", "drei"])
    publish_one(world, "eins", world.store())
    below = CarelessStore(world.store(), "", lambda: None) if careless else world.store()
    slow = SlowToSend(below, lambda: publish_one(world, "drei", world.store()))
    publish_one(world, "zwei", slow)
    assert slow.overtaken
    assert sorted(feed_titles(world.store())) == ["Folge drei", "Folge eins", "Folge zwei"]
    shown = public_objects(world.store())
    refresh(desk_of(world).run(world.store()), anew=True)
    assert public_objects(world.store()) == shown, "nothing was left as it was before"
