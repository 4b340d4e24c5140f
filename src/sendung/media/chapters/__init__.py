"""Chapters: one source, every format.

`times` reads and writes points in time, `editing` checks, moves and writes chapters, `reading` reads what hosts and
their tools write: `listed` lines of text, `exports` the rest. Chapters inside a recording are read by
`sendung.media.tags`.
"""

from sendung.media.chapters.editing import Flaw, ends, flaws, shift, timestamps, to_json
from sendung.media.chapters.listed import LocatedChapter, from_notes, without_chapters
from sendung.media.chapters.reading import ChapterFile, read_file
from sendung.media.chapters.times import format_time, parse_time

__all__ = [
    "ChapterFile",
    "Flaw",
    "LocatedChapter",
    "ends",
    "flaws",
    "format_time",
    "from_notes",
    "parse_time",
    "read_file",
    "shift",
    "timestamps",
    "to_json",
    "without_chapters",
]
