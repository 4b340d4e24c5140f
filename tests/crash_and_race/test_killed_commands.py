"""Every command that writes, ended before and after each call of the store: the same one finishes, and twice is once.

`test_killed.py` kills real processes that publish for the first time. Here a command works on a copy of a place where
much has happened already, and a call of its store raises what nothing catches; that takes milliseconds instead of a
process.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sendung.config.show import load_show
from sendung.core.errors import SendungError
from sendung.store import Headers, Store
from sendung.workflows.context import RunContext
from sendung.workflows.history import prune, rollback
from sendung.workflows.publish import flow, site
from sendung.workflows.publish.due import run_due
from sendung.workflows.rename import rename
from tests.crash_and_race.crashing import CALLS, Crashed, CrashingStore
from tests.crash_and_race.world import Watcher, feed_titles, make_world, public_objects
from tests.servers.fixtures import Target

SLUGS = ["eins", "zwei"]
NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
"""One moment for all runs, so that what they publish can be compared byte by byte."""
LATER = datetime(2100, 1, 2, tzinfo=UTC)
"""When all is due."""
Work = Callable[[RunContext, Path], object]


def publish(*names: str, override: str = "", remaster: bool = False) -> Work:
    def work(run: RunContext, folder: Path) -> None:
        own = replace(run, overrides=frozenset({override} if override else ()))
        folders = [folder / "episodes" / name for name in names]
        options = flow.PublishOptions(remaster=remaster, agree=lambda _: True)
        outcome = flow.publish(folders, load_show(folder), own, options)
        assert outcome.error is None

    return work


def renamed(run: RunContext, folder: Path) -> None:
    draft = folder / "episodes" / "eins"
    if draft.exists():
        rename(draft, "eins-neu", load_show(folder), run)
    publish("eins-neu")(run, folder)


def pruned(run: RunContext, _: Path) -> None:
    later = replace(run, clock=lambda: LATER)  # the store's own clock says when a file was written
    list(prune.delete_unnamed(later, prune.find_unnamed(later, timedelta(), old_revisions=True), old_revisions=True))


def rebuilt(run: RunContext, _: Path) -> None:
    site.refresh(run, anew=True)


def edit(folder: Path, old: str, new: str, file: str = "episodes/eins/episode.yaml") -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def title(folder: Path) -> None:
    edit(folder, "dritte Fassung", "vierte Fassung")


def audio(folder: Path) -> None:
    edit(folder, "store:", "audio:\n  loudness: -18\nstore:", "show.yaml")


def nothing(_: Path) -> None:
    """The checkout is as it was published."""


COMMANDS: dict[str, tuple[Callable[[Path], None], Work]] = {
    "publish": (title, publish("eins")),
    "publish --all": (title, publish("eins", "zwei", "neu")),
    "publish --remaster": (audio, publish("eins", "zwei", remaster=True)),
    "publish --override": (lambda folder: edit(folder, "2026-11-01", "2026-11-02"), publish("eins", override="eins")),
    "publish the show": (lambda folder: edit(folder, "Zwei Töne", "Drei Töne", "show.yaml"), publish("eins")),
    "publish --due": (nothing, lambda run, _: run_due(replace(run, clock=lambda: LATER))),
    "withdraw": (nothing, lambda run, _: rollback.withdraw("eins", run, delete_audio=False)),
    "withdraw --delete-audio": (nothing, lambda run, _: rollback.withdraw("eins", run, delete_audio=True)),
    "rollback": (nothing, lambda run, _: rollback.roll_back("eins", None, run)),
    "rollback 1": (nothing, lambda run, _: rollback.roll_back("eins", 1, run)),
    "rollback of what is withdrawn": (nothing, lambda run, _: rollback.roll_back("fort", None, run)),
    "rename": (nothing, renamed),
    "prune --old-revisions": (nothing, pruned),
    "rebuild": (nothing, rebuilt),
}
"""What a host edits before, and the command."""


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout, its cache, and a store: with two revisions, one that is withdrawn, one scheduled, and a lost page."""
    folder = tmp_path_factory.mktemp("killed")
    world = make_world(folder, Target("directory", "unused", None, {}), [*SLUGS, "fort", "spaeter", "neu"])
    show = world.folder
    edit(show, "2026-11-01", "2100-01-01", "episodes/spaeter/episode.yaml")
    run = context(Target("directory", str(folder / "public"), None, {}).open(), folder)
    publish(*SLUGS, "fort", "spaeter")(run, show)
    edit(show, "title: Folge eins", "title: Folge eins, zweite Fassung")
    publish("eins")(run, show)
    edit(show, "zweite Fassung", "dritte Fassung")
    publish("eins")(run, show)
    rollback.withdraw("fort", run, delete_audio=False)
    warm = context(Target("directory", str(folder / "warm"), None, {}).open(), folder)
    other = shutil.copytree(show, folder / "other")
    audio(other)
    publish(*SLUGS, "neu")(warm, other)  # so that no trial takes the time to master anything
    (folder / "public/e/zwei/index.html").write_text("wrong", "utf-8")
    return folder


