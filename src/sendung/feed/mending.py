"""Text that is almost XML -> text that a parser takes, with a remark for each thing that was put right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from html.entities import html5

from lxml import etree

from sendung.core.namespaces import URIS
from sendung.core.words import say, say_many

_OPAQUE = re.compile(r"(<!\[CDATA\[.*?\]\]>|<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>\[]*>)", re.DOTALL)
"""What is not looked into: "&" and "<" are themselves there."""
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, section 2.2, Char."""
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,9}));")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_AMPERSAND = re.compile(r"&(?!#x[0-9a-fA-F]+;|#[0-9]+;|[A-Za-z][A-Za-z0-9]*;)")
_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_XML_ENTITIES = ("amp", "lt", "gt", "quot", "apos")
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):[A-Za-z_]|\s([A-Za-z_][\w.-]*):[A-Za-z_][\w.-]*\s*=\s*[\"']")
_DECLARED = re.compile(r"xmlns:([A-Za-z_][\w.-]*)\s*=")


@dataclass(frozen=True)
class Remark:
    """One kind of fault that was put right."""

    line: int
    """The first place, from 1; 0 for the feed as a whole."""
    fault: str
    """What stands there; part of a sentence."""
    mended: str
    """What became of it; part of a sentence."""

    def __str__(self) -> str:
        return say("Line {line}: {fault}; {mended}.", line=self.line, fault=self.fault, mended=self.mended)


@dataclass
class _Mending:
    """The text on its way."""

    text: str
    remarks: list[Remark] = field(default_factory=list)

    def note(self, position: int, count: int, fault: str, mended: str) -> None:
        more = say_many(count - 1, ", and at {n} more place", ", and at {n} more places") if count > 1 else ""
        self.remarks.append(
            Remark(self.text.count("\n", 0, position) + 1, say("{fault}{more}", fault=fault, more=more), mended)
        )


def mend(text: str) -> tuple[str, tuple[Remark, ...]]:
    """The text without what stands around the feed, forbidden characters and references, bare "&" and "<"."""
    mending = _Mending(text)
    _cut_around(mending)
    _drop_forbidden(mending)
    _escape(mending, _AMPERSAND, lambda _: "&amp;", ("a bare “&” stands here", "it was read as &amp;"))
    _escape(mending, _LESS, lambda _: "&lt;", ("a bare “<” stands here", "it was read as &lt;"))
    _escape(mending, _ENTITY, _named, ("an entity stands here that XML does not know", "it was read as HTML"), _is_xml)
    reference = "a reference to a control character stands here"
    _escape(mending, _REFERENCE, lambda _: "", (reference, "it was left out"), _is_allowed)
    _declare_prefixes(mending)
    return mending.text, tuple(mending.remarks)


def close(text: str) -> tuple[str, Remark] | None:
    """A feed that ends too early, without the item in which it does; None if no item is whole."""
    end = text.rfind("</item>")
    if end < 0:
        return None
    line = text.count("\n", 0, end) + 1
    remark = Remark(line, "the feed ends too early", "nothing after this line could be read")
    return text[:end] + "</item></channel></rss>", remark


def recover(text: str) -> str | None:
    """What libxml2 makes of a feed whose tags do not fit each other; None if that is nothing."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True, strip_cdata=False)
    try:
        root = etree.fromstring(re.sub(r"^<\?xml.*?\?>", "", text).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None
    return None if root is None else etree.tostring(root, encoding="unicode")


def _cut_around(mending: _Mending) -> None:
    """Words of a server before the feed, and whatever stands behind it."""
    start = re.search(r"<\?xml|<rss\b|<rdf:RDF\b|<feed\b", mending.text, re.IGNORECASE)
    if start and start.start():
        before = say("“{text}” stands before the feed", text=short(mending.text[: start.start()]))
        mending.note(0, 1, before, "it was left out")
        mending.text = "\n" * mending.text.count("\n", 0, start.start()) + mending.text[start.start() :]
        mending.text = mending.text.lstrip("\n")
    end = mending.text.rfind("</rss>")
    rest = mending.text[end + 6 :] if end >= 0 else ""
    if rest.strip():
        position = end + 6 + len(rest) - len(rest.lstrip())
        mending.note(position, 1, f"“{short(rest)}” stands behind </rss>", "it was left out")
        mending.text = mending.text[: end + 6]


def _drop_forbidden(mending: _Mending) -> None:
    matches = list(_FORBIDDEN.finditer(mending.text))
    if matches:
        name = f"U+{ord(matches[0][0]):04X}"
        mending.note(
            matches[0].start(),
            len(matches),
            say("the control character {name} stands here", name=name),
            "it was left out",
        )
        mending.text = _FORBIDDEN.sub("", mending.text)


def _escape(
    mending: _Mending,
    pattern: re.Pattern[str],
    replacement: Callable[[re.Match[str]], str],
    message: tuple[str, str],
    unless: Callable[[re.Match[str]], bool] = lambda _: False,
) -> None:
    """Replace a pattern outside of CDATA sections and comments."""
    parts, position, places = _OPAQUE.split(mending.text), 0, []
    for number, part in enumerate(parts):
        if number % 2 == 0:
            places += [position + match.start() for match in pattern.finditer(part) if not unless(match)]
            parts[number] = pattern.sub(lambda match: match[0] if unless(match) else replacement(match), part)
        position += len(part)
    if places:
        mending.note(places[0], len(places), *message)
        mending.text = "".join(parts)


def _named(entity: re.Match[str]) -> str:
    return unescape(entity[0]) if f"{entity[1]};" in html5 else f"&amp;{entity[1]};"


def _is_xml(entity: re.Match[str]) -> bool:
    return entity[1] in _XML_ENTITIES


def _is_allowed(reference: re.Match[str]) -> bool:
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return number < 0x110000 and not _FORBIDDEN.match(chr(number))


def _declare_prefixes(mending: _Mending) -> None:
    """Prefixes that nobody declares get the namespace that they usually mean, else one of their own."""
    root = re.search(r"<rss\b", mending.text)
    declared = {"xml", "xmlns", *_DECLARED.findall(mending.text)}
    missing = {
        prefix: position for prefix, position in reversed(list(_prefixes(mending.text))) if prefix not in declared
    }
    if root and missing:
        fault = say("the prefix {missing} is declared nowhere", missing=", ".join(missing))
        mending.note(min(missing.values()), 1, fault, "it was taken for what it usually means")
        names = "".join(f' xmlns:{prefix}="{URIS.get(prefix, f"urn:undeclared:{prefix}")}"' for prefix in missing)
        mending.text = mending.text[: root.end()] + names + mending.text[root.end() :]


def _prefixes(text: str) -> Iterator[tuple[str, int]]:
    """Every prefix of a tag or an attribute, and where it stands."""
    position = 0
    for number, part in enumerate(_OPAQUE.split(text)):
        for match in _PREFIX.finditer(part) if number % 2 == 0 else ():
            yield match[1] or match[2], position + match.start()
        position += len(part)


def short(text: str, most: int = 40) -> str:
    """A text in one line of at most so many characters."""
    text = " ".join(text.split())
    return f"{text[:most]}…" if len(text) > most else text
