"""Read chapters that hosts and their tools have written: labels, lists, exports. What a file is shows its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sendung.core.errors import ConfigError, Place, Problem, Severity
from sendung.core.model import Chapter
from sendung.core.text import clean, read_text
from sendung.media.chapters import exports
from sendung.media.chapters.listed import LocatedChapter, WrittenChapter, read_list, web_address
from sendung.media.chapters.times import format_time, parse_time


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
    text = read_text(path, data)
    chapters: list[LocatedChapter] = []
    wrong: list[Problem] = []
    silent: list[tuple[WrittenChapter, int]] = []
    early: list[WrittenChapter] = []
    unlinked: list[WrittenChapter] = []
    for written in _written(text, path):
        try:
            start = parse_time(_after_start(written.start))
        except ValueError as error:
            wrong.append(Problem(str(error), "Correct it, or export the file again.", Place(path, written.line)))
            continue
        title = clean(written.title)
        if _is_early(written.start):
            early.append(written)
        elif written.silent or not title:
            silent.append((written, start))
        elif not title.startswith("_"):
            chapter = Chapter(start_ms=start, title=title, url=web_address(written.url))
            chapters.append(LocatedChapter(chapter, written.line, written.image))
            unlinked += [written] if written.url and not chapter.url else []
    if wrong:
        raise ConfigError.of(wrong)
    remarks = [*_early_remarks(early, path), *_silent_remarks(silent, path), *_link_remarks(unlinked, path)]
    if not chapters:
        why = f" {remarks[0].message}" if remarks else ""
        message = f"{path.name} has no chapters.{why}"
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


def _early_remarks(early: Sequence[WrittenChapter], path: Path) -> Iterator[Problem]:
    for written in early:
        name = clean(written.title) or "A mark without a name"
        message = f'"{name}" is at {written.start}, before the start of the recording, and was left out.'
        hint = "Move it to the start, and export the file again."
        yield Problem(message, hint, Place(path, written.line), Severity.WARNING)


def _link_remarks(unlinked: Sequence[WrittenChapter], path: Path) -> Iterator[Problem]:
    for written in unlinked:
        message = f'The link of "{clean(written.title)}" is no web address, and was left out: {written.url}'
        yield Problem(message, "Write it as https://...", Place(path, written.line), Severity.WARNING)


def _silent_remarks(silent: Sequence[tuple[WrittenChapter, int]], path: Path) -> Iterator[Problem]:
    """What is said of marks that no list of chapters has: without a name, or meant for their picture only."""
    for hidden, words in ((False, "no name"), (True, "toc: false")):
        marks = [(written, start) for written, start in silent if written.silent is hidden]
        if not marks:
            continue
        first, start = marks[0]
        others = f" ({len(marks) - 1} more, too)" if len(marks) > 1 else ""
        pictures = ", nor is its picture shown" if any(written.image for written, _ in marks) else ""
        message = f"The mark at {format_time(start)} has {words}, and is no chapter{others}{pictures}."
        severity = Severity.NOTE if hidden and not pictures else Severity.WARNING
        yield Problem(message, "" if hidden else "Give it a name if it is one.", Place(path, first.line), severity)
