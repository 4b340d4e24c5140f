"""An item's audio among all that it encloses: what plays everywhere first. What a file is, the file itself says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from sendung.core import media_types
from sendung.core.words import say
from sendung.feed.document import Element
from sendung.workflows.importer.losses import Ledger
from sendung.workflows.importer.old_show import OldFile
from sendung.workflows.importer.urls import absolute

_EVERYWHERE = (".mp3", ".m4a", ".aac")
_PLAYLISTS = (".m3u", ".m3u8", ".pls", ".xspf", ".asx")
_OTHER_ENDINGS = {
    **dict.fromkeys((".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi"), "video"),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".gif", ".webp"), "a picture"),
    **dict.fromkeys((".pdf", ".epub", ".html", ".htm", ".txt", ".zip"), "a document"),
}
_OTHER_TYPES = ("video/", "image/", "text/", "application/pdf", "application/epub")


def audio_files(item: Element, base: str, ledger: Ledger) -> tuple[tuple[OldFile, ...], str]:
    """What can be the item's audio, the best first; and why there is none."""
    why = "it has no enclosure."
    files: list[tuple[int, OldFile]] = []
    for element in [*item.every("enclosure"), *_media(item)]:
        url = absolute(base, element.attributes.get("url", ""))
        kind = element.attributes.get("type", "").partition(";")[0].strip().lower()
        if url is None:
            why = "its enclosure has no web address."
            ledger.lose(f"{element.name}@url", element.attributes.get("url", ""), "it is no web address")
        elif reason := _no_audio(_ending(url), kind):
            why = say("its enclosure is no audio file ({reason}).", reason=reason)
            ledger.lose(f"{element.name}@url", url, say("no audio file ({reason})", reason=reason))
        else:
            files.append(_ranked(url, kind))
    files.sort(key=lambda ranked: ranked[0])
    different = list(dict.fromkeys(file for _, file in files))
    for file in different[1:]:
        ledger.lose("enclosure@url", file.url, say("an episode has one audio file, {url}", url=different[0].url))
    return tuple(different), why


def is_audio(url: str) -> bool:
    """Whether an address ends as audio files do."""
    return media_types.of(_ending(url)).startswith("audio/")


def _ranked(url: str, kind: str) -> tuple[int, OldFile]:
    """What plays everywhere, what nothing is known of, and what needs to be mastered."""
    by_type = media_types.ending_of(kind)
    ending = _ending(url) if is_audio(url) else by_type if kind.startswith("audio/") else ""
    rank = 0 if ending in _EVERYWHERE else 2 if ending else 1
    return rank, OldFile(url, ending or ".mp3")


def _no_audio(ending: str, kind: str) -> str:
    """Why a file cannot be audio; empty where looking at it is worth while."""
    if ending in _PLAYLISTS or "mpegurl" in kind or "scpls" in kind:
        return "a playlist"
    if media_types.of(ending).startswith("audio/") or kind.startswith("audio/"):
        return ""
    if kind.startswith(_OTHER_TYPES):
        return kind
    return _OTHER_ENDINGS.get(ending, "")


def _media(item: Element) -> Iterator[Element]:
    """Media RSS, for the few hosts that write nothing else."""
    for element in item.walk():
        if element.name == "media:content" and element.attributes.get("type", "").startswith("audio/"):
            yield element


def _ending(url: str) -> str:
    return PurePosixPath(urlsplit(url).path).suffix.lower()
