"""Episodes that are scheduled: what is said of them, and whether anything makes them visible."""

from __future__ import annotations

import json
import os
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sendung import Desk, publish
from sendung.config.package_source import parse_source
from sendung.config.show import load_show
from sendung.core.errors import UsageError
from sendung.core.progress import Silent
from sendung.store.directory import DirectoryStore
from sendung.workflows.publish.due import DUE_KEY
from sendung.workflows.publish.timer import Timer, available, set_timer
from tests.end_to_end.conftest import FIRST, Workshop
from tests.end_to_end.reading import titles


@pytest.fixture
def scheduled(workshop: Workshop) -> Workshop:
    """A show whose episode comes at Christmas 2035."""
    workshop.edit(f"{FIRST}/episode.yaml", "2026-11-01 06:00", "2035-12-24 18:00")
    return workshop


def test_a_schedule_that_nothing_runs_is_said_at_once_and_by_status(scheduled: Workshop) -> None:
    done = scheduled.run("publish", "erster-ton", "--yes")
    assert done.code == 0
    assert "Nothing is known to run sendung publish --due for this show" in done.err
    text = scheduled.run("status").out
    assert "becomes visible on Monday, 24 December 2035, 18:00 (Europe/Berlin)" in text
    assert "Nothing is known to run sendung publish --due" in text
    assert scheduled.run("status", "--json").json[0]["comes"] == "2035-12-24T17:00:00+00:00"


def test_a_run_is_remembered_in_the_store_once_an_hour(scheduled: Workshop) -> None:
    assert scheduled.run("publish", "erster-ton", "--yes").code == 0
    assert scheduled.run("publish", "--due", SENDUNG_BY="cron@server").out.endswith("all is as published.\n")
    first = scheduled.store_files()[DUE_KEY]
    assert json.loads(first)["by"] == "cron@server"
    assert scheduled.run("publish", "--due", SENDUNG_BY="sven").code == 0
    assert scheduled.store_files()[DUE_KEY] == first
    assert "by cron@server." in scheduled.run("status").out
    scheduled.edit(f"{FIRST}/episode.yaml", "18:00", "19:00")
    assert "Nothing is known" not in scheduled.run("publish", "erster-ton", "--yes").err


def test_a_date_that_passed_without_a_run_is_said_and_the_next_run_says_what_became_visible(workshop: Workshop) -> None:
    now = datetime.now(UTC)
    workshop.edit(f"{FIRST}/episode.yaml", "2026-11-01 06:00", f"{now - timedelta(hours=2):%Y-%m-%d %H:%M}+00:00")
    show, store = load_show(workshop.folder), DirectoryStore(workshop.path("public"))
    publish(
        [workshop.path(FIRST)], show, store, Desk("sven", lambda: now - timedelta(hours=3), workshop.cache), Silent()
    )
    assert titles(workshop.store_files()["feed.xml"]) == []
    [line] = workshop.run("status", "--json").json
    assert line["state"] == "due"
    assert "its date passed 2 hours ago: sendung publish --due makes it visible" in workshop.run("status").out
    assert workshop.run().out.endswith("Next: sendung publish --due\n")
    made = workshop.run("publish", "--due", "--json").json
    [episode] = made["episodes"]
    assert (episode["slug"], episode["status"], made["sent"]["objects"] > 0) == ("erster-ton", "published", True)
    assert titles(workshop.store_files()["feed.xml"]) == ["Der erste Ton"]
    again = workshop.run("publish", "--due", "--json").json
    assert (again["episodes"], again["sent"]["objects"]) == ([], 0)
    [line] = workshop.run("status", "--json").json
    assert (line["state"], line["comes"]) == ("published", None)


def test_on_a_terminal_cron_is_offered_and_set(scheduled: Workshop, tmp_path: Path) -> None:
    """The lines that were there stay; a second publish has nothing to ask."""
    table = tmp_path / "table"
    table.write_text("0 4 * * * backup\n")
    program = tmp_path / "bin" / "crontab"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = -l ]; then cat {table}; else cat > {table}.new; mv {table}.new {table}; fi\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    search = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    with scheduled.screen("publish", "erster-ton", PATH=search) as screen:
        screen.expect("Publish?")
        screen.type("\n")
        screen.expect("Have it run by cron")
        screen.type("gestern\n")
        screen.expect("Say cron")
        screen.type("cron\n")
        assert screen.end() == 0
    assert "cron runs it every five minutes" in screen.text
    lines = table.read_text().splitlines()
    assert lines[0] == "0 4 * * * backup"
    assert lines[-1].startswith("*/5 * * * * cd ")
    assert lines[-1].endswith("publish --due >/dev/null")


def test_the_workflow_is_written_once_and_for_a_store_in_a_bucket_only(scheduled: Workshop) -> None:
    source = parse_source(f"git+https://git.example.org/sendung@{'0' * 40}")
    for words in ("is written", "is there already"):
        assert words in set_timer(Timer.GITHUB, scheduled.folder, Path("sendung"), Path(), source)
    scheduled.edit(".github/workflows/publish-due.yml", "publish --due", "publish --all")
    with pytest.raises(UsageError, match="is there already"):
        set_timer(Timer.GITHUB, scheduled.folder, Path("sendung"), Path(), source)
    assert Timer.GITHUB in set(available(in_bucket=True)) - set(available(in_bucket=False))


def test_episodes_on_further_pages_of_the_feed_do_not_become_visible_again(workshop: Workshop) -> None:
    """With feed.items, feed.xml lists the newest alone: what is on the pages behind it is public, too."""
    now = datetime.now(UTC)
    for number, slug in enumerate(("zweiter-ton", "dritter-ton"), 1):
        workshop.add_episode(slug, f"Ton {number}", 300 + number)
    with workshop.path("show.yaml").open("a", encoding="utf-8") as file:
        file.write("feed:\n  items: 1\n")
    for slug in ("erster-ton", "zweiter-ton", "dritter-ton"):
        path, date = workshop.path(f"episodes/{slug}/episode.yaml"), now - timedelta(days=len(slug))
        text = re.sub(r"(?m)^date: .*$", f"date: {date:%Y-%m-%d %H:%M}+00:00", path.read_text("utf-8"))
        path.write_text(text, "utf-8")
    show, store = load_show(workshop.folder), DirectoryStore(workshop.path("public"))
    folders = [workshop.path(f"episodes/{slug}") for slug in ("erster-ton", "zweiter-ton", "dritter-ton")]
    publish(folders, show, store, Desk("sven", lambda: now - timedelta(days=20), workshop.cache), Silent())
    first = workshop.run("publish", "--due", "--json").json
    assert sorted(episode["slug"] for episode in first["episodes"]) == ["dritter-ton", "erster-ton", "zweiter-ton"]
    assert "feed/1.xml" in workshop.store_files()
    assert workshop.run("publish", "--due", "--json").json["episodes"] == []
    assert {line["state"] for line in workshop.run("status", "--json").json} == {"published"}
