"""Publishing tells the hubs that show.yaml names, once the feed was written."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sendung import Desk, publish, publish_due
from sendung.config.show import load_show
from sendung.core.progress import Silent
from sendung.store import Store
from tests.crash_and_race.world import Heard, World, feed_titles, make_world
from tests.end_to_end.conftest import Workshop, cache, pattern, workshop
from tests.net.test_websub import Hub, hub
from tests.servers.fixtures import Target

__all__ = ["cache", "hub", "pattern", "workshop"]


def test_hubs_hear_of_each_new_feed_and_of_nothing_else(hub: Hub, workshop: Workshop) -> None:
    hubs = f"[{hub.url('204')}, {hub.url('404')}]"
    workshop.edit("show.yaml", "store:", f"feed:\n  hubs: {hubs}\nallow: [podcast-local]\nstore:")
    assert workshop.run("publish", "erster-ton", "--dry-run").code == 0
    assert hub.told == []
    result = workshop.run("publish", "erster-ton")
    assert result.code == 0
    assert sorted(path for path, _, _ in hub.told) == ["/204", "/404"], "each once; they are told at the same time"
    assert result.err.count("warning: ") == 1, "a hub that does not take it is a warning"
    workshop.run("publish", "erster-ton")
    assert sorted(path for path, _, _ in hub.told) == ["/204", "/404", "/404"], "nothing was written"
    assert b'rel="hub"' in workshop.store_files()["feed.xml"]
    workshop.run("withdraw", "erster-ton", "--yes")
    assert sorted(path for path, _, _ in hub.told) == ["/204"] * 2 + ["/404"] * 3


class Overtaken:
    """A store where somebody else schedules an episode just after this host has written the feed."""

    def __init__(self, below: Store, world: World) -> None:
        self._below = below
        self._world = world
        self.feeds = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._below, name)

    def replace(self, key: str, *arguments: Any) -> Any:
        version = self._below.replace(key, *arguments)
        if key == "feed.xml":
            self.feeds += 1
            publish_from(self._world, "spaeter", self._world.store())
        return version


def announcing_desk(world: World, moment: datetime) -> Desk:
    return Desk("sven", lambda: moment, world.cache, announces=True)


def publish_from(world: World, slug: str, store: Any, *, announces: bool = False) -> None:
    desk = Desk("sven", lambda: datetime.now(UTC), world.cache, announces=announces)
    outcome = publish([world.folder / "episodes" / slug], load_show(world.folder), store, desk, Silent())
    assert outcome.error is None


@pytest.mark.parametrize("target", ["directory", "rclone"], indirect=True)
def test_hubs_hear_of_a_feed_that_an_earlier_round_of_the_same_run_wrote(
    hub: Hub, target: Target, tmp_path: Path
) -> None:
    """The records changed meanwhile, so there is a second round; it finds nothing to write, and must not keep still."""
    world = make_world(tmp_path, target, ["eins", "spaeter"])
    show, later = world.folder / "show.yaml", world.folder / "episodes/spaeter/episode.yaml"
    feed = f"feed: {{hubs: ['{hub.url('204')}']}}\nallow: [podcast-local]\nstore:"
    show.write_text(show.read_text("utf-8").replace("store:", feed), "utf-8")
    later.write_text(later.read_text("utf-8").replace("2026-11-01", "2100-11-01"), "utf-8")
    store = Overtaken(world.store(), world)
    publish_from(world, "eins", store, announces=True)
    assert store.feeds == 1
    assert feed_titles(world.store()) == ["Folge eins"]
    assert len(hub.told) == 1


def test_what_becomes_visible_by_its_date_is_told_to_hubs_and_an_unchanged_feed_is_not(
    hub: Hub, tmp_path: Path
) -> None:
    world = make_world(tmp_path, Target("directory", str(tmp_path / "public"), None, {}), ["eins"])
    show, draft = world.folder / "show.yaml", world.folder / "episodes/eins/episode.yaml"
    feed = f"feed: {{hubs: ['{hub.url('204')}']}}\nallow: [podcast-local]\nstore:"
    show.write_text(show.read_text("utf-8").replace("store:", feed), "utf-8")
    draft.write_text(draft.read_text("utf-8").replace("2026-11-01", "2100-11-02"), "utf-8")
    publish_from(world, "eins", world.store())
    assert hub.told == [], "this desk announces nothing"
    noons = [datetime(2100, 11, day, 12, tzinfo=UTC) for day in (1, 1, 2, 2)]
    for noon, told in zip(noons, (1, 1, 2, 2), strict=True):
        publish_due(world.store(), announcing_desk(world, noon), Silent())
        assert len(hub.told) == told, noon
    assert feed_titles(world.store()) == ["Folge eins"]


def test_a_hub_that_did_not_take_it_is_told_again_by_the_next_runs_but_not_for_ever(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sendung.net.websub._PAUSES_S", (0.0,))
    world = make_world(tmp_path, Target("directory", str(tmp_path / "public"), None, {}), ["eins"])
    show = world.folder / "show.yaml"
    hubs = ", ".join(f"'{hub.url(answer)}'" for answer in ("503", "404", "204"))
    feed = f"feed: {{hubs: [{hubs}]}}\nallow: [podcast-local]\nstore:"
    show.write_text(show.read_text("utf-8").replace("store:", feed), "utf-8")
    publish_from(world, "eins", world.store(), announces=True)
    runs, heard = [_paths_told(hub)], Heard()
    for _ in range(6):
        publish_due(world.store(), announcing_desk(world, datetime.now(UTC)), heard)
        runs.append(_paths_told(hub))
    assert runs[0] == {"/503", "/404", "/204"}
    assert runs[1:] == [{"/503", "/404"}] * 4 + [set()] * 2, "what has heard is left alone; in the end the others, too"
    ends = ["The next run tells it again." in words for words in heard.words if "/404" in words]
    assert ends == [True] * 3 + [False]
    assert "It hears of the next feed that differs." in heard.words[-1]


def _paths_told(hub: Hub) -> set[str]:
    """What was asked since the last time."""
    paths = {path for path, _, _ in hub.told}
    hub.told.clear()
    return paths


KILL = """\
import os, signal, sys


