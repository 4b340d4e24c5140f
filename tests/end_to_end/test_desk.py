"""Bare `sendung`: how the show stands, and the next command."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from tests.end_to_end.conftest import FIRST, Workshop


def test_without_a_show_it_says_how_to_begin(workshop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = replace(workshop, folder=tmp_path / "empty").run()
    assert done.code == 0
    assert all(command in done.out for command in ("sendung init", "sendung import", "sendung --help"))


def test_it_says_what_is_new_and_then_what_comes_next(workshop: Workshop) -> None:
    before = workshop.run()
    assert (before.code, "new         erster-ton" in before.out) == (0, True)
    assert before.out.endswith("Next: sendung publish erster-ton\n")
    assert workshop.run("publish", "erster-ton").code == 0
    after = workshop.run().out
    assert "published 1 minute ago by sven@studio" in after
    assert after.endswith("Next: sendung new\n")
    workshop.edit(f"{FIRST}/episode.yaml", "Worum es geht.", "Etwas anderes.")
    workshop.add_episode("zweiter-ton", "Der zweite Ton", 200)
    both = workshop.run().out
    assert "edited      erster-ton" in both
    assert both.endswith("Next: sendung publish\n")


def test_what_waits_for_a_word_is_said(published: Workshop) -> None:
    old = published.path(f"{FIRST}/episode.yaml").read_text("utf-8")
    published.edit(f"{FIRST}/episode.yaml", "Worum es geht.", "Etwas anderes.")
    assert published.run("publish", "erster-ton").code == 0
    published.write(f"{FIRST}/episode.yaml", old)
    stale = published.run().out
    assert "is older than what is published" in stale
    assert stale.endswith("Next: sendung diff erster-ton\n")
    published.write(f"{FIRST}/episode.yaml", "title: [")
    assert published.run().out.endswith("Next: sendung check erster-ton\n")


def test_what_comes_is_said_with_its_day(workshop: Workshop) -> None:
    workshop.edit(f"{FIRST}/episode.yaml", "2026-11-01 06:00", "2035-12-24 18:00")
    assert workshop.run("publish", "erster-ton", "--yes").code == 0
    shutil.rmtree(workshop.path(FIRST))
    desk = workshop.run().out
    assert "comes       erster-ton" in desk
    assert "Monday, 24 December 2035, 18:00" in desk
