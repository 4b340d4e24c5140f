"""Many episodes at once on a terminal: a table and one question, one bar, one line for what they have alike."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest

from tests.end_to_end.conftest import FIRST, Workshop, make_tone, run_ffmpeg

SLUGS = ["erster-ton", "vierter-ton", "zweiter-ton-mit-einem-langen-namen-in-der-adresse", "dritter-ton"]


@pytest.fixture
def four(workshop: Workshop) -> Workshop:
    """Four drafts; none has a transcript, and one cannot be mastered: it is silent."""
    for slug in SLUGS[1:]:
        text = workshop.path(f"{FIRST}/episode.yaml").read_text("utf-8")
        own = text.replace("Der erste Ton", f"Folge {slug}").replace("erster-ton", slug)
        workshop.write(f"episodes/{slug}/episode.yaml", own)
        workshop.write(f"episodes/{slug}/audio.flac", workshop.path(f"{FIRST}/audio.flac").read_bytes())
    for slug in SLUGS:
        workshop.edit(f"episodes/{slug}/episode.yaml", "transcript: transcript.vtt\n", "")
    workshop.path(f"{FIRST}/transcript.vtt").unlink()
    run_ffmpeg(
        "-f", "lavfi", "-i", "anullsrc=r=44100", "-t", "8", str(workshop.path("episodes/vierter-ton/audio.flac"))
    )
    return workshop


def test_many_are_shown_in_a_table_asked_for_once_and_told_in_groups(four: Workshop) -> None:
    with four.screen("publish", "--all", columns=60) as screen:
        screen.expect("[Y/n]")
        table = screen.text
        assert not four.path("public").exists(), "nothing is sent before the answer"
        screen.type("\n")
        assert screen.end() == 5
    assert "Publish these 4 episodes?" in " ".join(table.split())
    rows = [line for line in table.splitlines() if re.search(r"2026-\d\d-\d\d \d\d:\d\d", line)]
    assert len(rows) == 4
    assert all(len(line) <= 60 for line in rows)
    assert any(re.search(r"^erster-ton +new +2026-11-01 06:00 +0:08", row) for row in rows)
    after = screen.text[len(table) :]
    assert "of 4: " in after, "the bar says which one, and how many are done"
    assert after.count("[psp1-transcript]") == 1
    assert "3 published, 1 failed." in after
    for slug in sorted(set(SLUGS) - {"vierter-ton"}):
        assert f"https://cdn.example.org/show/e/{slug}/" in after
    assert "episodes/vierter-ton/episode.yaml" in after
    assert "is silent" in after


def test_each_shows_each_and_json_has_all(four: Workshop) -> None:
    grouped = four.run("publish", "--all", "--yes", "--dry-run")
    assert grouped.code == 5
    [line] = [line for line in grouped.err.splitlines() if "psp1-transcript" in line]
    assert re.match(r"warning: 4 episodes: .*has no <podcast:transcript>\. \[psp1-transcript\]: ", line)
    assert line.endswith("… (--each shows each)")
    assert grouped.err.count("is silent") == 1
    each = four.run("publish", "--all", "--yes", "--dry-run", "--each", "--json")
    assert each.err.count("[psp1-transcript]") == 4
    document = each.json
    assert sum("psp1-transcript" in warning["message"] for warning in document["warnings"]) == 4
    failed = {episode["slug"]: episode["problems"] for episode in document["episodes"] if episode["problems"]}
    assert list(failed) == ["vierter-ton"]
    assert "is silent" in failed["vierter-ton"][0]["message"]


def test_check_tells_of_many_drafts_in_groups_too(four: Workshop) -> None:
    grouped = four.run("check")
    assert grouped.err.count("[psp1-transcript]") == 1
    assert "warning: 4 episodes: … has no <podcast:transcript>. [psp1-transcript]: " in grouped.err
    assert four.run("check", "--each").err.count("[psp1-transcript]") == 4
    rules = [problem["rule"] for problem in four.run("check", "--json").json["problems"]]
    assert rules.count("psp1-transcript") == 4


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_ctrl_c_ends_all_that_are_mastered(four: Workshop, tmp_path: Path) -> None:
    make_tone(four.path("long.flac"), seconds=120)
    for slug in SLUGS:
        shutil.copy(four.path("long.flac"), four.path(f"episodes/{slug}/audio.flac"))
    own = Workshop(four.folder, tmp_path / "cache")
    with own.screen("publish", "--all", "--yes") as screen:
        screen.expect("Mastering")
        deadline = time.monotonic() + 30
        while len(list(own.cache.glob("making-*/lock"))) < 3:  # the run's own, and two
            assert time.monotonic() < deadline
            time.sleep(0.02)
        running = _ffmpegs(own.folder)
        screen.type("\x03")
        assert screen.end() == 130
    lines = [line for line in screen.text.splitlines() if "2026-11-01" in line or " of 4: " in line]
    assert len(lines) > 4
    assert all(len(line) <= 80 for line in lines), "the screen has 80 columns"
    assert "Stopped. The same command goes on where this one ended." in screen.text
    assert not (_ffmpegs(own.folder) & running)
    assert not own.path("public/records").exists()
    assert not list(own.cache.glob("making-*")), "the threads had time to tidy up"


def _ffmpegs(folder: Path) -> set[str]:
    """The processes that read anything in a folder."""
    readers = set()
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in command.read_bytes():
                readers.add(command.parent.name)
        except OSError:
            continue
    return readers
