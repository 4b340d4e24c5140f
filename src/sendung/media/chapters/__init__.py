"""Chapters: one source, every format.

`times` reads and writes points in time, `outlines` checks, moves and writes chapters, `files` reads what hosts and
their tools write. Chapters inside a recording are read by `sendung.media.tags`.
"""

from sendung.media.chapters.editing import Flaw, check, ends, shift, timestamps, to_json
from sendung.media.chapters.reading import LocatedChapter, from_notes, read_file, without_chapters
from sendung.media.chapters.times import format_time, parse_time

__all__ = [
    "Flaw",
    "LocatedChapter",
    "check",
    "ends",
    "format_time",
    "from_notes",
    "parse_time",
    "read_file",
    "shift",
    "timestamps",
    "to_json",
    "without_chapters",
]
