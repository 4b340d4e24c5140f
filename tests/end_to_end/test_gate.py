"""What holds the feed back: audio that it would promise and that is not there."""

from __future__ import annotations

import pytest

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
