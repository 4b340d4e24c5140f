"""What holds the feed back: audio that it would promise and that is not there."""

from __future__ import annotations

import re

import pytest
from PIL import Image

from tests.end_to_end.conftest import FIRST, Workshop

SLUG = "erster-ton"


@pytest.mark.parametrize("state", ["is not in the store", "has 3 bytes, not "], ids=["gone", "cut"])
def test_the_new_file_of_an_episode_that_the_feed_knows_is_looked_for(workshop: Workshop, state: str) -> None:
    """The feed that is published names the old file, which is whole: it is to stay until the new one is."""
    assert workshop.run("publish", SLUG).code == 0
    before = workshop.store_files()
    workshop.edit(f"{FIRST}/episode.yaml", "Der erste Ton", "Der allererste Ton")
    assert workshop.run("publish", SLUG).code == 0
    after = workshop.store_files()
    [audio] = [key for key in after.keys() - before.keys() if key.startswith("audio/")]
    workshop.write("public/feed.xml", before["feed.xml"])
    if state.startswith("has"):
        workshop.write(f"public/{audio}", b"cut")
    else:
        workshop.path(f"public/{audio}").unlink()
    result = workshop.run("rebuild")
    assert result.code == 7
    assert f'The audio of the episode "Der allererste Ton" {state}' in result.err
    assert workshop.store_files()["feed.xml"] == before["feed.xml"]
    assert workshop.run("publish", SLUG, "--remaster").code == 0
    assert workshop.store_files()[audio] == after[audio]
    assert b"Der allererste Ton" in workshop.store_files()["feed.xml"]


def test_a_file_that_the_feed_names_already_does_not_hold_what_else_is_published(workshop: Workshop) -> None:
    """It is broken for listeners already; another episode must not wait for that."""
    assert workshop.run("publish", SLUG).code == 0
    [audio] = [key for key in workshop.store_files() if key.startswith("audio/")]
    workshop.path(f"public/{audio}").unlink()
    workshop.add_episode("zweiter-ton", "Der zweite Ton", 240)
    result = workshop.run("publish", "zweiter-ton")
    assert result.code == 0, result.err
    assert b"Der zweite Ton" in workshop.store_files()["feed.xml"]


def test_a_date_that_is_only_written_otherwise_is_the_same(workshop: Workshop) -> None:
    """The feed may be that of another program, which the show brought along."""
    assert workshop.run("publish", SLUG).code == 0
    feed = workshop.store_files()["feed.xml"]
    own = b"<pubDate>Sun, 01 Nov 2026 05:00:00 +0000</pubDate>"
    assert own in feed
    workshop.write("public/feed.xml", feed.replace(own, b"<pubDate>Sun, 1 Nov 2026 06:00:00 +0100</pubDate>"))
    result = workshop.run("rebuild")
    assert result.code == 0, result.err
    assert workshop.store_files()["feed.xml"] == feed


@pytest.mark.parametrize("date", ["Sun, 01 Nov 2026 06:00:00 +0000", "last Sunday"])
def test_another_date_is_let_pass_once_by_the_slug_or_the_guid(workshop: Workshop, date: str) -> None:
    guid = workshop.run("publish", SLUG, "--json").json["episodes"][0]["guid"]
    feed = workshop.store_files()["feed.xml"]
    strange = feed.replace(b"<pubDate>Sun, 01 Nov 2026 05:00:00 +0000", f"<pubDate>{date}".encode())
    assert strange != feed
    for override in (SLUG, guid):
        workshop.write("public/feed.xml", strange)
        held = workshop.run("rebuild")
        assert held.code == 7
        assert f'The date of the episode "Der erste Ton" would change from {date} to Sun, 01 Nov 2026 05' in held.err
        assert f"--override {guid}" in held.err
        assert workshop.store_files()["feed.xml"] == strange
        assert workshop.run("publish", "--due", "--override", override).code == 0
        assert workshop.store_files()["feed.xml"] == feed


