"""The second listing alone makes the last writer right, on a store that ignores every condition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sendung.config.show import load_show
from sendung.desk import Desk
from sendung.progress import Silent
from sendung.publishing import publish
from sendung.store import Store
from tests.servers.fixtures import Target
from tests.trials.world import Watcher, World, feed_titles, make_world


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


def publish_one(world: World, slug: str, store: Any) -> None:
    desk = Desk("sven", lambda: datetime.now(UTC), world.cache)
    outcome = publish([world.folder / "episodes" / slug], load_show(world.folder), store, desk, Silent())
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
