"""A show that moves: import, check, publish; and the new feed says of each episode what the old one said."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from feedparser.api import parse as parse_universally
from lxml import html

from tests.end_to_end.conftest import Workshop
from tests.end_to_end.reading import parse
from tests.workflows.importer.conftest import put_feed
from tests.workflows.importer.old_host import OldHost
from tests.workflows.importer.test_hosts import HOSTS


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def desk(cache: Path, tmp_path: Path) -> Workshop:
    (tmp_path / "desk").mkdir()
    return Workshop(tmp_path / "desk", cache)


KEPT = {
    "podcasting20": (
        '<podcast:valueRecipient name="Mara" type="node" address="03ae9f" split="95" customKey="7629169"',
        '<podcast:remoteItem feedGuid="9b024349-ccf0-5f69-a609-6b82873eab3c" feedUrl="https://podnews.example.org/rss"',
        '<podcast:updateFrequency dtstart="2025-03-07T05:00:00+00:00" rrule="FREQ=WEEKLY;BYDAY=FR">Jeden Freitag<',
        '<podcast:block id="spotify">yes</podcast:block>',
        "<itunes:block>Yes</itunes:block>",
        '<podcast:trailer url="https://cdn.example.com/show/audio/leinen-los-',
        '<podcast:episode display="Kanal 2">2<',
        '">Der Film</podcast:contentLink>',
        'title="Ablegen" image="https://cdn.example.com/show/assets/',
        'rel="hub"',
    )
}
"""What else the new feed says as the old one did."""

lenient: Any = parse_universally
"""Old feeds have faults that feedparser forgives, as apps do."""


def words(markup: str) -> list[str]:
    """What is read aloud, without times (chapters write them in full)."""
    text = " ".join(map(str, html.fromstring(f"<div>{markup}</div>").itertext())) if markup else ""
    return re.findall(r"\w+", re.sub(r"\d+:\d\d(:\d\d)?", "", text))


def notes_of(entry: Any) -> list[str]:
    """content:encoded; feedparser takes other texts for content, too, but those are plain."""
    rich = [one.value for one in entry.get("content", ()) if one.type == "text/html"]
    return words(rich[0] if rich else entry.get("summary", ""))


def seconds(text: str) -> float:
    total = 0.0
    for part in text.split(":"):
        total = total * 60 + float(part)
    return total


def holds(longer: list[str], shorter: list[str]) -> bool:
    """Whether all words are there, in order."""
    rest = iter(longer)
    return all(word in rest for word in shorter)


def moment(entry: Any) -> datetime:
    year, month, day, hour, minute, second = entry.published_parsed[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize("name", [name for name in HOSTS if name != "acast"])
def test_what_was_imported_passes_the_check_and_is_published_as_it_was(
    desk: Workshop, old_host: OldHost, name: str
) -> None:
    source = f"{old_host.url}/{name}.xml"
    moved = desk.run("import", source, ".", "--allow-private", "--public-url", "https://cdn.example.com/show", "--json")
    assert moved.code == 0, moved.err
    # It checks first what `sendung check` does.
    published = desk.run("publish", "--all", "--json")
    assert published.code == 0, published.out + published.err
    old = {
        entry.get("id") or entry.enclosures[0].href: entry
        for page in (name, f"{name}-2")
        for entry in reversed(lenient(old_host.files.get(f"/{page}.xml", b"")).entries)
        if entry.get("enclosures") and entry.enclosures[0].type != "video/mp4"
    }
    feed = desk.store_files()["feed.xml"]
    new = {entry.id: entry for entry in parse(feed).entries}
    assert set(new) == set(old)
    for guid, entry in new.items():
        before = old[guid]
        # WordPress escapes twice, and feedparser reads it once.
        assert entry.title == before.title.replace("&#038;", "&")
        if before.get("published_parsed"):
            assert moment(entry) == moment(before)
        if before.get("itunes_duration"):
            assert seconds(entry.itunes_duration) == pytest.approx(seconds(before.itunes_duration), abs=1)
        assert holds(notes_of(entry), notes_of(before)), f"{notes_of(before)} in {notes_of(entry)}"
    for tag in KEPT.get(name, ()):
        assert tag in feed.decode()
    assert b"<itunes:new-feed-url>https://cdn.example.com/show/feed.xml</itunes:new-feed-url>" in feed


def test_what_was_imported_passes_the_check_even_without_its_audio_but_for_that(
    desk: Workshop, old_host: OldHost
) -> None:
    arguments = ("import", f"{old_host.url}/podcasting20.xml", ".", "--allow-private")
    desk.run(*arguments, "--no-audio")
    problems = desk.run("check", "--json").json["problems"]
    assert {one["message"] for one in problems if one["severity"] == "error"} == {"audio.mp3 is not there."}
    desk.run(*arguments)
    assert desk.run("check").code == 0


def test_finished_audio_goes_out_bit_for_bit(desk: Workshop, old_host: OldHost) -> None:
    desk.run("import", f"{old_host.url}/anchor.xml", ".", "--allow-private")
    assert desk.run("publish", "--all", "--yes").code == 0
    published = {data for key, data in desk.store_files().items() if key.startswith("audio/")}
    [m4a] = [data for name, data in old_host.files.items() if name.endswith(".m4a")]
    assert published == {old_host.files["/audio/eins.mp3"], m4a}


def test_audio_is_mastered_if_so_asked(desk: Workshop, old_host: OldHost) -> None:
    desk.run("import", f"{old_host.url}/acast.xml", ".", "--allow-private", "--master")
    assert desk.run("publish", "--all", "--yes").code == 0
    [published] = [data for key, data in desk.store_files().items() if key.startswith("audio/")]
    assert published != old_host.files["/audio/eins.mp3"]
    assert b"Am Zaun" in published or "Am Zaun".encode("utf-16-le") in published, "tagged anew"


def test_the_command_says_what_it_did_and_what_comes_next(desk: Workshop, old_host: OldHost) -> None:
    done = desk.run("import", f"{old_host.url}/libsyn.xml", "gleis", "--allow-private", "--no-audio")
    assert done.code == 0
    assert "“Gleis Zehn” in gleis: 2 imported, 0 were there, 0 failed." in done.out
    assert "Next: cd gleis, then sendung check, then sendung publish --all." in done.out
    assert "warning: The feed names no owner's e-mail address; an example stands in show.yaml." in done.err
    again = desk.run("import", f"{old_host.url}/libsyn.xml", "gleis", "--allow-private", "--no-audio")
    assert "0 imported, 2 were there, 0 failed." in again.out


def test_failures_are_exit_codes_and_sentences(desk: Workshop, old_host: OldHost) -> None:
    put_feed(old_host, "podcasting20", locked="yes")
    locked = desk.run("import", f"{old_host.url}/podcasting20.xml", "--allow-private", "--json")
    assert locked.code == 2
    assert "is locked" in locked.json["problems"][0]["message"]
    assert list(desk.folder.iterdir()) == []
    assert desk.run("import", f"{old_host.url}/podcasting20.xml").code == 6
    assert desk.run("import", "gone.xml").code == 3
    del old_host.files["/audio/zwei.mp3"]
    failed = desk.run("import", f"{old_host.url}/podcasting20.xml", "--allow-private", "--i-own-it")
    assert failed.code == 6
    assert "audio/zwei.mp3 answers 404 (Not Found)." in failed.err
    assert "1 imported, 0 were there, 1 failed." in failed.out


def test_feeds_addresses_are_taken_as_directories_write_them(desk: Workshop) -> None:
    for scheme in ("feed", "podcast", "itpc"):
        done = desk.run("import", f"{scheme}://127.0.0.1:9/feed.xml")
        assert done.code == 6
        assert "127.0.0.1 is not a public address" in done.err
    shutil.rmtree(desk.folder)
