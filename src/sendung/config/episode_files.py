"""What stands in the files that episode.yaml names: notes, chapters, the transcript."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sendung.config.document import Files
from sendung.core.errors import ConfigError, Place, Problem, Severity
from sendung.core.field_types import Url, valid
from sendung.core.words import say
from sendung.media.chapters import LocatedChapter
from sendung.media.chapters import read_file as read_chapters
from sendung.media.picture_files import PictureSource
from sendung.media.transcripts import Names, TranscriptFile
from sendung.media.transcripts import read_file as read_transcript


@dataclass(frozen=True)
class DraftChapter:
    """A chapter of a draft; the picture is still a file, or within the recording."""

    start_ms: int
    title: str
    url: str | None
    image: PictureSource | None
    place: Place
    """Where it is written."""
    image_url: str | None = None
    """The address of a picture elsewhere, which only apps show."""


def notes_of(notes: str | None, files: Files, key: str = "notes") -> tuple[str, Path | None]:
    """The show notes that the value of `key` holds or names a file of, and that file."""
    if notes is None or not re.fullmatch(r"[^\n]+\.(md|markdown|txt)", notes):
        return notes or "", None
    path = files.find(notes, key)
    if path is None:
        return "", None
    try:
        text = files.read(path).decode("utf-8-sig")
    except ConfigError as error:
        files.take(error)
        return "", path
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        files.take(ConfigError("This is not UTF-8 text.", "Save the file as UTF-8.", Place(path, line)))
        return "", path
    return text.replace("\r\n", "\n"), path


def chapters_in(path: Path, files: Files) -> tuple[DraftChapter, ...]:
    """The chapters in a file."""
    try:
        read = read_chapters(path, files.read(path))
    except ConfigError as error:
        files.take(error)
        return ()
    files.remarks += read.remarks
    return tuple(_chapter(mark, path, files) for mark in read.chapters)


def _chapter(mark: LocatedChapter, path: Path, files: Files) -> DraftChapter:
    chapter, location = mark.chapter, Place(path, mark.line)
    url = valid(Url, mark.image)
    if url:
        message = say(
            'The picture of "{title}" is on the web: apps show it, but the audio file does not hold it.',
            title=chapter.title,
        )
        hint = "Save it beside episode.yaml, and write the name of that file."
        files.remarks.append(Problem(message, hint, location, Severity.NOTE))
    image = _picture(mark.image, chapter.title, location, files) if mark.image and not url else None
    return DraftChapter(chapter.start_ms, chapter.title, chapter.url, image, location, url)


def _picture(name: str, title: str, location: Place, files: Files) -> Path | None:
    """The picture that a file of chapters names, as one beside that file; or None and a remark."""
    if re.match(r"[a-z][a-z0-9+.-]+:", name, re.IGNORECASE):
        fault = say(
            "{more} is no file of this folder.", more=name if len(name) < _LONGEST_NAME else name[:_LONGEST_NAME] + "…"
        )
        hint = "Save it beside episode.yaml, and write the name of that file."
    else:
        path, fault, hint = files.look(location.file.parent / name, name)
        if not fault:
            return path
    message = say('The picture of "{title}" was left out: {fault}', title=title, fault=fault)
    files.remarks.append(Problem(message, hint, location, Severity.WARNING))
    return None


_LONGEST_NAME = 80
"""Characters of a name that are told: pictures may be written into an address."""


def transcript_in(path: Path | None, names: Names, files: Files) -> TranscriptFile | None:
    """The transcript in a file; `names` are those who are heard."""
    if path is None:
        return None
    try:
        transcript = read_transcript(path, names, files.read(path))
    except ConfigError as error:
        files.take(error)
        return None
    files.remarks += transcript.remarks
    return transcript
