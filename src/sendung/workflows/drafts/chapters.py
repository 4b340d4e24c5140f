"""An episode's chapters, wherever they come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sendung.config.episode import Draft
from sendung.config.episode_files import DraftChapter
from sendung.core.errors import Place, Problem
from sendung.core.model import Chapter
from sendung.media import chapters, tags
from sendung.media.chapters import Flaw


@dataclass(frozen=True)
class ChapterSource:
    """The chapters of a draft, and what they leave of its notes."""

    chapters: tuple[DraftChapter, ...]
    name: str
    """Where they come from, in words; empty if episode.yaml lists them, or if there are none."""
    notes: str
    """The show notes, without the lines that became chapters."""

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The chapters' pictures, each once."""
        return tuple(dict.fromkeys(chapter.image for chapter in self.chapters if chapter.image))

    def problems(self, duration_ms: int) -> list[Problem]:
        """What is wrong with the chapters of a recording of `duration_ms`, where they are written."""
        marks = [Chapter(start_ms=chapter.start_ms, title=chapter.title) for chapter in self.chapters]
        return [self._problem(flaw) for flaw in chapters.flaws(marks, duration_ms)]

    def _problem(self, flaw: Flaw) -> Problem:
        return Problem(flaw.message, flaw.hint, self.chapters[flaw.position].place)


def find_chapters(draft: Draft) -> ChapterSource:
    """The chapters that episode.yaml lists or names a file of; else the recording's own marks; else the times in notes.

    The recording is opened, but only its marks are read.
    """
    if draft.chapters is not None:
        return ChapterSource(draft.chapters, _named_file(draft), draft.notes)
    if marks := tags.read_chapters(draft.audio):
        marked = tuple(_chapter(mark, Place(draft.audio)) for mark in marks)
        return ChapterSource(marked, f"the marks in {draft.audio.name}", draft.notes)
    if listed := chapters.from_notes(draft.notes):
        timed = tuple(_chapter(line.chapter, _place_in_notes(draft, line.line)) for line in listed)
        name = draft.notes_file.name if draft.notes_file else "the notes"
        return ChapterSource(timed, f"the times in {name}", chapters.without_chapters(draft.notes).strip())
    return ChapterSource((), "", draft.notes)


def _named_file(draft: Draft) -> str:
    return draft.file.chapters if isinstance(draft.file.chapters, str) else ""


def _chapter(chapter: Chapter, location: Place) -> DraftChapter:
    return DraftChapter(chapter.start_ms, chapter.title, chapter.url, None, location)


def _place_in_notes(draft: Draft, line: int) -> Place:
    return Place(draft.notes_file, line) if draft.notes_file else draft.place("notes")
