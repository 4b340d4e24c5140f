"""What stands in the files that episode.yaml names: notes, chapters, the transcript."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sendung.config.document import Files
from sendung.core.errors import ConfigError, Place
from sendung.media.chapters import read_file as read_chapters
from sendung.media.transcripts import Names, TranscriptFile
from sendung.media.transcripts import read_file as read_transcript


@dataclass(frozen=True)
class DraftChapter:
    """A chapter of a draft; the picture is still a file."""

    start_ms: int
    title: str
    url: str | None
    image: Path | None
    place: Place
    """Where it is written."""


def notes_of(notes: str | None, files: Files) -> tuple[str, Path | None]:
    """The show notes that `notes` holds or names a file of, and that file."""
    if notes is None or not re.fullmatch(r"[^\n]+\.(md|markdown|txt)", notes):
        return notes or "", None
    path = files.find(notes, "notes")
    if path is None:
        return "", None
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        files.take(ConfigError("This is not UTF-8 text.", "Save the file as UTF-8.", Place(path, line)))
        return "", path
    return text.replace("\r\n", "\n"), path


def chapters_in(path: Path, files: Files) -> tuple[DraftChapter, ...]:
    """The chapters in a file."""
    try:
        read = read_chapters(path)
    except ConfigError as error:
        files.take(error)
        return ()
    files.remarks += read.remarks
    return tuple(
        DraftChapter(mark.chapter.start_ms, mark.chapter.title, mark.chapter.url, None, Place(path, mark.line))
        for mark in read.chapters
    )


def transcript_in(path: Path | None, names: Names, files: Files) -> TranscriptFile | None:
    """The transcript in a file; `names` are those who are heard."""
    if path is None:
        return None
    try:
        transcript = read_transcript(path, names)
    except ConfigError as error:
        files.take(error)
        return None
    files.remarks += transcript.remarks
    return transcript
