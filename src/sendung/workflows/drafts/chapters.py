"""An episode's chapters, wherever they come from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sendung.config.episode import Draft
from sendung.config.episode_files import DraftChapter
from sendung.config.translations import DraftTranslation
from sendung.core.errors import ConfigError, Place, Problem, Severity
from sendung.core.model import Chapter
from sendung.core.words import say, then
from sendung.media import artwork, chapters, tags
from sendung.media.chapters import Flaw
from sendung.media.picture_files import EmbeddedPicture, PictureSource


@dataclass(frozen=True)
class ChapterSource:
    """The chapters of a draft, and what they leave of its notes."""

    chapters: tuple[DraftChapter, ...]
    name: str
    """Where they come from, in words; empty if episode.yaml lists them, or if there are none."""
    notes: str
    """The show notes, without the lines that became chapters."""
    remarks: tuple[Problem, ...] = ()
    """What was left out of the recording's marks."""

    @property
    def pictures(self) -> tuple[PictureSource, ...]:
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
    marks = tags.read_marks(draft.audio)
    unnamed = _unnamed(marks.unnamed, draft.audio)
    if marks.chapters:
        pictured = [_marked(mark, draft.audio) for mark in marks.chapters]
        remarks = (*unnamed, *(problem for _, problem in pictured if problem))
        name = say("the marks in {name}", name=draft.audio.name)
        return ChapterSource(tuple(chapter for chapter, _ in pictured), name, draft.notes, remarks)
    if listed := chapters.from_notes(draft.notes):
        timed = tuple(_chapter(line.chapter, _place_in_notes(draft, line.line)) for line in listed)
        name = draft.notes_file.name if draft.notes_file else "the notes"
        return ChapterSource(
            timed, say("the times in {name}", name=name), chapters.without_chapters(draft.notes).strip(), unnamed
        )
    return ChapterSource((), "", draft.notes, unnamed)


def translated_chapters(words: DraftTranslation) -> ChapterSource:
    """The chapters of a translation: those of its file, for its notes and its recording's marks are not asked."""
    return ChapterSource(words.chapters, "", words.notes)


def _marked(mark: tags.ChapterTag, recording: Path) -> tuple[DraftChapter, Problem | None]:
    """A chapter of a recording with its picture, or what is wrong with that."""
    chapter, location = mark.chapter, Place(recording)
    bare = _chapter(chapter, location)
    if mark.picture is None:
        return bare, None
    name = say('the picture of "{title}" in {name}', title=chapter.title, name=recording.name)
    picture = EmbeddedPicture(mark.picture.data, recording, name)
    try:
        artwork.inspect(picture)
    except ConfigError as error:
        problem = error.problems[0]
        sentence = then(problem.message, _capitalized)
        return bare, Problem(
            say("{sentence} It was left out.", sentence=sentence), problem.hint, location, Severity.WARNING
        )
    return replace(bare, image=picture), None


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def _unnamed(count: int, recording: Path) -> tuple[Problem, ...]:
    if not count:
        return ()
    what = (
        "1 mark has no name, and is no chapter."
        if count == 1
        else say("{count} marks have no name, and are no chapters.", count=count)
    )
    return (Problem(say("{name}: {what}", name=recording.name, what=what), "", Place(recording), Severity.NOTE),)


def _named_file(draft: Draft) -> str:
    return draft.file.chapters if isinstance(draft.file.chapters, str) else ""


def _chapter(chapter: Chapter, location: Place) -> DraftChapter:
    return DraftChapter(chapter.start_ms, chapter.title, chapter.url, None, location)


def _place_in_notes(draft: Draft, line: int) -> Place:
    return Place(draft.notes_file, line) if draft.notes_file else draft.place("notes")
