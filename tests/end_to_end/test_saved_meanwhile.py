"""A host who goes on saving files while a publish is under way: what goes out is what its record says, or nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.end_to_end.conftest import FIRST, Workshop, make_tone

SLUG = "erster-ton"
SWAP = """\
import os, sys

pending = [True]


def hear(event, arguments):
    if event == os.environ["SWAP_EVENT"] and pending and os.environ["SWAP_PATH"] in str(arguments[0]):
        pending.clear()
        os.replace(os.environ["SWAP_NEW"], os.environ["SWAP_OLD"])


sys.addaudithook(hear)
"""
"""Python imports it as it starts, and it puts another file in the place of one at a certain moment (PEP 578)."""


@pytest.fixture
def own(workshop: Workshop, tmp_path: Path) -> Workshop:
    """With a cache of its own, where nothing is mastered yet."""
    return Workshop(workshop.folder, tmp_path / "own-cache")


def swap(folder: Path, event: str, path: str, new: Path, old: Path) -> Mapping[str, str]:
    """The variables with which a run puts `new` in the place of `old` at the first such event on such a path."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SWAP, "utf-8")
    search = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    moment = {"SWAP_EVENT": event, "SWAP_PATH": path, "SWAP_NEW": str(new), "SWAP_OLD": str(old)}
    return {"PYTHONPATH": search, **moment}


def test_notes_that_are_saved_between_reading_and_digesting_go_out_with_the_next_run(
    own: Workshop, tmp_path: Path
) -> None:
    own.edit(f"{FIRST}/episode.yaml", "transcript: ", "notes: notes.md\ntranscript: ")
    own.write(f"{FIRST}/notes.md", "Von gestern.")
    (tmp_path / "notes.md").write_text("Von heute.", "utf-8")
    # The transcript is read after the notes, and nothing is digested before both are read.
    meanwhile = swap(tmp_path / "hook", "open", "transcript.vtt", tmp_path / "notes.md", own.path(f"{FIRST}/notes.md"))
    result = own.run("publish", SLUG, **meanwhile)
    assert result.code == 3
    assert f"{FIRST}/notes.md: {SLUG} was not published: notes.md changed while it was being made." in result.err
    assert "records" not in {key.split("/")[0] for key in own.store_files() if "/show/" not in key}
    again = own.run("publish", SLUG)
    assert again.code == 0, again.err
    assert "Von heute." in own.store_files()[f"e/{SLUG}/index.html"].decode()


def test_a_cover_that_is_saved_while_the_host_is_asked_is_no_part_of_the_show(own: Workshop) -> None:
    with own.screen("publish", SLUG) as screen:
        screen.expect("Publish")
        own.path("cover.jpg").write_bytes(own.path("cover.jpg").read_bytes() + b"saved again")
        screen.type("y\n")
        assert screen.end() == 3
    assert "show.yaml was not published: cover.jpg changed while it was being made." in " ".join(screen.text.split())
    assert not [key for key in own.store_files() if key.startswith("records/")]
    assert own.run("publish", SLUG).code == 0


def test_a_recording_that_is_replaced_during_mastering_is_not_kept_under_the_old_ones_name(
    own: Workshop, tmp_path: Path
) -> None:
    recording, other = own.path(f"{FIRST}/audio.flac"), tmp_path / "other.flac"
    first = recording.read_bytes()
    make_tone(other, seconds=20)
    meanwhile = swap(tmp_path / "hook", "tempfile.mkdtemp", str(own.cache), other, recording)
    result = own.run("publish", SLUG, **meanwhile)
    assert result.code == 5
    assert "audio.flac was replaced while it was mastered." in result.err
    assert own.store_files() == {}
    recording.write_bytes(first)
    assert own.run("publish", SLUG).code == 0
    assert "<itunes:duration>8</itunes:duration>" in own.store_files()["feed.xml"].decode()
