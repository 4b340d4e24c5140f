"""Bytes of any feed -> a view of it. Nothing in the feed is trusted.

expat is used directly because it tells lines and CDATA sections, fetches nothing, and can be stopped at the first
entity declaration: no entity bomb or external entity ever expands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import unescape
from xml.parsers import expat

from sendung.core.errors import RulesError
from sendung.core.namespaces import PREFIXES
from sendung.feed.document import Element, Feed, Namespace

MAX_BYTES = 64 * 1024 * 1024
MAX_ELEMENTS = 2_000_000
MAX_DEPTH = 100

_NEAR = {uri.partition("://")[2].rstrip("/").lower(): prefix for uri, prefix in PREFIXES.items()}
_SEPARATOR = " "

_TOO_EARLY = ("the feed ends too early.", "It was cut off on its way, or a tag is never closed.")
_OTHER_FAULT = ("the feed is not well-formed XML.", "Have the line looked at by whoever writes the feed.")
_FAULTS = {
    "not well-formed (invalid token)": (
        "something stands here that XML does not allow.",
        "Often it is an & or < that is not escaped, a control character, or text in another encoding than the first "
        "line names.",
    ),
    "unbound prefix": ("a tag has a prefix that was never declared.", "Declare its namespace in the <rss> tag."),
    "undefined entity": ("an entity stands here that XML does not know.", "XML knows &amp; &lt; &gt; &quot; &apos;."),
    "mismatched tag": ("a tag is closed that is not the last one opened.", _OTHER_FAULT[1]),
    "no element found": _TOO_EARLY,
    "unclosed token": _TOO_EARLY,
    "unclosed CDATA section": _TOO_EARLY,
    "unknown encoding": ("the encoding is unknown.", "Save the feed as UTF-8."),
}
"""What expat calls a fault -> what to say, and what to do."""

_OTHER_KINDS = {
    b"{": "JSON",
    b"[": "JSON",
    b"\x1f\x8b": "packed with gzip",
    b"pk\x03\x04": "a ZIP file",
    b"%pdf": "a PDF",
}
"""How files begin (in lower case) that are given for feeds by mistake."""


def read(data: bytes) -> Feed:
    """Read an RSS feed. Raises RulesError, with the line where there is one, if it cannot be read as RSS.

    Namespaces that are almost right (another case, https, a slash at the end) are taken for what they mean;
    `Feed.namespaces` keeps what was written.
    """
    if len(data) > MAX_BYTES:
        raise RulesError(
            f"The feed has {len(data) // 1024**2} MB; more than {MAX_BYTES // 1024**2} MB are not read.",
            "No podcast app would read it either: page the feed, or shorten its notes.",
        )
    content = data.lstrip(b" \t\r\n") if not data.startswith(b"\xff\xfe") else data
    reader = _Reader(blank_lines=data[: len(data) - len(content)].count(b"\n"))
    try:
        root = reader.parse(content)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise _unreadable(content, error, reader) from None
    channel = _channel(root)
    return Feed(
        version=root.attributes.get("version", ""),
        encoding=reader.encoding,
        blank_before=len(content) < len(data),
        size=len(data),
        namespaces=tuple(reader.namespaces),
        channel=channel,
        items=tuple(channel.every("item")),
    )


@dataclass
class _Open:
    """An element whose end has not come yet."""

    name: str
    line: int
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)
    children: list[Element] = field(default_factory=list)
    cdata: bool = False


class _Reader:
    """The handlers of one parse."""

    def __init__(self, blank_lines: int) -> None:
        self.encoding = "UTF-8"
        self.namespaces: list[Namespace] = []
        self._blank_lines = blank_lines
        self._open: list[_Open] = [_Open("", 0, {})]
        self._elements = 0
        # Names come as "address name"; a prefix that was never declared is an error of the feed, said by expat.
        self._parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self._parser.buffer_text = True
        self._parser.XmlDeclHandler = self._declaration
        self._parser.EntityDeclHandler = self._entity
        self._parser.StartNamespaceDeclHandler = self._namespace
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartCdataSectionHandler = self._cdata
        self._parser.SkippedEntityHandler = self._skipped

    @property
    def line(self) -> int:
        """Where the parser is, from 1."""
        return self._parser.CurrentLineNumber + self._blank_lines

    def parse(self, content: bytes) -> Element:
        self._parser.Parse(content, True)
        return self._open[0].children[0]

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.encoding = (encoding or "UTF-8").upper()

    def _entity(self, name: str, *_: object) -> None:
        raise RulesError(
            f"Line {self.line}: the feed declares the entity “{name}”, which a feed has no need for.",
            "Entity declarations can make a parser fetch files or run out of memory, so they are never read.",
        )

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self.namespaces.append(Namespace(prefix or "", uri or "", _meaning(uri or ""), self.line))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS or len(self._open) > MAX_DEPTH:
            raise RulesError(
                f"Line {self.line}: the feed has more than {MAX_ELEMENTS:,} elements, or more than {MAX_DEPTH} in "
                "each other.",
                "No podcast app would read it either.",
            )
        named = {_short(key): value for key, value in attributes.items()}
        self._open.append(_Open(_short(name), self.line, named))

    def _end(self, _name: str) -> None:
        done = self._open.pop()
        text, children = "".join(done.text), tuple(done.children)
        self._open[-1].children.append(Element(done.name, done.line, done.attributes, text, done.cdata, children))

    def _text(self, text: str) -> None:
        self._open[-1].text.append(text)

    def _skipped(self, name: str, _is_parameter: int) -> None:
        """An entity of a DTD that is not fetched (RSS 0.91 had one for HTML's)."""
        self._text(unescape(f"&{name};"))

    def _cdata(self) -> None:
        self._open[-1].cdata = True


def _short(name: str) -> str:
    """A name as expat gives it, with the usual prefix of its namespace."""
    uri, separator, local = name.rpartition(_SEPARATOR)
    if not separator:
        return local
    prefix = _meaning(uri)
    return f"{prefix}:{local}" if prefix else f"{{{uri}}}{local}"


def _meaning(uri: str) -> str:
    """The usual prefix of a namespace, also if its address is only almost right."""
    return PREFIXES.get(uri) or _NEAR.get(uri.partition("://")[2].rstrip("/").lower(), "")


def _channel(root: Element) -> Element:
    if root.name != "rss":
        kinds = {"atom:feed": "an Atom feed", "html": "a web page", "{http://www.w3.org/1999/xhtml}html": "a web page"}
        kind = kinds.get(root.name, f"an XML document whose root is <{root.name}>")
        raise RulesError(f"This is {kind}, not an RSS feed.", "Podcast directories take RSS 2.0 only.")
    channel = root.first("channel")
    if channel is None:
        raise RulesError(f"Line {root.line}: the feed has no <channel>.", "RSS 2.0 wants one in <rss>.")
    return channel


def _unreadable(content: bytes, error: Exception, reader: _Reader) -> RulesError:
    start = content[:512].lstrip(b"\xef\xbb\xbf").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return RulesError("This is a web page, not an RSS feed.", "Give the address of the feed itself.")
    if not start:
        return RulesError("The feed is empty.", "Give the address of the feed itself.")
    for mark, kind in _OTHER_KINDS.items():
        if start.startswith(mark):
            return RulesError(f"This is {kind}, not an RSS feed.", "Give the address of the feed itself.")
    if not isinstance(error, expat.ExpatError):
        return RulesError(f"The feed’s encoding cannot be read: {error}.", "Save the feed as UTF-8.")
    why, hint = _FAULTS.get(expat.errors.messages[error.code], _OTHER_FAULT)
    return RulesError(f"Line {reader.line}: {why}", hint)
