"""Files of chapters as old hosts have them: what is good in them is kept, what is not is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sendung.core.errors import ConfigError
from sendung.core.words import clause, say
from sendung.media import chapters
from sendung.media.chapters.editing import MAX_CHAPTERS
from sendung.workflows.importer.losses import Ledger
from sendung.workflows.importer.old_show import OldChapter
from sendung.workflows.importer.urls import absolute

_TAG = "podcast:chapters"


def read_chapters(path: Path, url: str, ledger: Ledger) -> tuple[OldChapter, ...]:
    """The chapters of a file that came from `url`. Raises ConfigError if none of it can be read."""
    try:
        listed = _file(path, ledger)
    except ConfigError as error:
        listed = tuple(_readable(path, error, ledger))
        if not listed:
            raise
    return tuple(_chapter(mark, url) for mark in listed)


def _file(path: Path, ledger: Ledger) -> tuple[chapters.LocatedChapter, ...]:
    """The chapters of a file; what is none is lost, and why. Raises ConfigError for what cannot be read."""
    read = chapters.read_file(path)
    for remark in read.remarks:
        ledger.lose(_TAG, path.name, clause(remark.message))
    return read.chapters


def fitting_chapters(listed: tuple[OldChapter, ...], duration_ms: int | None, ledger: Ledger) -> tuple[OldChapter, ...]:
    """The chapters that a draft may have: in order, none twice, none without a title, none after the end."""
    by_start: dict[int, OldChapter] = {}
    for chapter in listed:
        why = ""
        if not chapter.title:
            why = "it has no title"
        elif duration_ms is not None and chapter.start_ms >= duration_ms:
            why = say("the audio ends at {format_time}", format_time=chapters.format_time(duration_ms))
        elif chapter.start_ms in by_start:
            why = "another chapter begins there"
        if why:
            ledger.lose("chapter", f"{chapters.format_time(chapter.start_ms)} {chapter.title}", why)
        else:
            by_start[chapter.start_ms] = chapter
    ordered = [by_start[start] for start in sorted(by_start)]
    for chapter in ordered[MAX_CHAPTERS:]:
        ledger.lose(
            "chapter", chapter.title, say("an episode has {max_chapters} chapters at most", max_chapters=MAX_CHAPTERS)
        )
    return tuple(ordered[:MAX_CHAPTERS])


def _readable(path: Path, error: ConfigError, ledger: Ledger) -> Iterator[chapters.LocatedChapter]:
    """What can be read of a file of which not everything can: entry by entry of JSON, else line by line."""
    entries = _entries(path)
    if entries is not None:
        for entry in entries:
            yield from _one_entry(path, entry, ledger)
        return
    wrong = {problem.place.line for problem in error.problems if problem.place and problem.place.line}
    lines = path.read_text("utf-8", "replace").split("\n")
    if wrong:
        for number in sorted(wrong):
            ledger.lose(_TAG, lines[number - 1], "it cannot be read as a chapter")
        kept = ["" if number in wrong else line for number, line in enumerate(lines, 1)]
        path.write_text("\n".join(kept), "utf-8")
        yield from _file(path, ledger)


def _one_entry(path: Path, entry: Any, ledger: Ledger) -> tuple[chapters.LocatedChapter, ...]:
    path.write_text(json.dumps({"version": "1.2.0", "chapters": [entry]}), "utf-8")
    try:
        return _file(path, ledger)
    except ConfigError as error:
        ledger.lose(_TAG, json.dumps(entry, ensure_ascii=False)[:200], clause(error.problems[0].message))
        return ()


def _entries(path: Path) -> list[Any] | None:
    """The entries of JSON chapters; None if the file is something else."""
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except ValueError:
        return None
    entries = document.get("chapters") if isinstance(document, dict) else document
    return entries if isinstance(entries, list) else None


def _chapter(mark: chapters.LocatedChapter, base: str) -> OldChapter:
    picture = absolute(base, mark.image) if mark.image else None
    return OldChapter(mark.chapter.start_ms, mark.chapter.title, mark.chapter.url, picture)
