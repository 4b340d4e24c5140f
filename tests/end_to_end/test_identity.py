"""Folders are renamed, names used again, show files copied: an episode stays the one that it is."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from sendung import records
from sendung.records import EpisodeRecord
from tests.end_to_end.conftest import EPISODE, FIRST, Workshop, make_tone
from tests.end_to_end.reading import guids, titles

SLUG = "erster-ton"
DRAFT = f"{FIRST}/episode.yaml"


def feed(workshop: Workshop) -> bytes:
    return workshop.store_files()["feed.xml"]


def test_rename_keeps_guid_and_old_address(published: Workshop) -> None:
    before = guids(feed(published))
    result = published.run("rename", SLUG, "neuer-name")
    assert (result.code, f"guid: {before[0]}" in result.out) == (0, True), result.err
    assert published.path("episodes/neuer-name/episode.yaml").read_text("utf-8").startswith(f"guid: {before[0]}\n")
    assert published.run("publish", "--all").code == 0
    assert guids(feed(published)) == before
    assert b"neuer-name" in published.store_files()[f"e/{SLUG}/index.html"]
    assert "nothing would be sent" in published.run("publish", "--all", "--dry-run").out.lower()
    for name, words in (("Neuer Name", "cannot stand"), ("neuer-name", "already")):
        wrong = published.run("rename", "neuer-name", name)
        assert (wrong.code, words in wrong.err) == (2, True), wrong.err


def test_a_checkout_from_before_a_renaming_does_not_move_it_back(
    published: Workshop, second_host: Callable[[], Workshop]
) -> None:
    other = second_host()
    published.run("rename", SLUG, "neuer-name")
    assert published.run("publish", "neuer-name").code == 0
    result = other.run("publish", SLUG)
    assert result.code == 7
    assert "is older than what is published" in result.err
    assert b"/e/neuer-name/" in feed(published)
    assert len(titles(feed(published))) == 1


def test_another_episode_in_a_folder_of_the_same_name_replaces_nothing(
    published: Workshop, second_host: Callable[[], Workshop]
) -> None:
    other = second_host()
    other.write(DRAFT, EPISODE.replace("Der erste Ton", "Ganz anderes").replace("first-tone", "x").replace(SLUG, "x"))
    make_tone(other.path(f"{FIRST}/audio.flac"), pitch=320)
    before = published.store_files()
    result = other.run("publish", SLUG)
    assert result.code == 7
    assert re.search(rf"{DRAFT}:1:1: Another episode, “Der erste Ton” of 2026-11-01, is published", result.err)
    assert "Rename this folder" in result.err
    assert published.store_files() == before


def test_a_former_name_is_for_who_has_it_now(published: Workshop) -> None:
    published.run("rename", SLUG, "neuer-name")
    assert published.run("publish", "neuer-name").code == 0
    published.add_episode(SLUG, "Ein zweiter Ton", 320)
    published.edit(DRAFT, "2026-11-01", "2026-11-08")
    assert published.run("publish", SLUG).code == 0
    assert sorted(titles(feed(published))) == ["Der erste Ton", "Ein zweiter Ton"]
    assert len(set(guids(feed(published)))) == 2
    assert published.run("withdraw", SLUG, "--yes").code == 0
    assert titles(feed(published)) == ["Der erste Ton"], "the one that is called so now, not the one that was"


def test_a_copied_show_file_does_not_take_over_a_store(
    published: Workshop, second_host: Callable[[], Workshop]
) -> None:
    other = second_host()
    before = published.store_files()
    other.edit("show.yaml", "https://cdn.example.org/show", "https://other.example.org")
    result = other.run("publish", "--all")
    assert (result.code, "This store holds the show “Zwei Töne”" in result.err) == (7, True), result.err
    other.edit("show.yaml", "https://other.example.org", "https://cdn.example.org/show")
    other.edit("show.yaml", "title: Zwei Töne", "title: Fremde Schau")
    other.edit("show.yaml", "redaktion@example.org", "fremd@example.org")
    assert other.run("publish", "--all").code == 7
    assert published.store_files() == before
    assert other.run("publish", "--all", "--override", "show").code == 0


def test_two_hosts_on_one_name_at_once_are_both_published_and_one_is_told(published: Workshop, tmp_path: Path) -> None:
    """As if another host had taken the name between this one's look and its record."""
    folders = published.path("public/records")
    [first] = [folder for folder in folders.iterdir() if folder.name != "show"]
    published.add_episode("zweiter-ton", "Der zweite Ton", 320)
    assert published.run("publish", "zweiter-ton").code == 0
    second = next(folder for folder in folders.iterdir() if folder.name not in ("show", first.name))
    shutil.copytree(second, tmp_path / "second")
    text = (second / "000001.json").read_text("utf-8").replace('"slug": "zweiter-ton"', f'"slug": "{SLUG}"')
    (second / "000001.json").write_bytes(resealed(text))
    assert published.run("rebuild").code == 0
    page = published.store_files()[f"e/{SLUG}/index.html"].decode()
    assert "Der erste Ton" in page, "the older record keeps the name"
    assert sorted(titles(feed(published))) == ["Der erste Ton", "Der zweite Ton"]
    links = re.findall(r"https://cdn\.example\.org/show/e/[^/]+/index\.html", feed(published).decode())
    assert len(set(links)) == 2


def resealed(text: str) -> bytes:
    """A record whose content was changed, with the digest of that."""
    values = json.loads(text)
    values.pop("digest")
    return records.encode(EpisodeRecord.model_validate(values))


def test_both_hosts_notes_are_kept_or_shown(published: Workshop, second_host: Callable[[], Workshop]) -> None:
    published.edit(DRAFT, "summary:", "notes: Anfang\nsummary:")
    assert published.run("publish", SLUG).code == 0
    other = second_host()
    assert other.run("publish", SLUG).code == 0
    published.edit(DRAFT, "notes: Anfang", "notes: Von Sven")
    assert published.run("publish", SLUG).code == 0
    other.edit(DRAFT, "notes: Anfang", "notes: Von Sebastian")
    result = other.run("publish", SLUG)
    assert result.code == 7
    assert "Von Sven" in result.err
    assert "Von Sebastian" in result.err
    assert other.run("publish", SLUG, "--override", SLUG).code == 0
