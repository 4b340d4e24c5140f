"""Mastering again: the plan, the question, and the way back."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.end_to_end.conftest import FIRST, Workshop, run_ffmpeg

SLUG = "erster-ton"


@pytest.fixture
def two(workshop: Workshop) -> Workshop:
    """Two public episodes and a scheduled one, published at another loudness than show.yaml asks for now."""
    for slug, title in (("zweiter-ton", "Der zweite Ton"), ("dritter-ton", "Der dritte Ton")):
        shutil.copytree(workshop.path(FIRST), workshop.path(f"episodes/{slug}"))
        workshop.edit(f"episodes/{slug}/episode.yaml", "Der erste Ton", title)
        text = workshop.path(f"episodes/{slug}/episode.yaml").read_text("utf-8").replace("/erster-ton", f"/{slug}")
        workshop.write(f"episodes/{slug}/episode.yaml", text.replace("/en/first-tone", f"/en/{slug}"))
    workshop.edit("episodes/dritter-ton/episode.yaml", "2026-11-01", "2099-11-01")
    workshop.write("show.yaml", workshop.path("show.yaml").read_text("utf-8") + "audio:\n  loudness: -20\n")
    assert workshop.run("publish", "--all", "--yes").code == 0
    workshop.edit("show.yaml", "loudness: -20", "loudness: -16")
    return workshop


def feed(show: Workshop) -> bytes:
    return show.store_files()["feed.xml"]


def enclosures(show: Workshop) -> list[bytes]:
    return [line for line in feed(show).splitlines() if b"<enclosure" in line]


def test_a_plan_says_what_gets_better_and_what_it_costs_and_does_nothing(two: Workshop) -> None:
    (two.path(FIRST) / "aufnahme-1.wav").write_bytes(b"RIFF")
    (two.path(FIRST) / "aufnahme-2.wav").write_bytes(b"RIFF")
    before = two.store_files()
    plan = two.run("remaster", "--plan", "--json").json
    assert (plan["chosen"], plan["public"]) == (3, 2)
    by_slug = {episode["slug"]: episode for episode in plan["episodes"]}
    first = by_slug[SLUG]
    assert first["aim_lufs"] == pytest.approx(-19.01)
    assert first["lufs"] == pytest.approx(-23.0, abs=0.3)
    assert [change["kind"] for change in first["improvements"]] == ["loudness"]
    assert first["better_sources"] == ["aufnahme-1.wav", "aufnahme-2.wav"]
    assert first["bytes"] == pytest.approx(8 * 96_000 / 8, rel=0.05)
    shown = two.run("remaster", "--plan")
    assert shown.code == 0
    assert "-23.0 LUFS → -19.0 LUFS" in shown.out
    assert "2 public files would get a new address" in shown.out
    assert "aufnahme-1.wav + aufnahme-2.wav" in shown.out
    kept = two.run("remaster", "--plan", "--keep-public", "--json").json
    assert [episode["slug"] for episode in kept["episodes"] if episode["chosen"]] == ["dritter-ton"]
    assert two.store_files() == before


def test_what_was_mastered_again_goes_back_together_by_one_command(two: Workshop) -> None:
    before, addresses = feed(two), enclosures(two)
    needs_yes = two.run("remaster", "--all")
    assert needs_yes.code == 2
    assert "Add --yes" in needs_yes.err
    done = two.run("remaster", "--all", "--yes", "--json").json
    assert sorted(episode["slug"] for episode in done["published"]) == ["dritter-ton", SLUG, "zweiter-ton"]
    assert [episode["lufs"] for episode in done["published"]] == pytest.approx([-19.0] * 3, abs=0.2)
    after = feed(two)
    assert after != before
    assert [line for line in after.splitlines() if b"<guid" in line] == [
        line for line in before.splitlines() if b"<guid" in line
    ]
    assert two.run("remaster", "--all", "--yes", "--json").json["published"] == []

    two.edit("episodes/zweiter-ton/episode.yaml", "Der zweite Ton", "Der zweite Ton, neu")
    assert two.run("publish", "zweiter-ton").code == 0
    command = done["undo"].split()
    assert command[:3] == ["sendung", "rollback", "--remastered"]
    back = two.run(*command[1:], "--yes")
    assert back.code == 0
    assert "2 episodes as before: dritter-ton, erster-ton" in back.out
    assert "Left alone, for it was published for another reason since: zweiter-ton" in back.out
    assert len(set(addresses) & set(enclosures(two))) == 1, "of two public ones the one that was not edited since"
    states = {line["slug"]: line["state"] for line in two.run("status", "--json").json}
    assert states == {SLUG: "published", "zweiter-ton": "published", "dritter-ton": "scheduled"}
    again = two.run(*command[1:], "--yes")
    assert again.code == 0
    assert "is left to put back" in again.out


def test_only_what_is_scheduled_is_mastered_where_public_files_are_kept(two: Workshop) -> None:
    before = enclosures(two)
    done = two.run("remaster", "--all", "--keep-public", "--yes", "--json").json
    assert [episode["slug"] for episode in done["published"]] == ["dritter-ton"]
    assert enclosures(two) == before


def test_the_question_offers_all_or_what_is_not_public(two: Workshop) -> None:
    with two.screen("remaster", "--all") as screen:
        screen.expect("New addresses for all 3 [a], only for the 1 that are not public yet [s], or none [n]?")
        screen.type("n\n")
        screen.expect("Nothing was changed.")


def test_what_cannot_be_mastered_again_is_named_with_its_reason(two: Workshop) -> None:
    two.edit(f"{FIRST}/episode.yaml", "summary: Worum es geht.", "summary: Etwas anderes.")
    plan = two.run("remaster", "--plan", "--json").json
    reasons = {episode["slug"]: episode["left_alone"] for episode in plan["episodes"]}
    assert reasons[SLUG] == "it is edited, and publish masters it as it is now"


def test_chapters_and_transcript_move_with_what_is_cut_at_the_start(workshop: Workshop) -> None:
    tone, silence = workshop.path(f"{FIRST}/audio.flac"), "anullsrc=r=44100:cl=mono:d=5"
    late = tone.with_name("late.flac")
    run_ffmpeg("-f", "lavfi", "-i", silence, "-i", str(tone), "-filter_complex", "[0][1]concat=v=0:a=1", str(late))
    late.replace(tone)
    workshop.edit(f"{FIRST}/episode.yaml", '"0:04"', '"0:09"')
    text = workshop.path(f"{FIRST}/transcript.vtt").read_text("utf-8")
    later = text.replace("00:00:01.000 --> 00:00:03.000", "00:00:06.000 --> 00:00:08.000")
    later = later.replace("00:00:04.000 --> 00:00:07.500", "00:00:09.000 --> 00:00:12.500")
    workshop.write(f"{FIRST}/transcript.vtt", later)
    workshop.write("show.yaml", workshop.path("show.yaml").read_text("utf-8") + "audio:\n  trim: false\n")
    assert workshop.run("publish", SLUG).code == 0
    before = record(workshop, 1)
    workshop.edit("show.yaml", "trim: false", "trim: true")
    plan = workshop.run("remaster", "--plan", "--json").json
    assert plan["episodes"][0]["improvements"] == [{"kind": "settings", "now": "trim off", "then": "trim on"}]
    assert workshop.run("remaster", SLUG, "--yes").code == 0
    after = record(workshop, 2)
    cut_ms = round(1000 * (before["audio"]["duration_s"] - after["audio"]["duration_s"]))
    assert 3_000 < cut_ms < 5_000
    assert before["chapters"][1]["start_ms"] - after["chapters"][1]["start_ms"] == pytest.approx(cut_ms, abs=2)
    moved = [
        earlier["start_ms"] - afterwards["start_ms"]
        for earlier, afterwards in zip(before["transcript"]["cues"], after["transcript"]["cues"], strict=False)
    ]
    assert moved == pytest.approx([cut_ms] * len(moved), abs=2)
    assert after["guid"] == before["guid"]


def record(show: Workshop, number: int) -> Any:
    (key,) = [
        key for key in show.store_files() if key.endswith(f"{number:06}.json") and not key.startswith("records/show")
    ]
    return json.loads(show.store_files()[key])["episode"]


@pytest.mark.soak
def test_workers_of_this_machine_master_and_end_with_the_command(two: Workshop) -> None:
    command = [sys.executable, "-m", "sendung", "remaster", "--all", "--yes", "--workers", "2"]
    done = subprocess.run(
        command, cwd=two.folder, env=two.variables(), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "its dashboard: http://127.0.0.1:" in done.stdout
    assert "3 episodes published anew, 0 came out the same." in done.stdout
    assert done.stderr == ""
    assert not list((two.cache / "workers").glob("*/sendung/making-*"))