def context(store: Any, folder: Path) -> RunContext:
    return RunContext(store, "sven", lambda: NOW, folder / "cache")


class Places:
    """Fresh copies of the pattern, each in a place of its own in some kind of store."""

    def __init__(self, pattern: Path, target: Target, folder: Path) -> None:
        self._pattern = pattern
        self._target = target
        self._folder = folder
        self._count = 0

    def fresh(self) -> tuple[Store, Path]:
        """A store, and a folder with checkout and cache: always the same, so that a cover is made once."""
        self._count += 1
        place = self._folder / "place"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self._pattern / "show", place / "show")
        shutil.copytree(self._pattern / "cache", place / "cache")
        store = replace(self._target, url=f"{self._target.url}-{self._count}").open()
        if self._target.kind == "directory":
            shutil.copytree(self._pattern / "public", f"{self._target.url}-{self._count}")
            return store, place
        for file in sorted((self._pattern / "public").rglob("*")):
            key = file.relative_to(self._pattern / "public").as_posix()
            if file.is_file() and not key.startswith(".sendung"):
                store.create(key, file.read_bytes(), Headers("application/octet-stream"))
        return store, place


def moments(calls: int, some: int | None) -> Iterator[tuple[int, bool]]:
    """Each call, before and after it; or so many of them, from the first to the last."""
    every = [(number, after) for number in range(calls) for after in (False, True)]
    step = 1 if some is None else max(1, len(every) // (some + 1))
    yield from every if some is None else every[step::step][:some]


def kill_everywhere(places: Places, name: str, some: int | None = None) -> int:
    """End a command at each moment, and finish it; how many moments there were."""
    prepare, work = COMMANDS[name]
    store, place = places.fresh()
    prepare(place / "show")
    counting, before = CrashingStore(store, None, CALLS), public_objects(store)
    work(context(counting, place), place / "show")
    assert public_objects(store) != before, "else its trial would show nothing"
    expected, titles = public_objects(store), sorted(feed_titles(store))
    tried = 0
    for moment in moments(counting.calls, some):
        tried += 1
        store, place = places.fresh()
        prepare(place / "show")
        watcher = Watcher(store)
        with pytest.raises(Crashed):
            work(context(CrashingStore(store, moment, CALLS), place), place / "show")
        watcher.look()
        assert watcher.faults == [], (name, moment)
        work(context(store, place), place / "show")
        assert sorted(feed_titles(store)) == titles, (name, moment)
        assert public_objects(store) == expected, (name, moment)
        written, finished = len(store.writes), public_objects(store)
        work(context(store, place), place / "show")
        assert len(store.writes) == written, (name, moment, store.writes[written:])
        assert public_objects(store) == finished, (name, moment)
    return tried


@pytest.mark.parametrize("target", ["directory"], indirect=True)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_was_ended_is_finished_by_itself(
    name: str, target: Target, pattern: Path, tmp_path: Path
) -> None:
    assert kill_everywhere(Places(pattern, target, tmp_path), name, some=2) == 2


@pytest.mark.soak
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_was_ended_anywhere_is_finished_by_itself(
    name: str, target: Target, pattern: Path, tmp_path: Path
) -> None:
    assert kill_everywhere(Places(pattern, target, tmp_path), name) > 10


def test_a_command_that_is_refused_writes_nothing(pattern: Path, tmp_path: Path) -> None:
    store, place = Places(pattern, Target("directory", str(tmp_path / "x"), None, {}), tmp_path).fresh()
    with pytest.raises(SendungError):
        rollback.roll_back("eins", 9, context(store, place))
    assert store.writes == ()
