"""Why a document is no feed that can be read, in words that say what stands there and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from xml.parsers import expat

from sendung.core.errors import Problem, RulesError
from sendung.core.words import say
from sendung.feed.document import Element
from sendung.feed.mending import Remark, short
from sendung.feed.values import joined

_FORGIVEN = "Mend it in the feed; `sendung import FEED` reads it as if it were mended."
_OTHER_HINT = "Have the line looked at by whoever writes the feed; once it is mended, the file can be imported."
_TOO_EARLY = ("the feed ends too early.", "It was cut off on its way, or a tag is never closed.")
_OTHER_FAULT = ("the feed is not well-formed XML at “{}”.", _OTHER_HINT)
_ADDRESS = "Give the address of the feed itself."
_UNPACK = "Unpack it, and give the feed that is in it."
_FAULTS = {
    "not well-formed (invalid token)": ("something stands here that XML does not allow: “{}”.", _OTHER_HINT),
    "junk after document element": ("text stands behind the end of the feed: “{}”.", _FORGIVEN),
    "unbound prefix": ("a tag has a prefix that was never declared.", "Declare its namespace in the <rss> tag."),
    "mismatched tag": ("a tag is closed that is not the last one opened.", _OTHER_HINT),
    "duplicate attribute": ("a tag has one attribute twice.", _OTHER_HINT),
    "XML or text declaration not at start of entity": ("a second <?xml stands here.", _FORGIVEN),
    "no element found": _TOO_EARLY,
    "unclosed token": _TOO_EARLY,
    "unclosed CDATA section": _TOO_EARLY,
}
"""What expat calls a fault -> what to say, and what to do."""
_OTHER_KINDS = {
    b"{": ("JSON", _ADDRESS),
    b"[": ("JSON", _ADDRESS),
    b"\x1f\x8b": ("packed with gzip", _UNPACK),
    b"pk\x03\x04": ("a ZIP file", _UNPACK),
    b"%pdf": ("a PDF", _ADDRESS),
    b"id3": ("an audio file", _ADDRESS),
}
"""How files begin (in lower case) that are given for feeds by mistake."""
_PAGES = (b"<!doctype html", b"<html")
_LINK = re.compile(r"<link\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(rel|type|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def no_feed(data: bytes, address: str) -> None:
    """Raises RulesError for what is plainly something else: nothing, a web page (at `address`), JSON, an archive."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start and len(data) <= 512:
        raise RulesError("The feed is empty.", _ADDRESS)
    if start.startswith(_PAGES):
        raise _page(data, address)
    for mark, (kind, hint) in _OTHER_KINDS.items():
        if start.startswith(mark):
            raise RulesError(say("This is {kind}, not an RSS feed.", kind=kind), hint)
    if b"<" not in data:
        raise RulesError(say("This is {kind}, not an RSS feed.", kind="text without a single tag"), _ADDRESS)


def other_root(root: Element) -> RulesError:
    """The error for a document that is XML, but no RSS."""
    kinds = {
        "atom:feed": "an Atom feed",
        "html": "a web page",
        "xhtml:html": "a web page",
        "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF": "an RSS 1.0 feed",
        "opml": "a list of subscriptions (<opml>)",
    }
    kind = kinds.get(root.name, say("an XML document whose root is <{name}>", name=root.name))
    return RulesError(say("This is {kind}, not an RSS feed.", kind=kind), "Podcast directories take RSS 2.0 only.")


def unreadable(text: str, code: int, offset: int, line: int) -> RulesError:
    """The error for what is no XML: expat's code, and the byte and the line where it stopped."""
    name = expat.errors.messages[code]
    here = text.encode("utf-8", "replace")[max(0, offset) :][:200].decode("utf-8", "ignore")
    why, hint = _FAULTS.get(name, _OTHER_FAULT)
    return RulesError(say("Line {line}: {why}", line=line, why=why.format(short(here))), hint)


def misspelled(remarks: Iterable[Remark], blank_lines: int) -> RulesError:
    """The error for what would be XML if some things were put right: a problem for each kind of them."""
    return RulesError.of(
        Problem(say("Line {line}: {fault}.", line=remark.line + blank_lines, fault=remark.fault), _FORGIVEN)
        for remark in remarks
    )


def _page(data: bytes, address: str) -> RulesError:
    """A web page in place of a feed; often it says where the feed is."""
    for tag in _LINK.findall(data[:500_000].decode("utf-8", "replace")):
        values = {name.lower(): first or second or third for name, first, second, third in _ATTRIBUTE.findall(tag)}
        if (
            "alternate" in values.get("rel", "").lower().split()
            and values.get("type", "").lower() == "application/rss+xml"
        ):
            hint = say(
                "It names a feed: {unescape}. Give that address.",
                unescape=short(joined(address, unescape(values.get("href", ""))), 300),
            )
            return RulesError("This is a web page, not an RSS feed.", hint)
    return RulesError("This is a web page, not an RSS feed.", _ADDRESS)
