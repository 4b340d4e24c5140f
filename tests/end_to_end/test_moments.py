"""By which clock: what the feed calls its last change (lastBuildDate), with hosts whose clocks the tests set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sendung import Desk, publish, publish_due, roll_back, withdraw
from sendung.config.show import load_show
from sendung.core.progress import Silent
from sendung.store import Store, open_store
from tests.end_to_end.conftest import FIRST, Workshop
from tests.end_to_end.reading import parse, titles

SLUG = "erster-ton"


@pytest.fixture
def store(workshop: Workshop) -> Store:
    return open_store("public", workshop.folder, None, None)


@pytest.fixture
def desk_on(workshop: Workshop) -> Callable[[int], Desk]:
    """A function from a day of December 2026 to the desk of a host who works at noon of that day."""
    return lambda day: Desk("sven", lambda: datetime(2026, 12, day, 12, tzinfo=UTC), workshop.cache)


def publish_from(folder: Path, store: Store, desk: Desk) -> None:
    assert publish([folder / FIRST], load_show(folder), store, desk, Silent()).error is None


def built(store: Store) -> str:
    return str(parse(store.read("feed.xml").data).feed.updated)


def test_the_last_change_is_the_newest_revision_of_whatever_is_shown_or_gone(
    workshop: Workshop, store: Store, desk_on: Callable[[int], Desk]
) -> None:
    publish_from(workshop.folder, store, desk_on(1))
    assert built(store) == "Tue, 01 Dec 2026 12:00:00 +0000"
    workshop.edit("show.yaml", "title: Zwei Töne", "title: Drei Töne")
    publish_from(workshop.folder, store, desk_on(2))
    assert built(store) == "Wed, 02 Dec 2026 12:00:00 +0000"
    withdraw(SLUG, store, desk_on(3), Silent(), delete_audio=False)
    assert titles(store.read("feed.xml").data) == []
    assert built(store) == "Thu, 03 Dec 2026 12:00:00 +0000"
    roll_back(SLUG, 1, store, desk_on(4), Silent())
    assert built(store) == "Fri, 04 Dec 2026 12:00:00 +0000"
    publish_due(store, desk_on(9), Silent())
    assert built(store) == "Fri, 04 Dec 2026 12:00:00 +0000", "looking changes nothing"


def test_the_last_change_may_be_the_hour_of_a_scheduled_episode(
    workshop: Workshop, store: Store, desk_on: Callable[[int], Desk]
) -> None:
    workshop.edit(f"{FIRST}/episode.yaml", "2026-11-01 06:00", "2026-12-05 06:00")
    publish_from(workshop.folder, store, desk_on(1))
    publish_due(store, desk_on(4), Silent())
    assert (titles(store.read("feed.xml").data), built(store)) == ([], "Tue, 01 Dec 2026 12:00:00 +0000")
    publish_due(store, desk_on(8), Silent())
    assert titles(store.read("feed.xml").data) == ["Der erste Ton"]
    assert built(store) == "Sat, 05 Dec 2026 05:00:00 +0000", "whoever made it visible, and however late"


def test_what_a_clock_that_is_ahead_has_shown_stays_although_its_date_was_moved_by_override(
    workshop: Workshop, store: Store, desk_on: Callable[[int], Desk]
) -> None:
    """The word that excused the new date is no word for taking the episode away again."""
    publish_from(workshop.folder, store, desk_on(1))
    workshop.edit(f"{FIRST}/episode.yaml", "2026-11-01 06:00", "2026-12-05 06:00")
    folder, desk = workshop.folder / FIRST, desk_on(2)
    moved = publish([folder], load_show(workshop.folder), store, desk, Silent(), override=[SLUG])
    assert moved.error is None
    assert titles(store.read("feed.xml").data) == []
    for day in (6, 3):
        publish_due(store, desk_on(day), Silent())
        assert titles(store.read("feed.xml").data) == ["Der erste Ton"]


def test_of_revisions_of_one_second_the_log_tells_the_newest_first(
    workshop: Workshop, store: Store, desk_on: Callable[[int], Desk]
) -> None:
    for number in range(3):
        workshop.edit(f"{FIRST}/episode.yaml", "title: ", f"title: {number} ")
        publish_from(workshop.folder, store, desk_on(1))
    numbers = [entry["number"] for entry in workshop.run("log", SLUG, "--json").json]
    assert numbers == [3, 2, 1]
    everything = [entry["number"] for entry in workshop.run("log", "--json").json]
    assert sorted(everything[-2:]) == [1, 1]
    assert everything[:2] == [3, 2]
