"""Bytes of any feed -> a view of it. Nothing in the feed is trusted.

expat is used directly because it tells lines and CDATA sections, fetches nothing, and can be stopped at the first
entity declaration: no entity bomb or external entity ever expands.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from xml.parsers import expat

from sendung.core.errors import RulesError
from sendung.core.namespaces import PREFIXES
from sendung.core.words import say, then
from sendung.feed import mending
from sendung.feed.document import Element, Feed, Namespace
from sendung.feed.encodings import Decoded, decode
from sendung.feed.faults import misspelled, no_feed, other_root, unreadable
from sendung.feed.values import joined

MAX_BYTES = 64 * 1024 * 1024
MAX_ELEMENTS = 2_000_000
MAX_DEPTH = 100

_NEAR = {uri.partition("://")[2].rstrip("/").lower(): prefix for uri, prefix in PREFIXES.items()}
_SEPARATOR = " "
_RSS = ("rss", "channel", "item")
_RICH = ("description", "content:encoded", "itunes:summary", "googleplay:description", "media:description")
_TEXTS = {
    *(*_RICH, "title", "itunes:title", "itunes:author", "itunes:subtitle", "podcast:person", "category", "copyright"),
    *("link", "guid", "pubDate", "comments", "language", "itunes:keywords"),
}
"""Elements that hold text only: what stands in them is text or its markup, whether it is masked or not."""
_WITHIN_WORDS = {"a", "b", "i", "em", "strong", "u", "s", "span", "sub", "sup", "small", "font", "code", "abbr", "mark"}
_EMPTY = {"br", "hr", "img", "wbr"}


def read(data: bytes, charset: str = "", address: str = "", *, forgiving: bool = False) -> Feed:
    """Read an RSS feed. Raises RulesError, with the line where there is one, if it cannot be read as RSS.

    `charset` is what the Content-Type of the answer says, `address` where it came from. Namespaces that are almost
    right (another case, https, a slash at the end) are taken for what they mean; `Feed.namespaces` keeps what was
    written. A feed that is no XML is refused, unless `forgiving`: then it is read as far as it can be, and
    `Feed.remarks` says what was put right.
    """
    if len(data) > MAX_BYTES:
        raise RulesError(
            say(
                "The feed has {data_count} MB; more than {max_bytes} MB are not read.",
                data_count=len(data) // 1024**2,
                max_bytes=MAX_BYTES // 1024**2,
            ),
            "No podcast app would read it either: page the feed, or shorten its notes.",
        )
    no_feed(data, address)
    decoded = decode(data, charset, forgiving=forgiving)
    reader, root, remarks = _parse(decoded, forgiving=forgiving)
    channel, *others = _channels(root)
    items = tuple(channel.every("item"))
    misplaced = tuple(_misplaced(root, channel))
    return Feed(
        version=root.attributes.get("version", ""),
        encoding=reader.encoding,
        blank_before=decoded.blank_before,
        size=len(data),
        namespaces=tuple(reader.namespaces),
        channel=channel,
        items=(*items, *misplaced),
        base=joined(root.attributes.get("xml:base", ""), channel.attributes.get("xml:base", "")),
        remarks=tuple(filter(None, (decoded.remark, *map(str, remarks)))),
        misplaced=misplaced,
        channels=tuple(others),
        defaulted=tuple(reader.defaulted),
    )


def _parse(decoded: Decoded, *, forgiving: bool) -> tuple[_FeedReader, Element, tuple[mending.Remark, ...]]:
    """The feed as it is, else as it can be mended. Raises RulesError for what is wrong with it as it is."""
    try:
        return *_attempt(decoded.text, decoded.blank_lines), ()
    except _Fault as stop:
        fault = stop
    mended, remarks = mending.mend(decoded.text)
    error = unreadable(decoded.text, fault.code, fault.offset, fault.line)
    with contextlib.suppress(_Fault):
        reader, root = _attempt(mended, decoded.blank_lines)
        if not forgiving:
            raise misspelled(remarks, decoded.blank_lines)
        return reader, root, remarks
    for text, faults in _patched(mended, remarks, fault, error) if forgiving else ():
        with contextlib.suppress(_Fault):
            return *_attempt(text, decoded.blank_lines), faults
    raise error


def _behind_the_line(message: str) -> str:
    """What is wrong, without the number of the line."""
    return message.partition(": ")[2].rstrip(".")


_Mended = tuple[str, tuple[mending.Remark, ...]]


def _patched(text: str, remarks: tuple[mending.Remark, ...], fault: _Fault, error: RulesError) -> Iterator[_Mended]:
    """What can still be tried with a feed whose tags do not fit each other."""
    if closed := mending.close(text):
        yield closed[0], (*remarks, closed[1])
    if recovered := mending.recover(text):
        message = then(error.problems[0].message, _behind_the_line)
        yield recovered, (*remarks, mending.Remark(fault.line, message, "it was read as far as that can be"))


def _attempt(text: str, blank_lines: int) -> tuple[_FeedReader, Element]:
    """Raises _Fault, and RulesError for what is never read."""
    reader = _FeedReader(blank_lines)
    return reader, reader.parse(text)


class _Fault(Exception):
    """Where expat stopped."""

    def __init__(self, code: int, offset: int, line: int) -> None:
        super().__init__()
        self.code, self.offset, self.line = code, offset, line


@dataclass
class _Open:
    """An element whose end has not come yet."""

    name: str
    line: int
    attributes: dict[str, str]
    content: list[str | Element | _Markup] = field(default_factory=list)
    cdata: bool = False


class _FeedReader:
    """The handlers of one parse."""

    def __init__(self, blank_lines: int) -> None:
        self.encoding = "UTF-8"
        self.namespaces: list[Namespace] = []
        self.defaulted: list[Namespace] = []
        self._blank_lines = blank_lines
        self._open: list[_Open] = [_Open("", 0, {})]
        self._elements = 0
        self._text_depth = 0
        self._plain = set[str]()
        # Names come as "address name"; a prefix that was never declared is an error of the feed, said by expat.
        self._parser = expat.ParserCreate("utf-8", namespace_separator=_SEPARATOR)
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

    def parse(self, text: str) -> Element:
        """The root. Raises _Fault."""
        try:
            self._parser.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            raise _Fault(error.code, self._parser.ErrorByteIndex, self.line) from None
        (root,) = (part for part in self._open[0].content if isinstance(part, Element))
        return root

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.encoding = (encoding or "UTF-8").upper()

    def _entity(self, name: str, *_: object) -> None:
        raise RulesError(
            say(
                "Line {line}: the feed declares the entity “{name}”, which a feed has no need for.",
                line=self.line,
                name=name,
            ),
            "Entity declarations can make a parser fetch files or run out of memory, so they are never read.",
        )

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self.namespaces.append(Namespace(prefix or "", uri or "", _meaning(uri or ""), self.line))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS or len(self._open) > MAX_DEPTH:
            raise RulesError(
                say(
                    "Line {line}: the feed has more than {max_elements:,} elements, or more than "
                    "{max_depth} in each other.",
                    line=self.line,
                    max_elements=MAX_ELEMENTS,
                    max_depth=MAX_DEPTH,
                ),
                "No podcast app would read it either.",
            )
        uri, _, local = name.rpartition(_SEPARATOR)
        if uri and local in _RSS and not _meaning(uri):
            self._take_for_rss(uri)
        named = {self._short(key): value for key, value in attributes.items()}
        self._open.append(_Open(self._short(name), self.line, named))
        if self._text_depth or self._open[-1].name in _TEXTS:
            self._text_depth += 1

    def _take_for_rss(self, uri: str) -> None:
        """A default namespace on RSS's own elements: it means nothing to RSS 2.0, and is never meant."""
        self._plain.add(uri)
        if uri not in {namespace.uri for namespace in self.defaulted}:
            self.defaulted.append(Namespace("", uri, "", self.line))

    def _end(self, _name: str) -> None:
        done = self._open.pop()
        if self._text_depth:
            self._text_depth -= 1
        if self._text_depth:
            self._open[-1].content.append(_of(done))
            return
        children = tuple(part for part in done.content if isinstance(part, Element))
        inline = any(isinstance(part, _Markup) for part in done.content)
        text = _html(done.content) if inline and done.name in _RICH else _plain(done.content)
        element = Element(done.name, done.line, done.attributes, text, done.cdata, children, inline)
        self._open[-1].content.append(element)

    def _text(self, text: str) -> None:
        self._open[-1].content.append(text)

    def _skipped(self, name: str, _is_parameter: int) -> None:
        """An entity of a DTD that is not fetched (RSS 0.91 had one for HTML's)."""
        self._text(unescape(f"&{name};"))

    def _cdata(self) -> None:
        self._open[-1].cdata = True

    def _short(self, name: str) -> str:
        """A name as expat gives it, with the usual prefix of its namespace."""
        uri, separator, local = name.rpartition(_SEPARATOR)
        if not separator or uri in self._plain:
            return local
        prefix = _meaning(uri)
        return f"{prefix}:{local}" if prefix else f"{{{uri}}}{local}"


