"""The HTML of a page: its encoding, its head, its links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sendung.net.article.json_ld import plain
from sendung.net.article.urls import resolve

_CHARSET = re.compile(rb"""<meta\s[^>]{0,200}?charset\s*=\s*["']?\s*([\w:-]{1,40})""", re.IGNORECASE)
_ENCODINGS = re.compile(
    r"utf-?(8|16|16le|16be)|(iso-?)?8859-\d+|(windows-?|cp)12\d\d|koi8-[ru]|shift_?jis|euc-?(jp|kr)|gbk|gb2312|gb18030|big5"
)
"""Those of web pages (WHATWG, Encoding, section 4.2); Python knows others that take an age for a long page."""
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_UNNESTED = re.compile(
    "area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|param|source|tbody|td|th|thead|tr|track|wbr"
)
"""Elements without an end tag, or that need none."""
_DEEPEST = 500
"""Elements in each other: about where browsers, too, stop nesting."""
_MOST = 5_000
"""Elements of a kind that are looked at."""
_LEADING = {"a": "href", "area": "href", "iframe": "src", "script": "src", "link": "href"}


class ArticlePage:
    """A parsed page, and where it came from."""

    def __init__(self, data: bytes, url: str, content_type: str = "") -> None:
        self._tree = LexborHTMLParser(_shallow(_decode(data, content_type)))
        self.url = url
        base = self.attribute("base", "href")
        self._base = (resolve(url, base) if base else None) or url

    def attribute(self, selector: str, name: str) -> str:
        """An attribute of the first element that has it; empty if none has."""
        return next((value for node in self._nodes(selector) if (value := _value(node, name))), "")

    def meta(self, *names: str) -> str:
        """The content of the first of some meta elements, by `name`, `property` or `itemprop`."""
        return next((self._metas[name] for name in names if name in self._metas), "")

    @cached_property
    def _metas(self) -> dict[str, str]:
        values: dict[str, str] = {}
        for node in self._nodes("meta"):
            label = _value(node, "property") or _value(node, "name") or _value(node, "itemprop")
            if text := plain(_value(node, "content")):
                values.setdefault(label.lower(), text)
        return values

    def text(self, selector: str) -> str:
        """The text of the first element that has some."""
        return next((text for node in self._nodes(selector) if (text := plain(node.text()))), "")

    def scripts(self, kind: str) -> list[str]:
        """The content of every script element of a media type."""
        nodes = self._nodes("script[type]")
        return [node.text() for node in nodes if _value(node, "type").partition(";")[0].strip().lower() == kind]

    def link(self, rel: str) -> str | None:
        """Where the head's first link of a relation leads."""
        return next((url for node in self._links(rel) if (url := self.resolve(_value(node, "href")))), None)

    def alternates(self) -> Iterator[tuple[str, str]]:
        """Language and URL of each translation that the head names (HTML, section 4.6.7.1)."""
        for node in self._links("alternate"):
            language, url = _value(node, "hreflang"), self.resolve(_value(node, "href"))
            if language and url:
                yield language, url

    def targets(self, *elements: str) -> Iterator[str]:
        """Where the page's `a`, `area`, `iframe`, `script` or `link` elements lead, in order."""
        for element in elements:
            for node in self._nodes(element):
                if url := self.resolve(_value(node, _LEADING[element])):
                    yield url

    def resolve(self, url: str) -> str | None:
        """A URL of the page, absolute; None if it is none of http or https."""
        return resolve(self._base, url) if url else None

    def _links(self, rel: str) -> Iterator[LexborNode]:
        return (node for node in self._nodes("link") if rel in _value(node, "rel").lower().split())

    def _nodes(self, selector: str) -> list[LexborNode]:
        return self._tree.css(selector)[:_MOST]


def _value(node: LexborNode, name: str) -> str:
    return (node.attributes.get(name) or "").strip()


def _decode(data: bytes, content_type: str) -> str:
    """The text of a page (HTML, section 13.2.3.2, simplified): mark, header, meta element, UTF-8, Windows-1252."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    header = re.search(r"charset\s*=\s*[\"']?([\w:-]+)", content_type, re.IGNORECASE)
    meta = _CHARSET.search(data[:4096])
    charsets = [header[1]] if header else []
    charsets += [meta[1].decode("ascii", "replace")] if meta else []
    known = [encoding for encoding in map(str.lower, charsets) if _ENCODINGS.fullmatch(encoding)]
    for encoding in (*known, "utf-8"):
        try:
            # what calls itself Latin-1 on the web is Windows-1252
            return data.decode("cp1252" if encoding == "iso-8859-1" else encoding)
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def _shallow(text: str) -> str:
    """The page as far as its elements lie no deeper in each other than in any honest page.

    The time that an HTML parser needs grows with the square of the depth.
    """
    open_tags: Counter[str] = Counter()
    depth = 0
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if _UNNESTED.fullmatch(name):
            continue
        step = 1 if not tag[1] else -1 if open_tags[name] else 0
        open_tags[name] += step
        depth += step
        if depth > _DEEPEST:
            return text[: tag.start()]
    return text
