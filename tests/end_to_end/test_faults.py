"""A bad day: read-only places, damaged caches, records that somebody changed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.conftest import FIRST, Workshop
from tests.end_to_end.reading import titles

SLUG = "erster-ton"


def test_a_record_that_was_tampered_with_stops_everything_and_harms_nothing(workshop: Workshop) -> None:
    guid = workshop.run("publish", SLUG, "--json").json["episodes"][0]["guid"]
    key = f"public/records/{guid}/000001.json"
    whole = workshop.path(key).read_bytes()
    workshop.edit(key, "Der erste Ton", "Der beste Ton")
    before = workshop.store_files()
    for command in (["publish", "--all"], ["rebuild"], ["publish", "--due"]):
        result = workshop.run(*command)
        assert result.code == 6, command
        assert f"error: records/{guid}/000001.json was changed after it was written" in result.err
    assert workshop.store_files() == before
    workshop.path(key).write_bytes(whole)
    assert workshop.run("publish", "--all").code == 0


def test_a_damaged_cache_is_noticed_and_made_anew(workshop: Workshop, tmp_path: Path) -> None:
    own = Workshop(workshop.folder, tmp_path / "cache")
    own.run("publish", SLUG)
    files = [file for file in own.cache.rglob("*") if file.is_file()]
    assert len(files) >= 3
    for file in files:
        file.write_bytes(file.read_bytes()[:-100] + b"?" * 40)
    before = own.store_files()
    assert own.run("publish", SLUG, "--json").json["sent"]["objects"] == 0
    result = own.run("publish", SLUG, "--remaster", "--json")
    assert result.code == 0, result.err
    audio = [key for key in own.store_files() if key.startswith("audio/")]
    assert audio == [key for key in before if key.startswith("audio/")], "the same bytes again"


def test_an_emptied_store_is_filled_anew_whatever_the_cache_says(workshop: Workshop) -> None:
    workshop.run("publish", SLUG)
    shutil.rmtree(workshop.path("public"))
    workshop.edit(f"{FIRST}/episode.yaml", "Der erste Ton", "Ein anderer Ton")
    assert workshop.run("publish", SLUG, "--json").json["episodes"][0]["status"] == "published"
    assert titles(workshop.store_files()["feed.xml"]) == ["Ein anderer Ton"]


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a read-only folder needs root")
def test_a_read_only_directory_is_one_clear_message(workshop: Workshop, tmp_path: Path) -> None:
    workshop.run("publish", SLUG)
    workshop.edit(f"{FIRST}/episode.yaml", "Der erste Ton", "Ein anderer Ton")
    place = tmp_path / "read-only"
    place.mkdir()
    source = str(workshop.path("public"))
    if subprocess.run(["mount", "--bind", "-o", "ro", source, str(place)], check=False).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        result = workshop.run("publish", SLUG, "--store", str(place))
        assert result.code == 6
        assert result.err.count("error: ") == 1
        assert titles(workshop.store_files()["feed.xml"]) == ["Der erste Ton"]
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system can be mounted by root only")
def test_a_full_disk_is_one_clear_message_and_the_same_command_finishes_once_there_is_room(
    workshop: Workshop, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", disk], check=False).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        full = workshop.run("publish", SLUG, "--store", f"{disk}/public")
        assert full.code == 6
        assert full.err.count("error:") == 1
        assert f"No space is left in {disk}/public." in full.err
        assert "Make room" in full.err
        assert not (disk / "public/feed.xml").exists()
        subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)
        again = workshop.run("publish", SLUG, "--store", f"{disk}/public")
        assert again.code == 0, again.err
        assert SLUG.encode() in (disk / "public/feed.xml").read_bytes()
    finally:
        subprocess.run(["umount", disk], check=True)


def test_no_secret_appears_in_anything_that_a_run_writes(workshop: Workshop, tmp_path: Path) -> None:
    secret, key = "s3cr3t-of-the-show-0815", "AKIA-of-the-show-0815"
    own = Workshop(workshop.folder, tmp_path / "cache", {"AWS_SECRET_ACCESS_KEY": secret, "AWS_ACCESS_KEY_ID": key})
    results = [own.run("publish", SLUG), own.run("publish", SLUG, "--json"), own.run("log")]
    results.append(own.run("publish", SLUG, "--store", "s3://no-bucket/show", AWS_ENDPOINT_URL="http://127.0.0.1:9"))
    written = [file.read_bytes() for root in (own.folder, own.cache) for file in root.rglob("*") if file.is_file()]
    for text in [*written, *(part.encode() for result in results for part in (result.out, result.err))]:
        assert secret.encode() not in text
        assert key.encode() not in text
