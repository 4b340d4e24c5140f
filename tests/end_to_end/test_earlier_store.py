"""A show as commit 0739842 published it, the last before the code was arranged anew: it is read, and continued.

It has an episode whose folder was renamed, one with two revisions, one withdrawn, and one whose date is far away.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from sendung.website.keys import is_page
from tests.end_to_end.conftest import Workshop
from tests.end_to_end.reading import titles

ARCHIVE = Path(__file__).parent / "earlier" / "0.1.0-0739842.tar.xz"
MANIFEST = "state/pages.json"


@pytest.fixture
def earlier(tmp_path: Path) -> Workshop:
    """The show's folder with its store, on a machine that has never seen it."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    return Workshop(tmp_path / "show", tmp_path / "cache", {"SENDUNG_BY": "sebastian"})


def inputs(manifest: bytes) -> dict[str, Any]:
    return {key: page["inputs"] for key, page in json.loads(manifest).items()}


def test_an_unchanged_show_of_before_is_unchanged_and_nothing_but_pages_is_sent(earlier: Workshop) -> None:
    """Its pages look otherwise today, so they are drawn anew, once; no record, file or feed is sent for that."""
    before = earlier.store_files()
    result = earlier.run("publish", "--all", "--json")
    assert result.code == 0, result.err
    assert {episode["status"] for episode in result.json["episodes"]} == {"unchanged", "withdrawn"}
    after = earlier.store_files()
    changed = {key for key in after if after[key] != before.get(key)}
    pages = {key for key in changed if is_page(key) or key in {"index.html", "listen-now.js", "listen-now.json"}}
    assert changed - pages <= {MANIFEST}
    assert before.keys() == after.keys()
    assert inputs(after[MANIFEST]).keys() == inputs(before[MANIFEST]).keys(), "no page came or went"
    assert earlier.run("publish", "--all", "--json").json["sent"]["objects"] == 0


def test_an_edit_continues_the_revisions_of_before(earlier: Workshop) -> None:
    earlier.edit("episodes/anfangston/episode.yaml", "Der erste Ton", "Der allererste Ton")
    before = earlier.store_files()
    result = earlier.run("publish", "anfangston", "--json")
    assert result.code == 0, result.err
    [episode] = result.json["episodes"]
    after = earlier.store_files()
    new = {key for key in after.keys() - before.keys() if key.startswith("records/")}
    assert new == {f"records/{episode['guid']}/000003.json"}
    assert sorted(titles(after["feed.xml"])) == ["Der allererste Ton", "Der zweite Ton"]
    assert b"anfangston" in after["e/erster-ton/index.html"], "the address from before the renaming still leads on"
    assert [line["state"] for line in earlier.run("status", "--json").json] == [
        "published",
        "withdrawn",
        "scheduled",
        "published",
    ]


def test_a_corrected_zone_moves_what_the_version_before_scheduled(earlier: Workshop) -> None:
    earlier.edit("show.yaml", "Europe/Berlin", "America/New_York")
    result = earlier.run("publish", "--all", "--json")
    assert result.code == 0, result.err
    assert sorted(episode["status"] for episode in result.json["episodes"]) == [
        "scheduled",
        "unchanged",
        "unchanged",
        "withdrawn",
    ]
