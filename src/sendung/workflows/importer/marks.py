"""Chapters and transcripts that an item has or names."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import urlsplit

from sendung.core import media_types
from sendung.feed.document import Element
from sendung.media.chapters import parse_time
from sendung.workflows.importer import html_text
from sendung.workflows.importer.losses import Ledger
from sendung.workflows.importer.old_show import OldChapter, OldFile, OldTranscript
from sendung.workflows.importer.urls import absolute

_READ = (".vtt", ".srt", ".json", ".txt")
"""Transcripts that can be read, the best first."""
_ODD_TYPES = {"plain/txt": ".txt", "text/srt": ".srt", "application/octet-stream": "", "text/html": ".html"}


def listed_chapters(item: Element, base: str, ledger: Ledger) -> tuple[OldChapter, ...]:
    """Podlove Simple Chapters, in order; what has no time or no title is no chapter."""
    chapters: dict[int, OldChapter] = {}
    for mark in (mark for outline in item.every("psc:chapters") for mark in outline.every("psc:chapter")):
        title = html_text.line(mark.attributes.get("title", ""))
        written = mark.attributes.get("start", "").strip()
        try:
            start = parse_time(written.removeprefix("npt:").removesuffix("s"))
        except ValueError:
            ledger.lose("psc:chapter", f"{written} {title}".strip(), "its time cannot be read")
            continue
        if not title or start in chapters:
            why = "another chapter begins there" if title else "it has no title"
            ledger.lose("psc:chapter", f"{written} {title}".strip(), why)
            continue
        addresses = (_address(mark, name, base, ledger) for name in ("href", "image"))
        chapters[start] = OldChapter(start, title, *addresses)
    return tuple(chapters[start] for start in sorted(chapters))


def chapter_file(item: Element, base: str, listed: bool, ledger: Ledger) -> str | None:
    """The address of the file of chapters; what is in it counts where the feed itself lists none."""
    for element in item.every("podcast:chapters"):
        written = element.attributes.get("url", "").strip()
        address = absolute(base, written)
        if address is None:
            ledger.lose("podcast:chapters@url", written, "it is no web address")
        elif listed:
            ledger.lose("podcast:chapters@url", written, "the chapters within the feed were taken")
        else:
            return address
    return None


def transcripts(item: Element, base: str, ledger: Ledger) -> tuple[OldTranscript, ...]:
    """Every transcript that may be read, the best first."""
    offers = []
    for element in item.every("podcast:transcript"):
        written = element.attributes.get("url", "").strip()
        url = absolute(base, written)
        kind = element.attributes.get("type", "").partition(";")[0].strip().lower()
        if url is None:
            ledger.lose("podcast:transcript@url", written, "it is no web address")
            continue
        ending = _transcript_ending(url, kind)
        if ending == ".html":
            ledger.lose("podcast:transcript@url", written, "HTML cannot be read as a transcript")
            continue
        language = element.attributes.get("language", "").strip().replace("_", "-")
        offers.append(OldTranscript(OldFile(url, ending), language))
    return tuple(sorted(offers, key=lambda offer: _READ.index(offer.file.ending)))


def _transcript_ending(url: str, kind: str) -> str:
    """By what the feed calls it; where it says nothing that is known, by its address. What it is, it says itself."""
    by_name = PurePosixPath(urlsplit(url).path).suffix.lower()
    by_type = _ODD_TYPES.get(kind, media_types.ending_of(kind))
    if by_name in _READ and by_type in ("", ".txt", ".html"):
        return by_name
    return by_type if by_type in (*_READ, ".html") else by_name if by_name in (*_READ, ".html") else ".srt"


def _address(mark: Element, name: str, base: str, ledger: Ledger) -> str | None:
    text = mark.attributes.get(name, "").strip()
    address = absolute(base, text) if text else None
    if address is None:
        ledger.lose(f"psc:chapter@{name}", text, "it is no web address")
    return address
