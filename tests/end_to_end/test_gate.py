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
