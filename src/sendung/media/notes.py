"""Show notes: CommonMark in, safe HTML or plain text out.

Notes may hold raw HTML (imported episodes' notes often are nothing else), so all output goes through nh3 and
nothing that runs, frames or loads anything survives. Every function takes any `str`, however hostile, and returns
text that XML 1.0 can hold.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache

import nh3
import pyromark

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SCHEMES = {"http", "https", "mailto", "tel"}
_IMAGE = re.compile(r'<img(?: alt="([^"]*)")?>')
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_SECTIONS = {
    *("div", "section", "article", "aside", "header", "footer", "main", "nav", "address", "figure", "figcaption"),
    *("details", "summary", "fieldset", "form", "center", "dl", "dt", "dd"),
}
"""Elements that part what is in them from what is around them (HTML, section 15.3), and say nothing else."""
_TABLE = {"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"}

# Paragraphs, lists and links are all that Apple Podcasts shows; Spotify adds line breaks and headings, and apps that
# know no line break show a space. Headings and preformatted text are let through here to become paragraphs below.
_FEED = nh3.Cleaner(
    tags={"p", "ol", "ul", "li", "a", "br", "img", "pre", "hr", "blockquote"} | _HEADINGS | _SECTIONS | _TABLE,
    attributes={"a": {"href"}, "img": {"alt"}},
    url_schemes=_SCHEMES,
    url_relative="deny",
    link_rel=None,
)
_FEED_PARAGRAPH = re.compile(r"<(/?)(?:h[1-6]|pre)>")
_NESTED = re.compile(rf"<(?:{'|'.join(sorted(_SECTIONS | _TABLE | {'hr', 'blockquote'}))})[ />]")
_TAG = re.compile(r'(</?[a-z0-9]+(?: [a-z-]+="[^"]*")* ?/?>)')
"""A tag as nh3 writes it."""

# A page loads nothing from other hosts, and notes have no pictures of their own: an image is its description.
_PAGE = nh3.Cleaner(
    tags=_HEADINGS
    | {"p", "br", "hr", "ol", "ul", "li", "a", "img", "blockquote", "pre", "code", "strong", "em", "b", "i", "s"}
    | {"del", "sub", "sup", "kbd", "abbr", "table", "thead", "tbody", "tr", "th", "td"}
    | _SECTIONS,
    attributes={"a": {"href", "hreflang"}, "img": {"alt"}, "ol": {"start"}, "abbr": {"title"}},
    url_schemes=_SCHEMES,
    url_relative="deny",
    link_rel="noopener",
)
_PAGE_SECTION = re.compile(rf"<(/?)(?:{'|'.join(sorted(_SECTIONS - {'div'}))})>")
_PAGE_HEADING = re.compile(r"<(/?)h([1-5])>")
_PAGE_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH

_TEXT = nh3.Cleaner(tags={"img"}, attributes={"img": {"alt"}})
_BLOCKS = "|".join(
    sorted(_SECTIONS | _HEADINGS | {"p", "ul", "ol", "li", "pre", "blockquote", "table", "tr", "br", "hr"})
)
_BLOCK_BORDER = re.compile(rf"</?(?:{_BLOCKS})\b[^<>]*>", re.IGNORECASE)
_CELL_END = re.compile(r"</t[dh]\s*>\s*(?=<t[dh]\b)", re.IGNORECASE)


def printable(text: str) -> str:
    """The text without the characters that XML 1.0 (section 2.2, Char) forbids; lone surrogates become U+FFFD."""
    # Nothing that Python calls printable is forbidden, and that is told far quicker.
    if text.replace("\n", " ").isprintable() or not _FORBIDDEN.search(text):
        return text
    return _FORBIDDEN.sub("", _SURROGATES.sub("\ufffd", text))


@lru_cache(maxsize=1024)
def feed_html(markdown: str) -> str:
    """Notes for `content:encoded`: only p, ol, ul, li, a and br, no images; headings and code become paragraphs.

    Links keep nothing but an absolute http, https, mailto or tel address.
    """
    cleaned = _describe_images(_FEED.clean(pyromark.html(printable(markdown))))
    if _NESTED.search(cleaned):
        cleaned = "".join(_Paragraphs().of(cleaned))
    if "<h" in cleaned or "<pre" in cleaned:
        cleaned = _FEED_PARAGRAPH.sub(r"<\1p>", cleaned)
    return cleaned.strip()


@lru_cache(maxsize=1024)
def page_html(markdown: str) -> str:
    """Notes for the listen page: the formatting that CommonMark and its tables have, and no images.

    Headings move down one level, as the page's own title is its h1. Links get rel="noopener".
    """
    cleaned = _PAGE.clean(pyromark.html(printable(markdown), options=_PAGE_OPTIONS))
    cleaned = _PAGE_SECTION.sub(r"<\1div>", cleaned)
    return _PAGE_HEADING.sub(lambda tag: f"<{tag[1]}h{int(tag[2]) + 1}>", _describe_images(cleaned)).strip()


def plain_text(markdown: str) -> str:
    """Notes without any formatting, a line for each paragraph, list item and heading; links keep their text only."""
    lined = _BLOCK_BORDER.sub(r"\g<0>" + "\n", _CELL_END.sub(" | ", pyromark.html(printable(markdown))))
    text = html.unescape(_describe_images(_TEXT.clean(lined)))
    lines = (" ".join(line.split()) for line in printable(text).splitlines())
    return "\n".join(line for line in lines if line)


def _describe_images(cleaned: str) -> str:
    """Cleaned HTML with each image replaced by its description."""
    if "<img" not in cleaned:
        return cleaned
    return _IMAGE.sub(lambda image: (image[1] or "").replace("<", "&lt;").replace(">", "&gt;"), cleaned)


class _Paragraphs:
    """Cleaned HTML with nothing around its paragraphs but lists: sections become paragraphs, rows of tables, too."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open = False
        """Whether a paragraph is."""
        self._items = 0
        """How many items of lists are around this place."""
        self._link = ""
        """The tag of the link around this place."""
        self._filled = False
        """Whether the item or the row has text already."""

    def of(self, cleaned: str) -> list[str]:
        """The parts of the HTML that was made."""
        for number, token in enumerate(_TAG.split(cleaned)):
            if number % 2:
                self._tag(token, token.strip("</>").partition(" ")[0], closes=token.startswith("</"))
            else:
                self._inline(token)
        self._close()
        return self._parts

    def _tag(self, tag: str, name: str, *, closes: bool) -> None:
        if name in ("ul", "ol", "li"):
            self._close()
            self._parts.append(tag)
            self._items += {"li": -1 if closes else 1}.get(name, 0)
            self._filled = False
        elif name in ("td", "th"):
            if self._filled and not closes:
                self._inline(" | ")
        elif name == "a":
            self._anchor(tag, closes=closes)
        elif name == "br":
            if self._open or self._items:
                self._parts.append(tag)
        else:
            self._part()

    def _anchor(self, tag: str, *, closes: bool) -> None:
        if closes:
            self._parts.append(tag if self._link else "")
            self._link = ""
        else:
            self._begin()
            self._parts.append(tag)
            self._link = tag

    def _part(self) -> None:
        """The border of a section: a paragraph ends, or a line within an item."""
        if self._items and self._filled:
            self._parts.append("<br>")
        self._close()
        self._filled = False

    def _inline(self, text: str) -> None:
        if text.strip():
            self._begin()
            self._filled = True
        self._parts.append(text)

    def _begin(self) -> None:
        if not (self._open or self._items):
            self._parts += ["<p>", self._link]
            self._open = True

    def _close(self) -> None:
        if self._open:
            self._parts += ["</a>" if self._link else "", "</p>"]
            self._open = False
