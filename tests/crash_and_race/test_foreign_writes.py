"""Somebody else writes between a look and a write: what they wrote is noticed, and never taken for one's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sendung import Desk, Outcome, Status, publish, roll_back, withdraw
from sendung.config.show import load_show
from sendung.core.errors import ConflictError, InvariantBroken
from sendung.core.progress import Silent
from sendung.records import EpisodeRecord, owner_of
from sendung.records.reader import Reader
from sendung.store import Headers, Store
from tests.crash_and_race.world import World, add_draft, feed_titles, make_world, public_objects
from tests.servers.fixtures import Target

SLUG = "eins"


class Interrupted:
    """A store where somebody else does something just before this host first writes some key."""

    def __init__(self, below: Store, due: Callable[[str], bool], meanwhile: Callable[[], object]) -> None:
        self._below = below
        self._due = due
        self._meanwhile: Callable[[], object] | None = meanwhile

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._below, name)
        if name not in {"create", "replace", "upload"}:
            return value

        def write(key: str, *arguments: Any) -> Any:
            if self._meanwhile and self._due(key):
                work, self._meanwhile = self._meanwhile, None
                work()
            return value(key, *arguments)

        return write

    @property
    def waits(self) -> bool:
        """Whether that has not been yet."""
        return self._meanwhile is not None


def desk_of(world: World, by: str) -> Desk:
    return Desk(by, lambda: datetime.now(UTC), world.cache / by)


def publish_as(world: World, by: str, folder: Path, store: Any, slugs: Sequence[str] = (SLUG,)) -> Outcome:
    folders = [folder / "episodes" / slug for slug in slugs]
    return publish(folders, load_show(folder), store, desk_of(world, by), Silent())


def checkout(world: World, name: str, title: str) -> Path:
    """A checkout of the show with another title in its draft."""
    folder = Path(shutil.copytree(world.folder, world.folder.parent / name))
    draft = folder / "episodes" / SLUG / "episode.yaml"
    draft.write_text(draft.read_text("utf-8").replace(f"Folge {SLUG}", title), "utf-8")
    return folder


@pytest.fixture
def world(target: Target, tmp_path: Path) -> World:
    """A show with one published episode."""
    world = make_world(tmp_path, target, [SLUG])
    assert publish_as(world, "sven", world.folder, world.store()).error is None
    return world


@pytest.mark.parametrize("names", [("sven", "sven"), ("sven", "sebastian")], ids=["one name", "two names"])
@pytest.mark.parametrize("target", ["directory", pytest.param("rclone", marks=pytest.mark.soak)], indirect=True)
def test_of_two_machines_that_race_for_a_revision_one_is_refused(world: World, names: tuple[str, str]) -> None:
    """Both may be called alike: who wrote a revision says nothing of what is in it."""
    slower, faster = (checkout(world, f"machine{number}", f"Titel {number}") for number in (1, 2))
    store = Interrupted(
        world.store(),
        lambda key: key.startswith("records/"),
        lambda: publish_as(world, names[1], faster, world.store()),
    )
    outcome = publish_as(world, names[0], slower, store)
    assert not store.waits
    [result] = outcome.episodes
    assert (result.status, result.episode) == (Status.FAILED, None)
    assert isinstance(outcome.error, ConflictError)
    assert f"{SLUG} was not published: revision 2, published by {names[1]} on " in str(outcome.error)
    assert feed_titles(world.store()) == ["Titel 2"]
    reader = Reader(world.store(), world.cache)
    listing = reader.listing()
    [newest] = reader.archive().episodes.values()
    revisions = reader.revisions(owner_of(newest.episode.guid), listing, EpisodeRecord)
    assert [record.episode.title for record in revisions] == [f"Folge {SLUG}", "Titel 2"]


@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_what_another_host_was_first_with_does_not_keep_the_other_episodes_back(
    world: World, target: Target, tmp_path: Path
) -> None:
    add_draft(world.folder, "zwei", tmp_path / "tone.flac")
    slower, faster = (checkout(world, f"machine{number}", f"Titel {number}") for number in (1, 2))
    store = Interrupted(
        target.open(), lambda key: key.startswith("records/"), lambda: publish_as(world, "anna", faster, target.open())
    )
    outcome = publish_as(world, "sven", slower, store, [SLUG, "zwei"])
    assert [result.status for result in outcome.episodes] == [Status.FAILED, Status.PUBLISHED]
    assert outcome.error
    assert len(outcome.error.problems) == 1
    assert sorted(feed_titles(target.open())) == ["Folge zwei", "Titel 2"]


@pytest.mark.parametrize(
    "order",
    [
        lambda store, desk: withdraw(SLUG, store, desk, Silent(), delete_audio=True),
        lambda store, desk: roll_back(SLUG, 1, store, desk, Silent()),
    ],
    ids=["withdraw", "rollback"],
)
@pytest.mark.parametrize("target", ["directory", "rclone"], indirect=True)
def test_what_another_host_publishes_meanwhile_is_neither_withdrawn_nor_rolled_back(
    world: World, order: Callable[[Any, Desk], object]
) -> None:
    """Whoever ordered that had not seen it."""
    assert publish_as(world, "sven", checkout(world, "second", "Titel 2"), world.store()).error is None
    newest = checkout(world, "third", "Titel 3")
    store = Interrupted(
        world.store(), lambda key: key.startswith("records/"), lambda: publish_as(world, "anna", newest, world.store())
    )
    with pytest.raises(ConflictError, match=rf"{SLUG} was left as it is: revision 3, published by anna on .* first"):
        order(store, desk_of(world, "sven"))
    assert feed_titles(world.store()) == ["Titel 3"]
    assert len(list(world.store().list("audio/"))) == 3, "nothing was deleted"


@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_of_two_machines_that_race_for_the_show_one_is_refused(world: World) -> None:
    """Nothing of the slower one is recorded then, not even its episode."""
    slower, faster = (checkout(world, f"machine{number}", f"Titel {number}") for number in (1, 2))
    for number, folder in enumerate((slower, faster), 1):
        file = folder / "show.yaml"
        file.write_text(file.read_text("utf-8").replace("Zwei Töne", f"Schau {number}"), "utf-8")
    store = Interrupted(
        world.store(), lambda key: key.startswith("records/"), lambda: publish_as(world, "sven", faster, world.store())
    )
    with pytest.raises(ConflictError, match=r"show\.yaml was not published: revision 2, published by sven on .* first"):
        publish_as(world, "sven", slower, store)
    archive = Reader(world.store(), world.cache).archive()
    assert archive.show
    assert archive.show.show.title == "Schau 2"
    assert [record.episode.title for record in archive.episodes.values()] == ["Titel 2"]


@pytest.mark.parametrize("meanwhile", ["state/pages.json", "index.html"])
@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_a_feed_that_is_written_after_this_one_was_rendered_is_not_written_over(world: World, meanwhile: str) -> None:
    strange = b"<item><title>Alt</title><guid>alt-1</guid></item></channel>"
    foreign = world.store().read("feed.xml").data.replace(b"</channel>", strange)

    def write_foreign_feed() -> None:
        there = world.store().read("feed.xml")
        world.store().replace("feed.xml", foreign, Headers("application/rss+xml"), there.version)

    store = Interrupted(world.store(), lambda key: key == meanwhile, write_foreign_feed)
    with pytest.raises(InvariantBroken, match='The episode "Alt" is in the published feed, and would vanish'):
        publish_as(world, "sven", checkout(world, "edited", "Neuer Titel"), store)
    assert not store.waits
    assert world.store().read("feed.xml").data == foreign


@pytest.mark.parametrize("known", [False, True], ids=["first page", "later page"])
@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_a_page_that_another_program_writes_meanwhile_is_not_taken_for_this_ones(
    world: World, target: Target, known: bool
) -> None:
    """It is written over, for pages are nobody's but Sendung's; the manifest must not call it right."""
    folder = checkout(world, "edited", "Neuer Titel")
    if not known:
        target = Target(target.kind, f"{target.url}-fresh", None, {})
    page = f"e/{SLUG}/index.html"

    def write_foreign_page() -> None:
        there = target.open().stat(page)
        assert (there is not None) == known
        target.open().replace(page, b"somebody else's", Headers("text/html"), there.version if there else None)

    store = Interrupted(target.open(), lambda key: key == page, write_foreign_page)
    assert publish_as(world, "sven", folder, store).error is None
    assert not store.waits
    shown = public_objects(target.open())
    assert b"Neuer Titel" in shown[page]
    assert publish_as(world, "sven", folder, target.open()).episodes[0].status is Status.UNCHANGED
    assert public_objects(target.open()) == shown