def _meaning(uri: str) -> str:
    """The usual prefix of a namespace, also if its address is only almost right."""
    return PREFIXES.get(uri) or _NEAR.get(uri.partition("://")[2].rstrip("/").lower(), "")


@dataclass(frozen=True)
class _Markup:
    """An element within a text, and all that is in it."""

    html: str
    plain: str


def _of(done: _Open) -> _Markup:
    """Elements by their local names, texts masked again."""
    name = done.name.rpartition("}")[2].rpartition(":")[2]
    attributes = "".join(
        f' {key.rpartition(":")[2]}="{escape(value)}"' for key, value in done.attributes.items() if "}" not in key
    )
    space = "" if name in _WITHIN_WORDS else " "
    inside = _html(done.content)
    markup = f"<{name}{attributes}>{inside}</{name}>" if inside or name not in _EMPTY else f"<{name}{attributes}/>"
    return _Markup(markup, f"{space}{_plain(done.content)}{space}")


def _html(content: list[str | Element | _Markup]) -> str:
    return "".join(
        part.html if isinstance(part, _Markup) else escape(part, quote=False)
        for part in content
        if not isinstance(part, Element)
    )


def _plain(content: list[str | Element | _Markup]) -> str:
    return "".join(
        part.plain if isinstance(part, _Markup) else part for part in content if not isinstance(part, Element)
    )


def _channels(root: Element) -> tuple[Element, ...]:
    if root.name != "rss":
        raise other_root(root)
    channels = tuple(root.every("channel"))
    if not channels:
        raise RulesError(say("Line {line}: the feed has no <channel>.", line=root.line), "RSS 2.0 wants one in <rss>.")
    return channels


def _misplaced(root: Element, channel: Element) -> Iterator[Element]:
    """Items beside the channel, as RSS 1.0 has them, and those in something else within it."""
    yield from root.every("item")
    yield from (item for child in channel.children if child.name != "item" for item in child.every("item"))