def hear(event, arguments):
    if event == "socket.connect":
        os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(hear)
"""
"""Python imports it as it starts; the store is a directory, so the first connection is the one to the hub (PEP 578)."""


def test_a_feed_whose_publisher_was_killed_before_the_hubs_knew_is_told_by_whoever_runs_next(
    hub: Hub, workshop: Workshop, tmp_path: Path
) -> None:
    feed = f"feed:\n  hubs: [{hub.url('204')}]\nallow: [podcast-local]\nstore:"
    workshop.edit("show.yaml", "store:", feed)
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook/sitecustomize.py").write_text(KILL, "utf-8")
    search = os.pathsep.join(filter(None, [str(tmp_path / "hook"), os.environ.get("PYTHONPATH")]))
    assert workshop.run("publish", "erster-ton", PYTHONPATH=search).code == -9
    assert "feed.xml" in workshop.store_files()
    assert hub.told == []
    assert workshop.run("publish", "--all", "--dry-run").code == 0
    assert hub.told == [], "a dry run tells nobody"
    cron = Workshop(workshop.folder, tmp_path / "cron")
    assert cron.run("publish", "--due").code == 0
    assert len(hub.told) == 1
    assert cron.run("publish", "--due").code == 0
    assert workshop.run("publish", "--all", "--json").json["sent"]["objects"] == 0
    assert len(hub.told) == 1, "they have heard of it"


def test_a_store_of_before_owes_hubs_nothing(hub: Hub, workshop: Workshop) -> None:
    """Earlier versions kept no account of what hubs knew."""
    feed = f"feed:\n  hubs: [{hub.url('204')}]\nallow: [podcast-local]\nstore:"
    workshop.edit("show.yaml", "store:", feed)
    assert workshop.run("publish", "erster-ton").code == 0
    workshop.path("public/state/announced.json").unlink()
    assert workshop.run("publish", "--all", "--json").json["sent"]["objects"] == 0
    assert len(hub.told) == 1
