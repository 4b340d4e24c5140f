"""What several rules need to read in a feed: addresses, HTML, dates, timestamps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

from sendung.core.words import say
from sendung.feed.document import Element

_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>")
_BREAK = re.compile(r"</(?:p|li|h[1-6]|div)>|<br\s*/?>", re.IGNORECASE)
_NOT_IN_URIS = re.compile(r"[\x00-\x20<>\"{}|\\^`\x7f]")
_TIMESTAMP = re.compile(r"[(\[]?(?:(\d{1,2}):)?(\d{1,2}):(\d{2})[)\]]?(?=\s|$)")


def extension(address: str) -> str:
    """The file extension of an address, in lower case with its dot; empty if it has none."""
    try:
        return PurePosixPath(urlsplit(address).path).suffix.lower()
    except ValueError:
        return ""


def is_absolute(address: str) -> bool:
    """Whether it is an absolute web address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def odd_characters(address: str) -> str:
    """The characters of an address that no URI may hold (RFC 3986, section 2), but for those beyond ASCII."""
    return "".join(dict.fromkeys(_NOT_IN_URIS.findall(address.strip())))


def joined(base: str, address: str) -> str:
    """An address as seen from another one (RFC 3986, section 5); the base where it is none at all."""
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return base


def html_tags(text: str) -> set[str]:
    """The names of the HTML tags in a text, in lower case."""
    return {name.lower() for name in _TAG.findall(text)}


def timestamps(item: Element) -> list[int]:
    """The times, in seconds, at the starts of lines of an item's notes: chapters, as Apple and Spotify find them."""
    text = item.value("content:encoded") or item.value("description")
    lines = (unescape(_TAG.sub("", line)).strip() for line in _BREAK.sub("\n", text).splitlines())
    matches = (_TIMESTAMP.match(line) for line in lines)
    return [int(t[1] or 0) * 3600 + int(t[2]) * 60 + int(t[3]) for t in matches if t]


def duration(item: Element) -> int | None:
    """itunes:duration in seconds, in any of the forms in use; None if it is missing or none of them."""
    parts = item.value("itunes:duration").split(":")
    if len(parts) > 3 or not all(re.fullmatch("[0-9]{1,9}", part) for part in parts):
        return None
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    return seconds


def name_of(item: Element) -> str:
    """What to call an item in a message."""
    return say("“{title}”", title=item.value("title")[:60]) if item.value("title") else "An item without a title"


def texts(parent: Element) -> Iterator[Element]:
    """The texts of a channel or an item that may hold HTML."""
    for name in ("description", "content:encoded", "itunes:summary"):
        yield from parent.every(name)
