"""MP4 files in the form that Sendung publishes, and chapters in them: ffmpeg's muxer writes both."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from sendung.audio.source.ffmpeg import Ffmpeg, FfmpegFailed, local
from sendung.audio.source.probe import refusal

M4A_FILE = ("-movflags", "+faststart", "-brand", "M4A ", "-f", "ipod")
"""An MP4 file whose index comes first, so that players start at once."""

TimedTitle = tuple[int, int, str]
"""Start and end of a chapter (ms), and its title."""


def with_chapters(source: Path, chapters: Iterable[TimedTitle], into: Path) -> None:
    """Copy the audio of an MP4 file and give it these chapters, in place of all metadata that it has.

    Packets and their times stay as they are; the same audio and chapters give the same bytes. Nero's list gets the
    first 255 chapters, and of titles 255 bytes, wherever that cuts a character. Raises AudioError, OSError.
    """
    with tempfile.TemporaryDirectory(prefix="sendung-") as folder, Ffmpeg() as ffmpeg:
        listed = Path(folder) / "chapters.txt"
        listed.write_text(_metadata(chapters), encoding="utf-8")
        arguments = ["-f", "mov", *local(source), "-f", "ffmetadata", *local(listed)]
        arguments += ["-map", "0:a", "-map_metadata", "1", "-map_chapters", "1", "-c", "copy", "-fflags", "+bitexact"]
        try:
            ffmpeg.read([*arguments, *M4A_FILE, "-y", f"file:{into.absolute()}"], lambda _block: None)
        except FfmpegFailed as error:
            if "No space left" in error.log:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(into)) from None
            raise refusal(source, error.log) from None


def _metadata(chapters: Iterable[TimedTitle]) -> str:
    """In the format that ffmpeg reads (FFmpeg Formats Documentation, "Metadata")."""
    timed = (f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={end}\n{_title(text)}\n" for start, end, text in chapters)
    return "".join((";FFMETADATA1\n", *timed))


def _title(text: str) -> str:
    # A backslash before the line's end joins the next line to it, even one that is escaped itself.
    return "title=" + re.sub(r"([=;#\\\n])", r"\\\1", text) + (" " if text.endswith("\\") else "")
