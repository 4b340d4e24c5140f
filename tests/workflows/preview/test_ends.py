"""How a preview begins and ends, and whom it answers."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from tests.browser import Opened
from tests.end_to_end.conftest import FIRST, Workshop, run_ffmpeg
from tests.end_to_end.test_german import leftovers
from tests.workflows.preview.conftest import PATIENCE, Start
from tests.workflows.preview.test_preview import DRAFT, PAGE, fetch


def test_ctrl_c_ends_it_while_a_browser_waits_for_news(preview: Start, opened: Opened, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    running = preview("--offline", TMPDIR=str(scratch))
    running.until("feed.xml")
    with opened(running.address + PAGE, quiet=False) as page:
        page.wait_for_selector(".state")
        running.stop()
        page.get_by_text("The preview has ended.").wait_for()
    assert list(scratch.iterdir()) == []


def test_ctrl_c_ends_it_in_the_middle_of_mastering(preview: Start, workshop: Workshop) -> None:
    run_ffmpeg("-f", "lavfi", "-i", "sine=220:d=900", "-c:a", "pcm_s16le", str(workshop.path(f"{FIRST}/audio.wav")))
    workshop.edit(DRAFT, "audio.flac", "audio.wav")
    running = preview("--offline")
    assert fetch(running.address + PAGE)[0] == 503
    deadline = time.monotonic() + PATIENCE
    while not ffmpegs(workshop):
        assert time.monotonic() < deadline
    running.stop()
    assert not ffmpegs(workshop)
    assert running.lines[-1] == "The preview has ended.\n"


def ffmpegs(workshop: Workshop) -> list[str]:
    """The processes that read a file of the workshop."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = process.read_text(errors="replace")
        except OSError:
            continue
        if str(workshop.folder) in command and "ffmpeg" in command:
            found.append(command)
    return found


def test_only_this_machine_is_answered_under_its_own_name(preview: Start) -> None:
    running = preview("--offline")
    running.until("feed.xml")
    port = int(running.address.split(":")[-1].strip("/"))
    sockets = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    listening = re.findall(rf"(\w+):{port:04X} \w+:0000 0A", sockets)
    assert listening == ["0100007F"], "127.0.0.1 and nothing else"
    assert fetch(f"{running.address}feed.xml")[0] == 200
    assert fetch(f"{running.address}feed.xml", Host="evil.example")[0] == 400
    for key in ("show.yaml", "records/show/000001.json", "%2e%2e/show.yaml", "assets/../../show.yaml"):
        assert fetch(running.address + key)[0] == 404, key


def test_without_the_store_drafts_are_shown_alone_and_it_is_said(preview: Start, workshop: Workshop) -> None:
    running = preview("--store", str(workshop.folder / "gone" / "store"))
    running.until("feed.xml")
    running.until("warning: What is published cannot be read, so the drafts are shown without it.")
    assert fetch(running.address + PAGE)[0] == 200
    assert not workshop.path("gone").exists()


def test_a_draft_that_is_begun_meanwhile_is_shown_beside_one_that_has_mistakes(
    preview: Start, workshop: Workshop
) -> None:
    running = preview("--offline")
    running.until("feed.xml")
    workshop.edit(DRAFT, "audio: audio.flac", "audio: ton.flac")
    running.until("ton.flac is not there.")
    shutil.copytree(workshop.path(FIRST), workshop.path("episodes/neuer-ton"))
    workshop.edit("episodes/neuer-ton/episode.yaml", "ton.flac", "audio.flac")
    running.until("e/neuer-ton/index.html")
    assert fetch(f"{running.address}e/neuer-ton/index.html")[0] == 200
    assert fetch(running.address + PAGE)[0] == 503
    assert b"ton.flac is not there." in fetch(running.address)[2]


def test_the_board_is_in_the_hosts_language(preview: Start, workshop: Workshop) -> None:
    workshop.edit(f"{FIRST}/episode.yaml", "transcript: transcript.vtt\n", "")
    running = preview("--offline", SENDUNG_LANG="de")
    running.until("feed.xml")
    page = fetch(running.address)[2].decode()
    text = re.sub(r"<style.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert '<html lang="de">' in page
    for words in ("Vorschau", "neuer Entwurf", "Lautheit", "öffentlich ab 01.11.2026 06:00"):
        assert words in text
    assert not leftovers(text), leftovers(text)
