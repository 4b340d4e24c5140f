"""Withdrawing, rolling back and pruning at their borders: what is kept, what is gone, and what needs no word."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from sendung.store import DirectoryStore
from sendung.workflows.context import RunContext
from sendung.workflows.history.prune import delete_unnamed, find_unnamed
from tests.end_to_end.conftest import FIRST, Workshop
from tests.end_to_end.reading import parse, record, titles

SLUG = "erster-ton"
DRAFT = f"{FIRST}/episode.yaml"


@pytest.fixture(scope="module")
def first(pattern: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A show whose episode has two revisions, with a file of each."""
    workshop = Workshop(shutil.copytree(pattern, tmp_path_factory.mktemp("back") / "show"), cache)
    assert workshop.run("publish", SLUG).code == 0
    workshop.edit(DRAFT, "Der erste Ton", "Der allererste Ton")
    assert workshop.run("publish", SLUG).code == 0
    return workshop


@pytest.fixture
def twice(first: Workshop, tmp_path: Path) -> Workshop:
    """The same, to be changed."""
    return Workshop(shutil.copytree(first.folder, tmp_path / "show"), first.cache)


def keys(workshop: Workshop, start: str) -> list[str]:
    return [key for key in workshop.store_files() if key.startswith(start)]


def age(workshop: Workshop) -> None:
    """Make every file of the store older than what prune leaves alone."""
    for file in workshop.path("public").rglob("a*/*"):
        os.utime(file, (0, 0))


def test_deleted_audio_is_that_of_every_revision_also_after_the_episode_went(twice: Workshop) -> None:
    assert len(keys(twice, "audio/")) == 2
    assert twice.run("withdraw", SLUG, "--yes").code == 0
    assert len(keys(twice, "audio/")) == 2
    before = keys(twice, "records/")
    result = twice.run("withdraw", SLUG, "--delete-audio", "--yes")
    assert result.code == 0, result.err
    assert keys(twice, "audio/") == []
    assert keys(twice, "records/") == before, "it is withdrawn already"


def test_an_episode_that_lost_a_picture_or_a_transcript_cannot_come_back_either(twice: Workshop) -> None:
    before = twice.store_files()
    [transcript] = [key for key in before if key.endswith(".vtt")]
    twice.path(f"public/{transcript}").unlink()
    result = twice.run("rollback", SLUG, "1", "--yes")
    assert result.code == 7
    assert f"Revision 1 cannot come back: {transcript} was deleted from the store." in result.err
    assert keys(twice, "records/") == [key for key in before if key.startswith("records/")]


def test_a_rollback_over_a_change_of_date_is_meant(twice: Workshop) -> None:
    twice.edit(DRAFT, "2026-11-01 06:00", "2026-11-02 06:00")
    assert twice.run("publish", SLUG, "--override", SLUG).code == 0
    result = twice.run("rollback", SLUG, "--yes")
    assert result.code == 0, result.err
    [entry] = parse(twice.store_files()["feed.xml"]).entries
    assert (entry.title, entry.published[:16]) == ("Der allererste Ton", "Sun, 01 Nov 2026")


def test_a_rollback_is_signed_by_who_does_it(twice: Workshop) -> None:
    assert twice.run("rollback", SLUG, "1", "--yes", SENDUNG_BY="sebastian@home").code == 0
    files = twice.store_files()
    kept = [record(files[key]) for key in keys(twice, "records/") if not key.startswith("records/show")]
    assert [one["by"] for one in kept] == ["sven@studio", "sven@studio", "sebastian@home"]
    assert kept[0]["at"] < kept[2]["at"]
    assert kept[0]["source"] == kept[2]["source"], "so that a checkout of that time is as published"


def test_an_episode_is_found_by_a_former_name(twice: Workshop) -> None:
    guid = twice.run("publish", SLUG, "--json").json["episodes"][0]["guid"]
    twice.edit(DRAFT, "summary:", f"guid: {guid}\nsummary:")
    twice.path(FIRST).rename(twice.path("episodes/neuer-name"))
    assert twice.run("publish", "neuer-name").code == 0
    log = twice.run("log", SLUG, "--json").json
    assert [(entry["name"], entry["number"]) for entry in log] == [("neuer-name", number) for number in (3, 2, 1)]
    assert twice.run("withdraw", SLUG, "--yes").code == 0
    assert titles(twice.store_files()["feed.xml"]) == []


def test_status_tells_of_what_has_no_draft_here(twice: Workshop) -> None:
    twice.add_episode("zweiter-ton", "Der zweite Ton", 240)
    assert twice.run("publish", "zweiter-ton").code == 0
    assert twice.run("withdraw", SLUG, "--yes").code == 0
    shutil.rmtree(twice.path("episodes"))
    lines = twice.run("status", "--json").json
    assert sorted((line["slug"], line["state"]) for line in lines) == [
        (SLUG, "withdrawn"),
        ("zweiter-ton", "no draft here"),
    ]


def test_prune_keeps_the_pictures_of_every_revision_of_the_show(twice: Workshop) -> None:
    covers = set(keys(twice, "assets/"))
    Image.new("RGB", (3000, 3000), "navy").save(twice.path("cover.jpg"))
    assert twice.run("publish", SLUG).code == 0
    new = set(keys(twice, "assets/")) - covers
    assert len(new) == 2, "the cover, large and small"
    age(twice)
    before = twice.store_files()
    assert twice.run("prune", "--yes").code == 0
    assert twice.store_files() == before
    assert twice.run("prune", "--old-revisions", "--yes").code == 0
    gone = before.keys() - twice.store_files().keys()
    assert new <= set(keys(twice, "assets/"))
    assert len([key for key in gone if key.endswith(".jpg")]) == 3, "the first cover, and the card with the first title"
    assert "Nothing was sent" in twice.run("rebuild").out


def test_prune_of_old_revisions_keeps_what_a_withdrawn_episode_needs_to_come_back(twice: Workshop) -> None:
    """Its newest revision names the file; only --delete-audio takes that."""
    assert twice.run("withdraw", SLUG, "--yes").code == 0
    age(twice)
    assert twice.run("prune", "--old-revisions", "--yes").code == 0
    assert len(keys(twice, "audio/")) == 1
    assert twice.run("rollback", SLUG, "2", "--yes").code == 0
    assert titles(twice.store_files()["feed.xml"]) == ["Der allererste Ton"]


def test_what_somebody_names_while_prune_deletes_is_kept(twice: Workshop) -> None:
    """The records are listed again before each delete: a rollback may come in between."""
    age(twice)
    run = RunContext(DirectoryStore(twice.path("public")), "sven", lambda: datetime.now(UTC), twice.cache)
    unnamed = find_unnamed(run, timedelta(days=30), old_revisions=True)
    assert [stat.key for stat in unnamed if stat.key.startswith("audio/")]
    assert twice.run("rollback", SLUG, "1", "--yes").code == 0
    before = keys(twice, "audio/")
    assert not [stat for stat in delete_unnamed(run, unnamed, old_revisions=True) if stat.key.startswith("audio/")]
    assert keys(twice, "audio/") == before
