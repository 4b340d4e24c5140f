"""Publishing into a directory."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from lxml import html
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4

from tests.end_to_end.conftest import FIRST, Workshop
from tests.end_to_end.reading import measure, parse, record, titles

SLUG = "erster-ton"


def only(files: dict[str, bytes], start: str) -> str:
    [key] = [key for key in files if key.startswith(start)]
    return key


def test_the_json_document_is_what_the_contract_says(workshop: Workshop) -> None:
    result = workshop.run("publish", SLUG, "--json")
    assert result.code == 0, result.err
    document = result.json
    files = workshop.store_files()
    [episode] = document["episodes"]
    assert document["feed_url"] == "https://cdn.example.org/show/feed.xml"
    assert document["sent"] == {"objects": len(files), "bytes": sum(map(len, files.values()))}
    assert episode["slug"] == SLUG
    assert episode["status"] == "published"
    assert episode["listen_url"] == f"https://cdn.example.org/show/e/{SLUG}/index.html"
    assert episode["article"] == "https://www.example.org/erster-ton"
    assert episode["problems"] == []
    audio = only(files, "audio/")
    assert episode["audio"]["url"] == f"https://cdn.example.org/show/{audio}"
    assert episode["audio"]["bytes"] == len(files[audio])
    assert set(episode["audio"]) == {"url", "type", "bytes", "duration_s", "lufs", "dbtp"}


def test_the_feed_agrees_with_the_stored_object(workshop: Workshop) -> None:
    guid = workshop.run("publish", SLUG, "--json").json["episodes"][0]["guid"]
    files = workshop.store_files()
    key = only(files, "audio/")
    [item] = parse(files["feed.xml"]).entries
    [enclosure] = item.enclosures
    assert enclosure.href == f"https://cdn.example.org/show/{key}"
    assert int(enclosure.length) == len(files[key])
    assert enclosure.type == "audio/mpeg"
    assert item.id == guid
    assert item.link == "https://www.example.org/erster-ton"
    info: Any = MP3(workshop.path(f"public/{key}")).info
    assert int(item.itunes_duration) == pytest.approx(info.length, abs=1)


def test_the_published_file_has_the_loudness_that_is_reported(workshop: Workshop) -> None:
    audio = workshop.run("publish", SLUG, "--json").json["episodes"][0]["audio"]
    measured = measure(workshop.path(f"public/{only(workshop.store_files(), 'audio/')}"))
    assert measured.lufs == pytest.approx(-19, abs=0.5), "a mono file is 3 LU softer than stereo"
    assert measured.dbtp <= -1.0
    assert audio["lufs"] == pytest.approx(measured.lufs, abs=0.15)
    assert audio["dbtp"] == pytest.approx(measured.dbtp, abs=0.15)


def test_every_address_in_the_feed_and_the_pages_is_in_the_store(workshop: Workshop) -> None:
    workshop.run("publish", SLUG)
    files = workshop.store_files()
    base = "https://cdn.example.org/show/"
    public = {key: data.decode() for key, data in files.items() if key.endswith((".xml", ".html", "listen-now.json"))}
    named = {key for text in public.values() for key in re.findall(rf"{base}([\w./-]+)", text)}
    for key, text in public.items():
        if key.endswith(".html") and not key.startswith("assets/"):
            page: Any = html.fromstring(text.encode())
            links = [urljoin(base + key, link) for _, _, link, _ in page.iterlinks()]
            named |= {link.removeprefix(base).split("#")[0] for link in links if link.startswith(base)} - {""}
    assert len(named) > 12
    assert named <= set(files)


def test_publishing_again_sends_nothing_and_says_so(workshop: Workshop) -> None:
    workshop.run("publish", SLUG)
    before = {path: path.stat().st_mtime_ns for path in workshop.path("public").rglob("*") if path.is_file()}
    again = workshop.run("publish", SLUG)
    after = {path: path.stat().st_mtime_ns for path in workshop.path("public").rglob("*") if path.is_file()}
    assert again.code == 0
    assert "Nothing was sent: all is as published." in again.out
    assert after == before
    document = workshop.run("publish", SLUG, "--json").json
    assert document["sent"] == {"objects": 0, "bytes": 0}
    assert document["episodes"][0]["status"] == "unchanged"
    assert document["episodes"][0]["audio"]["duration_s"] > 7


def test_typing_alone_is_no_edit(workshop: Workshop) -> None:
    workshop.run("publish", SLUG)
    workshop.edit(f"{FIRST}/episode.yaml", "title: Der erste Ton", '# a comment\ntitle: "Der erste Ton"')
    assert workshop.run("publish", SLUG, "--json").json["sent"]["objects"] == 0


def test_an_m4a_is_published_with_its_chapters_and_again_with_the_same_bytes(workshop: Workshop) -> None:
    workshop.edit("show.yaml", "store:", "audio: {format: m4a}\nstore:")
    assert workshop.run("publish", SLUG).code == 0
    key = only(workshop.store_files(), "audio/")
    file: Any = MP4(workshop.path(f"public/{key}"))
    assert [(chapter.start, chapter.title) for chapter in file.chapters] == [(0, "Anfang"), (4, "Mitte")]
    assert file.tags["\xa9nam"] == ["Der erste Ton"]
    assert workshop.run("publish", SLUG, "--remaster").code == 0
    assert only(workshop.store_files(), "audio/") == key


def test_an_edit_is_a_new_revision_with_the_same_guid(workshop: Workshop) -> None:
    first = workshop.run("publish", SLUG, "--json").json["episodes"][0]
    workshop.edit(f"{FIRST}/episode.yaml", "Der erste Ton", "Der allererste Ton")
    second = workshop.run("publish", SLUG, "--json").json["episodes"][0]
    assert second["status"] == "published"
    assert second["guid"] == first["guid"]
    assert second["audio"]["url"] != first["audio"]["url"], "other bytes (the tags) have another address"
    files = workshop.store_files()
    assert titles(files["feed.xml"]) == ["Der allererste Ton"]
    assert [key for key in files if key.startswith(f"records/{first['guid']}")] == [
        f"records/{first['guid']}/000001.json",
        f"records/{first['guid']}/000002.json",
    ]
    assert b"Der allererste Ton" in files[f"e/{SLUG}/index.html"]


def test_a_record_says_who_and_when(workshop: Workshop) -> None:
    guid = workshop.run("publish", SLUG, "--json").json["episodes"][0]["guid"]
    kept = record(workshop.store_files()[f"records/{guid}/000001.json"])
    assert kept["by"] == "sven@studio"
    assert timedelta(0) <= datetime.now(UTC) - datetime.fromisoformat(kept["at"]) < timedelta(minutes=2)


def test_a_stale_checkout_is_left_alone(workshop: Workshop, second_host: Callable[[], Workshop]) -> None:
    workshop.run("publish", SLUG)
    other = second_host()
    workshop.edit(f"{FIRST}/episode.yaml", "Der erste Ton", "Der allererste Ton")
    workshop.run("publish", SLUG)
    before = workshop.store_files()
    by_name = other.run("publish", SLUG, "--json")
    assert by_name.code == 7
    assert by_name.json["episodes"][0]["status"] == "stale"
    assert "sven@studio" in by_name.json["episodes"][0]["problems"][0]["message"]
    assert other.run("publish", "--all").code == 0
    assert workshop.store_files() == before


def test_remaster_leaves_a_stale_checkout_alone(workshop: Workshop, second_host: Callable[[], Workshop]) -> None:
    """It is for what is published as the draft says; of a draft that is older it would publish the old words."""
    workshop.run("publish", SLUG)
    other = second_host()
    workshop.edit(f"{FIRST}/episode.yaml", "Der erste Ton", "Der allererste Ton")
    workshop.run("publish", SLUG)
    before = workshop.store_files()
    by_name = other.run("publish", SLUG, "--remaster", "--json")
    assert by_name.code == 7
    assert by_name.json["episodes"][0]["status"] == "stale"
    other.edit(f"{FIRST}/episode.yaml", "Worum es geht.", "Worum es wirklich geht.")
    assert other.run("publish", SLUG, "--remaster").code == 7, "nor does it take anything back"
    everything = other.run("publish", "--all", "--remaster", "--json")
    assert everything.code == 7
    assert everything.json["sent"]["objects"] == 0
    assert workshop.store_files() == before


def test_a_stale_show_is_left_alone(workshop: Workshop, second_host: Callable[[], Workshop]) -> None:
    workshop.run("publish", SLUG)
    other = second_host()
    workshop.edit("show.yaml", "title: Zwei Töne", "title: Drei Töne")
    assert workshop.run("publish", SLUG).code == 0
    other.add_episode("zweiter-ton", "Der zweite Ton", 240)
    result = other.run("publish", "zweiter-ton")
    assert result.code == 0, result.err
    assert "warning: show.yaml is an older one" in result.err
    feed = parse(workshop.store_files()["feed.xml"])
    assert feed.feed.title == "Drei Töne"
    assert len(feed.entries) == 2


def test_both_hosts_episodes_stay(workshop: Workshop, second_host: Callable[[], Workshop]) -> None:
    other = second_host()
    other.add_episode("zweiter-ton", "Der zweite Ton", 240)
    assert workshop.run("publish", SLUG).code == 0
    assert other.run("publish", "zweiter-ton").code == 0
    assert workshop.run("publish", SLUG).code == 0
    assert set(titles(workshop.store_files()["feed.xml"])) == {"Der erste Ton", "Der zweite Ton"}


def test_a_deleted_folder_removes_nothing(workshop: Workshop) -> None:
    workshop.add_episode("zweiter-ton", "Der zweite Ton", 240)
    workshop.run("publish", "--all")
    for file in workshop.path(FIRST).iterdir():
        file.unlink()
    workshop.path(FIRST).rmdir()
    assert workshop.run("publish", "--all").code == 0
    assert len(titles(workshop.store_files()["feed.xml"])) == 2


def test_a_date_in_the_future_is_scheduled_and_nothing_shows(workshop: Workshop) -> None:
    workshop.edit(f"{FIRST}/episode.yaml", "2026-11-01", "2100-11-01")
    result = workshop.run("publish", SLUG, "--json").json
    assert result["episodes"][0]["status"] == "scheduled"
    files = workshop.store_files()
    assert titles(files["feed.xml"]) == []
    assert not [key for key in files if key.startswith("e/")]
    assert not [
        key
        for key, data in files.items()
        if b"Der erste Ton" in data and not key.startswith(("records/", "audio/", "assets/"))
    ]


def test_a_dry_run_writes_nothing_and_lists_what_it_would_send(workshop: Workshop) -> None:
    result = workshop.run("publish", SLUG, "--dry-run")
    assert result.code == 0
    assert not workshop.path("public").exists()
    workshop.run("publish", SLUG)
    files = workshop.store_files()
    assert f"Would send {len(files)} objects" in result.out
    for key in files:
        assert key in result.out


def test_a_folder_names_an_episode_too(workshop: Workshop) -> None:
    assert workshop.run("publish", f"{FIRST}/", "--json").json["episodes"][0]["slug"] == SLUG


def test_the_show_is_found_from_below_and_by_name(workshop: Workshop, tmp_path: Path) -> None:
    below = Workshop(workshop.path(FIRST), workshop.cache)
    assert below.run("publish", SLUG).code == 0
    assert workshop.path("public/feed.xml").exists()
    elsewhere = Workshop(tmp_path, workshop.cache)
    assert elsewhere.run("publish", SLUG, "--show", "show", "--json").json["episodes"][0]["status"] == "unchanged"


def test_store_option_overrides_the_show(workshop: Workshop) -> None:
    assert workshop.run("publish", SLUG, "--store", "elsewhere").code == 0
    assert workshop.path("elsewhere/feed.xml").exists()
    assert not workshop.path("public").exists()


def test_remaster_publishes_an_unchanged_draft_with_new_settings(workshop: Workshop) -> None:
    first = workshop.run("publish", SLUG, "--json").json["episodes"][0]["audio"]
    workshop.edit("show.yaml", "store:", "audio:\n  loudness: -20\nstore:")
    assert workshop.run("publish", SLUG, "--json").json["episodes"][0]["status"] == "unchanged"
    second = workshop.run("publish", SLUG, "--remaster", "--json").json["episodes"][0]
    assert second["status"] == "published"
    assert second["audio"]["lufs"] == pytest.approx(first["lufs"] - 4, abs=0.5)


def test_the_show_alone_can_be_edited(workshop: Workshop) -> None:
    workshop.run("publish", SLUG)
    workshop.edit("show.yaml", "title: Zwei Töne", "title: Drei Töne")
    result = workshop.run("publish", SLUG, "--json")
    assert result.json["episodes"][0]["status"] == "unchanged"
    files = workshop.store_files()
    assert parse(files["feed.xml"]).feed.title == "Drei Töne"
    assert "records/show/000002.json" in files


def test_several_episodes_go_out_in_one_run(workshop: Workshop) -> None:
    workshop.add_episode("zweiter-ton", "Der zweite Ton", 240)
    document = workshop.run("publish", "--all", "--json").json
    assert [(one["slug"], one["status"]) for one in document["episodes"]] == [
        ("erster-ton", "published"),
        ("zweiter-ton", "published"),
    ]


def test_piped_output_is_plain_lines(workshop: Workshop) -> None:
    result = workshop.run("publish", SLUG)
    assert "\x1b" not in result.out + result.err
    assert "\r" not in result.out
    steps = [line for line in result.out.splitlines() if line.startswith("[")]
    assert steps == [
        "[1/5] Checking",
        "[2/5] Mastering",
        "[3/5] Uploading",
        "[4/5] Recording",
        "[5/5] Updating pages and feed",
    ]
    for words in ("Listen", f"https://cdn.example.org/show/e/{SLUG}/index.html", "Feed", "LUFS", "dBTP"):
        assert words in result.out


def test_a_run_that_was_cut_after_the_record_is_finished_by_the_next(workshop: Workshop) -> None:
    workshop.run("publish", SLUG)
    whole = workshop.store_files()
    manifest = whole.pop("state/pages.json")
    for key in [*(key for key in whole if key.startswith("e/")), "feed.xml", "index.html", "state/pages.json"]:
        workshop.path(f"public/{key}").unlink()
    again = workshop.run("publish", SLUG, "--json").json
    assert again["episodes"][0]["status"] == "unchanged"
    found = workshop.store_files()
    assert found.pop("state/pages.json") != manifest, "the versions are new"
    assert found == whole


def test_a_manifest_that_was_damaged_is_made_anew(workshop: Workshop) -> None:
    workshop.run("publish", SLUG)
    manifest, feed = workshop.path("public/state/pages.json"), workshop.path("public/feed.xml").read_bytes()
    whole = manifest.read_bytes()
    for damaged, command in (
        (b"", ["publish", SLUG]),
        (b'{"": {}}', ["publish", SLUG]),
        (whole.replace(b"index.html", b".sendung", 1), ["publish", SLUG]),
        (whole.replace(b'"index.html"', b'"ind\xc3\xa4x.html"'), ["rebuild"]),
    ):
        assert damaged != whole
        manifest.write_bytes(damaged)
        assert workshop.run(*command).code == 0
        assert manifest.read_bytes() == whole
    assert workshop.path("public/feed.xml").read_bytes() == feed
