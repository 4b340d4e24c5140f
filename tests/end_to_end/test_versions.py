"""Records that another version wrote: nothing in them is lost, and nothing newer is rendered wrongly."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Workshop

SLUG = "erster-ton"
FUTURE = "assets/0123456789abcdef.glb"


def record_files(workshop: Workshop, owner: str = "") -> list[Path]:
    """Of all episodes, or of "show", oldest first."""
    files = sorted(workshop.path("public/records").glob("*/*.json"))
    return [file for file in files if (file.parent.name == "show") is (owner == "show")]


def rewrite(file: Path, **facts: Any) -> None:
    """Have a record as another version would have written it."""
    values = {**json.loads(file.read_bytes()), **facts}
    values.pop("digest")

    def dump() -> bytes:
        return json.dumps(values, sort_keys=True, indent=1, ensure_ascii=False).encode() + b"\n"

    values["digest"] = "sha256:" + hashlib.sha256(dump()).hexdigest()
    file.write_bytes(dump())


@pytest.mark.parametrize("owner", ["show", "episode"])
@pytest.mark.parametrize("facts", [{"tool": "99.0.0"}, {"tool": "0.2.0", "kind": "hologram"}, {"format": 4}])
def test_an_older_version_says_so_and_neither_renders_nor_prunes(
    published: Workshop, owner: str, facts: dict[str, Any]
) -> None:
    [file] = record_files(published, owner)
    rewrite(file, **facts)
    before = published.store_files()
    for command in (["publish", "--due"], ["publish", "--all"], ["rebuild"], ["prune", "--older-than", "1", "--yes"]):
        result = published.run(*command)
        assert result.code == 3, command
        assert "was written by a newer Sendung (" in result.err
        assert "Update Sendung on this machine." in result.err
    assert published.store_files() == before


def test_what_this_version_does_not_know_survives_withdrawing_going_back_and_pruning(published: Workshop) -> None:
    [first] = record_files(published)
    episode = json.loads(first.read_bytes())["episode"]
    chapters = [{**mark, "mood": "calm"} for mark in episode["chapters"]]
    rewrite(first, tool="0.1.9", episode={**episode, "scene": {"model": FUTURE}, "chapters": chapters}, seal="later")
    published.write(f"public/{FUTURE}", b"scene")
    published.write("public/assets/fedcba9876543210.glb", b"nobody names it")
    assert published.run("withdraw", SLUG, "--yes").code == 0
    assert published.run("rollback", SLUG, "1", "--yes").code == 0
    for file in record_files(published):
        values = json.loads(file.read_bytes())
        assert values["seal"] == "later"
        assert values["episode"]["scene"] == {"model": FUTURE}
        assert [mark["mood"] for mark in values["episode"]["chapters"]] == ["calm", "calm"]
    for asset in published.path("public/assets").iterdir():
        os.utime(asset, (0, 0))
    assert published.run("prune", "--older-than", "1", "--yes").code == 0
    kept = published.store_files()
    assert FUTURE in kept
    assert "assets/fedcba9876543210.glb" not in kept
