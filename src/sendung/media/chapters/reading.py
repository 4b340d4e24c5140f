"""Read chapters that hosts and their tools have written: labels, lists, exports. What a file is shows its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sendung.core.errors import ConfigError, Place, Problem, Severity
from sendung.core.model import Chapter
from sendung.core.text import clean, read_text
from sendung.core.words import say
from sendung.media.chapters import exports
from sendung.media.chapters.listed import LocatedChapter, WrittenChapter, read_list, web_address
from sendung.media.chapters.times import format_time, parse_time
from sendung.media.documents import PAGE, refuse_documents, refused

_SAVE_AS = "Export them as text, a line each: 00:01:30 Title."


@dataclass(frozen=True)
class ChapterFile:
    """A file of chapters as it was read."""

    chapters: tuple[LocatedChapter, ...]
    """In the order of their times."""
    remarks: tuple[Problem, ...] = ()
    """What was left out; warnings and notes."""


def read_file(path: Path, data: bytes | None = None) -> ChapterFile:
    """The chapters in a file; `data` are its bytes, where they were read already.

    Reads Audacity label tracks, lists of "00:00:00.000 Title <url>" (Auphonic, mp4chaps, YouTube, Ultraschall), OGM
    chapters (CHAPTER01=…), tables of markers (Reaper, Audition), JSON (Podcasting 2.0, Podlove, Auphonic's API), XML
    (Podlove, Matroska), WebVTT chapters, ffmpeg's metadata and cue sheets. Marks whose name starts with "_" are
    Ultraschall's own and no chapters; nor are marks without a name, those before the start and JSON's with `toc` false:
    remarks say so. Raises ConfigError with the place of every line that cannot be read.
    """
    refuse_documents(path, _SAVE_AS)
    text = read_text(path, data)
    if PAGE.match(text):
        raise refused(path, "a web page", _SAVE_AS)
    chapters: list[LocatedChapter] = []
    wrong: list[Problem] = []
    left = _LeftOut([], [], [], [], [])
    for written in _written(text, path):
        title = clean(written.title)
        try:
            start = 0 if written.heading else parse_time(_after_start(written.start))
        except ValueError as error:
            wrong.append(Problem(str(error), "Correct it, or export the file again.", Place(path, written.line)))
            continue
        kind = left.kind_of(written, title)
        if kind is not None:
            kind.append(written)
            continue
        chapter = Chapter(start_ms=start, title=title, url=web_address(written.url))
        chapters.append(LocatedChapter(chapter, written.line, written.image))
        left.links.extend([written] if written.url and not chapter.url else [])
    if wrong:
        raise ConfigError.of(wrong)
    remarks = list(left.remarks(path))
    if not chapters:
        why = say(" {message}", message=remarks[0].message) if remarks else ""
        message = say("{name} has no chapters.{why}", name=path.name, why=why)
        raise ConfigError(message, "Export them again, or do not name the file.", Place(path))
    return ChapterFile(tuple(sorted(chapters, key=lambda located: located.chapter.start_ms)), tuple(remarks))


def _written(text: str, path: Path) -> Iterable[WrittenChapter]:
    start = text.lstrip()
    first = start.split("\n", 1)[0]
    if start.startswith("<"):
        return exports.read_xml(text, path)
    if _JSON.match(start):
        return exports.read_json(text, path)
    readers: Sequence[tuple[bool, Callable[[str], Iterable[WrittenChapter]]]] = (
        (start.startswith("WEBVTT"), exports.read_vtt),
        (start.startswith(";FFMETADATA"), exports.read_ffmetadata),
        (exports.is_audacity(first), exports.read_audacity),
        (exports.is_ogm(first), exports.read_ogm),
        (exports.is_table(first), exports.read_table),
        (path.suffix.lower() == ".cue", exports.read_cue_sheet),
        (True, read_list),
    )
    return next(read for fits, read in readers if fits)(text)


_JSON = re.compile(r'[\[{]\s*(?:[\[{"\]}]|$)')


def _is_early(start: str | float) -> bool:
    return start.strip().startswith("-") if isinstance(start, str) else start < 0


def _after_start(start: str | float) -> str | float:
    """A time before the start as if it were behind it, to be read like any other."""
    return start.strip().removeprefix("-") if isinstance(start, str) else abs(start)


@dataclass(frozen=True)
class _LeftOut:
    """What a file has and its chapters have not, by the reason."""

    headings: list[WrittenChapter]
    early: list[WrittenChapter]
    unnamed: list[WrittenChapter]
    """Without a name, or meant for their picture only."""
    editors: list[WrittenChapter]
    """Marks of Ultraschall's own."""
    links: list[WrittenChapter]
    """Links that are left out of chapters that are kept."""

    def kind_of(self, written: WrittenChapter, title: str) -> list[WrittenChapter] | None:
        """Where a mark belongs that is no chapter; None for a chapter."""
        if written.heading:
            return self.headings
        if _is_early(written.start):
            return self.early
        if written.silent or not title:
            return self.unnamed
        return self.editors if title.startswith("_") else None

    def remarks(self, path: Path) -> Iterator[Problem]:
        """What is said of it."""
        for written in self.headings:
            message = say('"{start}" stands above the first chapter, and was left out.', start=str(written.start)[:60])
            yield _remark(path, written, message)
        for written in self.early:
            name = clean(written.title) or "A mark without a name"
            message = say(
                '"{name}" is at {start}, before the start of the recording, and was left out.',
                name=name,
                start=written.start,
            )
            yield _remark(path, written, message, "Move it to the start, and export the file again.")
        yield from self._nameless(path)
        if self.editors:
            message = say(
                '{count} marks whose names start with "_" are the editor\'s own, and no chapters.',
                count=len(self.editors),
            )
            yield _remark(path, self.editors[0], message, severity=Severity.NOTE)
        for written in self.links:
            message = say(
                'The link of "{title}" is no web address, and was left out: {url}',
                title=clean(written.title),
                url=written.url,
            )
            yield _remark(path, written, message, "Write it as https://...")

    def _nameless(self, path: Path) -> Iterator[Problem]:
        for silent, words in ((False, "no name"), (True, "toc: false")):
            marks = [written for written in self.unnamed if written.silent is silent]
            if not marks:
                continue
            start = format_time(parse_time(marks[0].start))
            others = say(" ({count} more, too)", count=len(marks) - 1) if len(marks) > 1 else ""
            pictures = ", nor is its picture shown" if any(written.image for written in marks) else ""
            message = say(
                "The mark at {start} has {words}, and is no chapter{others}{pictures}.",
                start=start,
                words=words,
                others=others,
                pictures=pictures,
            )
            severity = Severity.NOTE if silent and not pictures else Severity.WARNING
            yield _remark(path, marks[0], message, "" if silent else "Give it a name if it is one.", severity)


def _remark(
    path: Path, written: WrittenChapter, message: str, hint: str = "", severity: Severity = Severity.WARNING
) -> Problem:
    return Problem(message, hint, Place(path, written.line), severity)
