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

# Paragraphs, lists and links are all that Apple Podcasts shows; Spotify adds line breaks and headings, and apps that
# know no line break show a space. Headings and preformatted text are let through here to become paragraphs below.
_FEED = nh3.Cleaner(
    tags={"p", "ol", "ul", "li", "a", "br", "img", "pre"} | _HEADINGS,
    attributes={"a": {"href"}, "img": {"alt"}},
    url_schemes=_SCHEMES,
    url_relative="deny",
    link_rel=None,
)
_FEED_PARAGRAPH = re.compile(r"<(/?)(?:h[1-6]|pre)>")

# A page loads nothing from other hosts, and notes have no pictures of their own: an image is its description.
_PAGE = nh3.Cleaner(
    tags=_HEADINGS
    | {"p", "br", "hr", "ol", "ul", "li", "a", "img", "blockquote", "pre", "code", "strong", "em", "b", "i", "s"}
    | {"del", "sub", "sup", "kbd", "abbr", "table", "thead", "tbody", "tr", "th", "td"},
    attributes={"a": {"href", "hreflang"}, "img": {"alt"}, "ol": {"start"}, "abbr": {"title"}},
    url_schemes=_SCHEMES,
    url_relative="deny",
    link_rel="noopener",
)
_PAGE_HEADING = re.compile(r"<(/?)h([1-5])>")
_PAGE_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH

_TEXT = nh3.Cleaner(tags={"img"}, attributes={"img": {"alt"}})
_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|pre|blockquote|tr)>|<(?:br|hr) ?/?>")


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
    if "<h" in cleaned or "<pre" in cleaned:
        cleaned = _FEED_PARAGRAPH.sub(r"<\1p>", cleaned)
    return cleaned.strip()


@lru_cache(maxsize=1024)
def page_html(markdown: str) -> str:
    """Notes for the listen page: the formatting that CommonMark and its tables have, and no images.

    Headings move down one level, as the page's own title is its h1. Links get rel="noopener".
    """
    cleaned = _PAGE.clean(pyromark.html(printable(markdown), options=_PAGE_OPTIONS))
    return _PAGE_HEADING.sub(lambda tag: f"<{tag[1]}h{int(tag[2]) + 1}>", _describe_images(cleaned)).strip()


def plain_text(markdown: str) -> str:
    """Notes without any formatting, a line for each paragraph, list item and heading; links keep their text only."""
    lined = _BLOCK_END.sub(r"\g<0>" + "\n", pyromark.html(printable(markdown)))
    text = html.unescape(_describe_images(_TEXT.clean(lined)))
    lines = (" ".join(line.split()) for line in printable(text).splitlines())
    return "\n".join(line for line in lines if line)


def _describe_images(cleaned: str) -> str:
    """Cleaned HTML with each image replaced by its description."""
    if "<img" not in cleaned:
        return cleaned
    return _IMAGE.sub(lambda image: (image[1] or "").replace("<", "&lt;").replace(">", "&gt;"), cleaned)