def test_what_is_no_feed_holds_nothing_that_could_be_lost(workshop: Workshop) -> None:
    assert workshop.run("publish", SLUG).code == 0
    feed = workshop.store_files()["feed.xml"]
    for other in (b"", feed[:700], b"<!DOCTYPE html><title>404</title>"):
        workshop.write("public/feed.xml", other)
        result = workshop.run("rebuild")
        assert result.code == 0, result.err
        assert workshop.store_files()["feed.xml"] == feed


@pytest.mark.parametrize("kind", ["cover", "transcript", "chapters"])
def test_covers_transcripts_and_chapters_are_looked_for_like_audio(workshop: Workshop, kind: str) -> None:
    with Image.open(workshop.path("cover.jpg")) as cover:  # another one than the show's
        cover.rotate(90).save(workshop.path(f"{FIRST}/cover.jpg"), quality=70)
    workshop.edit(f"{FIRST}/episode.yaml", "audio:", "cover: cover.jpg\naudio:")
    assert workshop.run("publish", SLUG).code == 0
    feed = workshop.path("public/feed.xml").read_bytes()
    ends = {
        "cover": r"assets/[^\"]+\.jpg(?=\"/>)",
        "transcript": r"assets/[^\"]+\.vtt",
        "chapters": r"assets/[^\"]+\.json",
    }
    names = re.findall(ends[kind], feed.decode().partition("<item>")[2])
    workshop.path("public/feed.xml").unlink()
    workshop.path(f"public/{names[0]}").unlink()
    result = workshop.run("rebuild")
    assert result.code == 7, result.err
    assert f'A file ({names[0]}) of the episode "Der erste Ton" is not in the store' in result.err
    assert not workshop.path("public/feed.xml").exists()


def test_a_broken_episode_keeps_its_old_item_and_holds_no_other(workshop: Workshop) -> None:
    assert workshop.run("publish", SLUG).code == 0
    before = workshop.store_files()
    workshop.edit(f"{FIRST}/episode.yaml", "Der erste Ton", "Der allererste Ton")
    assert workshop.run("publish", SLUG).code == 0
    [audio] = [key for key in workshop.store_files().keys() - before.keys() if key.startswith("audio/")]
    workshop.write("public/feed.xml", before["feed.xml"])
    workshop.path(f"public/{audio}").unlink()
    workshop.add_episode("zweiter-ton", "Der zweite Ton", 240)
    for _ in range(2):
        result = workshop.run("publish", "zweiter-ton")
        assert (result.code, result.err.count("error:")) == (7, 1), result.err
        assert "All else is published." in result.err
        feed = workshop.store_files()["feed.xml"]
        assert b"Der zweite Ton" in feed
        assert b"<title>Der erste Ton</title>" in feed
        assert b"Der allererste Ton" not in workshop.store_files()[f"e/{SLUG}/index.html"]
    assert workshop.run("publish", SLUG, "--remaster").code == 0
    assert b"Der allererste Ton" in workshop.store_files()["feed.xml"]


def test_an_override_does_not_excuse_a_file_that_is_not_there(workshop: Workshop) -> None:
    assert workshop.run("publish", SLUG).code == 0
    [audio] = [key for key in workshop.store_files() if key.startswith("audio/")]
    workshop.path("public/feed.xml").unlink()
    workshop.path(f"public/{audio}").unlink()
    for command in ("rebuild", "publish"):
        arguments = (command, "--due") if command == "publish" else (command,)
        result = workshop.run(*arguments, "--override", SLUG)
        assert result.code == 7
        assert "is not in the store" in result.err
    assert not workshop.path("public/feed.xml").exists()


def test_a_new_episode_whose_file_is_gone_is_left_out(workshop: Workshop) -> None:
    assert workshop.run("publish", SLUG).code == 0
    before = workshop.store_files()
    workshop.add_episode("zweiter-ton", "Der zweite Ton", 240)
    assert workshop.run("publish", "zweiter-ton").code == 0
    [audio] = [key for key in workshop.store_files().keys() - before.keys() if key.startswith("audio/")]
    workshop.path(f"public/{audio}").unlink()
    workshop.write("public/feed.xml", before["feed.xml"])
    assert workshop.run("rebuild").code == 7
    assert workshop.store_files()["feed.xml"] == before["feed.xml"]
