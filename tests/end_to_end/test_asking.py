"""What a host sees of a publish: what it asks, the card before the first upload, and what to paste afterwards."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import FIRST, Workshop, make_tone
from tests.servers.fixtures import Target
from tests.servers.proxy import Fault, breaking_proxy

SLUG = "erster-ton"
QUESTION = "Which?"


def test_without_an_argument_it_lists_what_is_new_and_publishes_what_is_chosen(workshop: Workshop) -> None:
    workshop.run("publish", SLUG)
    workshop.add_episode("dritter-ton", "Der dritte Ton", 300)
    workshop.add_episode("zweiter-ton", "Der zweite Ton", 240)
    workshop.edit("episodes/dritter-ton/episode.yaml", "title: Der", "titel: Der")
    with workshop.screen("publish") as screen:
        screen.expect(QUESTION)
        assert SLUG not in screen.text, "it is as published"
        assert "1  broken  dritter-ton" in screen.text
        assert "2  new     zweiter-ton" in screen.text
        screen.type("7\n")
        screen.expect("There is no 7 in the list")
        screen.type("2\n")
        screen.expect("Publish? [Y/n]")
        assert not list(workshop.path("public/audio").glob("zweiter-ton*")), "nothing is sent before the answer"
        screen.type("\n")
        assert screen.end() == 0
    assert list(workshop.path("public/audio").glob("zweiter-ton*"))
    assert "Der zweite Ton (published)" in screen.text


def test_none_is_none(workshop: Workshop) -> None:
    with workshop.screen("publish") as screen:
        screen.expect(QUESTION)
        screen.type("none\n")
        assert screen.end() == 0
    assert "Nothing was sent." in screen.text


def test_without_anything_new_it_looks_whether_all_is_complete(workshop: Workshop) -> None:
    workshop.run("publish", SLUG)
    feed = workshop.path("public/feed.xml").read_bytes()
    workshop.path("public/feed.xml").unlink()
    with workshop.screen("publish") as screen:
        assert screen.end() == 0
    assert "No episode is new or edited." in screen.text
    assert workshop.path("public/feed.xml").read_bytes() == feed


@pytest.mark.parametrize("arguments", [[], ["--yes", "--json"]], ids=["no", "yes"])
def test_with_nobody_to_ask_one_sentence_names_the_way(arguments: list[str], workshop: Workshop) -> None:
    result = workshop.run("publish", *arguments)
    assert result.code == 2
    assert result.err.count("error: ") == 1
    assert "--all" in result.err
    assert SLUG in result.err


def test_the_card_says_what_listeners_will_get_and_fits_60_columns(workshop: Workshop) -> None:
    workshop.edit(f"{FIRST}/episode.yaml", "2026-11-01", "2100-11-01")
    with workshop.screen("publish", SLUG, columns=60) as screen:
        screen.expect("Publish? [Y/n]")
        card = screen.text
        screen.type("n\n")
        assert screen.end() == 0
    assert "Nothing was sent." in screen.text
    assert not workshop.path("public").exists()
    words = " ".join(card.split())
    assert "Monday, 1 November 2100, 06:00 (Europe/Berlin): scheduled, " in words
    assert "0:08 min, " in words
    assert "MP3 96 kbit/s mono" in words
    assert " LUFS → −19.0 LUFS, true peak " in words
    assert "Chapters 2, from “Anfang” to “Mitte”" in words
    assert "Summary Worum es geht." in words
    assert "https://www.example.org/erster-ton" in words
    assert f"Page https://cdn.example.org/show/e/{SLUG}/index.html (from then on)" in words
    assert [line for line in card.splitlines() if len(line) > 60 and "://" not in line] == []


def test_afterwards_there_are_links_to_paste(workshop: Workshop) -> None:
    result = workshop.run("publish", SLUG)
    links = workshop.run("links", SLUG, "--json").json
    rows = result.out.splitlines()
    for name, key in (("Listen", "url"), ("Link", "link"), ("Player", "iframe")):
        assert f"  {name:<10}{links[key]}" in rows, name
    again = workshop.run("publish", SLUG, "--json").json["episodes"][0]["links"]
    assert again == {key: links[key] for key in ("url", "link", "markdown", "iframe")}


def test_warnings_are_in_the_json_document_too(workshop: Workshop, second_host: Callable[[], Workshop]) -> None:
    workshop.run("publish", SLUG)
    other = second_host()
    workshop.edit("show.yaml", "title: Zwei Töne", "title: Drei Töne")
    workshop.run("publish", SLUG)
    [warning] = other.run("publish", "--all", "--json").json["warnings"]
    assert warning["severity"] == "warning"
    assert warning["message"].startswith("show.yaml is an older one")
    assert "git pull" in warning["hint"]


def test_verbose_tells_of_each_step_and_request_on_stderr_only(workshop: Workshop) -> None:
    result = workshop.run("publish", SLUG, "--verbose", AWS_SECRET_ACCESS_KEY="not-to-be-seen")
    told = result.err
    for step in ("Checking", "Mastering", "Uploading", "Recording", "Updating pages and feed"):
        assert f"{step} took " in told
    assert told.count("  upload audio/") == 1
    assert told.count("  create records/show/000001.json (") == 1
    assert told.count("  replace feed.xml (") == 1
    assert "store public" in told
    assert "not-to-be-seen" not in told
    assert "took" not in result.out
    assert workshop.run("publish", "--all", "--verbose", "--json").json["sent"]["objects"] == 0


def test_verbose_twice_tells_what_ffmpeg_is_asked_and_what_caches_have(workshop: Workshop) -> None:
    once = workshop.run("publish", SLUG, "--verbose").err
    assert "audio.source.ffmpeg: " not in once
    workshop.edit(f"episodes/{SLUG}/episode.yaml", "Worum es geht.", "Worum es nun geht.")
    twice = workshop.run("publish", SLUG, "-vv").err
    assert re.search(r"audio\.source\.ffmpeg: \S+ -hide_banner .*audio\.flac", twice)
    assert re.search(r"audio\.cache: cache has [0-9a-f]{32}\.mp3", twice)
    assert re.search(r"records\.reader: cache has records/\S+/000001\.json", twice)


def test_no_color_is_heeded_on_a_terminal(workshop: Workshop) -> None:
    with workshop.screen("status") as plain:
        plain.end()
    with workshop.screen("status", NO_COLOR="") as coloured:
        coloured.end()
    assert b"\x1b[32m" in coloured.raw
    assert b"\x1b[3" not in plain.raw


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_ctrl_c_while_mastering_says_so_and_leaves_nothing_running(workshop: Workshop, tmp_path: Path) -> None:
    make_tone(workshop.path(f"{FIRST}/audio.flac"), seconds=300)
    own = Workshop(workshop.folder, tmp_path / "cache")
    with own.screen("publish", SLUG) as screen:
        screen.expect("Mastering")
        deadline = time.monotonic() + 30
        running: list[int] = []
        while not running:
            assert time.monotonic() < deadline
            time.sleep(0.02)
            with contextlib.suppress(OSError):  # one of them has ended meanwhile
                running = _children(screen.process)
        screen.type("\x03")
        assert screen.end() == 130
    assert "Stopped. The same command goes on where this one ended." in screen.text
    assert not [process for process in running if _runs(process)]
    assert not own.path("public").exists()


@pytest.mark.parametrize("target", ["rclone"], indirect=True)
def test_ctrl_c_does_not_wait_for_a_store_that_is_silent(target: Target, workshop: Workshop) -> None:
    assert target.endpoint_url
    with breaking_proxy(target.endpoint_url, lambda one: Fault.SILENT if one.method == "PUT" else None) as proxy:
        environment = workshop.variables(**target.environment)
        workshop.edit("show.yaml", "store:\n", f"store:\n  url: {target.url}\n  endpoint_url: {proxy.url}\n")
        command = [sys.executable, "-m", "sendung", "publish", SLUG]
        process = subprocess.Popen(command, cwd=workshop.folder, env=environment, stderr=subprocess.PIPE, text=True)
        try:
            while not proxy.broken[Fault.SILENT]:
                assert process.poll() is None
                time.sleep(0.02)
            os.kill(process.pid, signal.SIGINT)
            _, said = process.communicate(timeout=8)  # an answer is waited for much longer
        finally:
            process.kill()
    assert process.returncode == 130
    assert said.strip() == "Stopped. The same command goes on where this one ended."


def _children(of: int) -> list[int]:
    """The processes that this one started for audio; one that only tells its version ends by itself."""
    children = [int(one) for file in Path(f"/proc/{of}/task").glob("*/children") for one in file.read_text().split()]
    return [one for one in children if b"-hide_banner" in Path(f"/proc/{one}/cmdline").read_bytes()]


def _runs(process: int) -> bool:
    """Whether a process is there and not only waits for its parent to hear of its end."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_the_card_of_an_edit_says_what_changes_and_what_stays(published: Workshop) -> None:
    published.edit(f"{FIRST}/episode.yaml", "Worum es geht.", "Etwas anderes.")
    published.edit(f"{FIRST}/transcript.vtt", "Guten Tag auch.", "Guten Abend.")
    card = published.run("publish", "erster-ton").out
    assert "  Edit      transcript.vtt, summary; GUID and address stay\n" in card
    published.edit(f"{FIRST}/transcript.vtt", "Guten Abend.", "Gute Nacht.")
    diff = published.run("diff", "erster-ton").out
    assert "transcript.vtt: replaced\n" in diff
    assert "sha256" not in diff
