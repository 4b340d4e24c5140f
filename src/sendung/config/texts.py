"""The text files of a draft: each is read once, and its digest is that of the very bytes that were read."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sendung.config.document import Files
from sendung.core.errors import ConfigError, Place
from sendung.core.text import read_small
from sendung.media.chapters import LocatedChapter
from sendung.media.chapters import read_file as read_chapters
from sendung.media.transcripts import LocatedCue, read_transcript


class Texts:
    """Reads text files of one folder; what is wrong with them is noted in its `Files`."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.digests: dict[Path, str] = {}
        """SHA-256 (hexadecimal) of what was read, for a file may be saved again before anybody asks for its digest."""

    def notes(self, path: Path) -> str:
        """The show notes in a file; empty if they are no UTF-8 text."""
        try:
            return self._read(path).decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            self._files.take(ConfigError("This is not UTF-8 text.", "Save the file as UTF-8.", Place(path, line)))
        except ConfigError as error:
            self._files.take(error)
        return ""

    def chapters(self, path: Path) -> tuple[LocatedChapter, ...]:
        """The chapters in a file; none if they cannot be read."""
        try:
            return read_chapters(path, self._read(path))
        except ConfigError as error:
            self._files.take(error)
            return ()

    def cues(self, path: Path | None) -> tuple[LocatedCue, ...]:
        """The cues of a transcript; none if there is none, or if it cannot be read."""
        try:
            return read_transcript(path, self._read(path)) if path else ()
        except ConfigError as error:
            self._files.take(error)
            return ()

    def _read(self, path: Path) -> bytes:
        data = read_small(path)
        self.digests[path] = hashlib.sha256(data).hexdigest()
        return data
