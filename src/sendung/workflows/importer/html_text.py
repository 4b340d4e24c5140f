"""Texts of feeds: HTML, text that looks like HTML, HTML that was escaped twice. Out comes Markdown or plain text."""

from __future__ import annotations

import html
import re

import html2text

from sendung.core.text import clean
from sendung.media.notes import feed_html, plain_text, printable

_TAG = r"(?:p|br|a|ul|ol|li|div|strong|em|b|i|u|h[1-6]|span|img|blockquote|pre|code|hr|table|section|figure)"
_HTML = re.compile(rf"</?{_TAG}(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ESCAPED_HTML = re.compile(rf"&lt;/?{_TAG}(?:\s|/?&gt;)", re.IGNORECASE)
_BLOCK = re.compile(r"<(?:p|div|ul|ol|h[1-6]|blockquote|table|section)\b", re.IGNORECASE)
_DROPPED = re.compile(r"<(script|style|iframe|object|template|head)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S)
_LINE_TAG = re.compile(r"</?(?:p|li|ul|ol|br)\b[^>]*>")
_NESTS = re.compile(r"<(?:ul|ol|blockquote)\b", re.IGNORECASE)
_LONGEST_CONVERTED, _MOST_NESTED = 100_000, 200
"""Characters, and lists: what is longer stays HTML, for html2text takes the square of it."""
_LONGEST_SUMMARY = 4000
"""Bytes (Apple Podcasts, description)."""


def line(text: str) -> str:
    """A title or a name: one line; what was escaped twice (WordPress writes &#038;) is put right."""
    return clean(printable(html.unescape(text)))


def markup(text: str) -> str:
    """Any text of a feed as HTML without blank lines that starts with a block, so that Markdown takes it as it is.

    Plain text becomes paragraphs and line breaks.
    """
    text = printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not _HTML.search(text) and _ESCAPED_HTML.search(text):
        text = html.unescape(text)
    if not _HTML.search(text):
        # Hosts that write plain text into an element for HTML escape "&" there, or they do not.
        paragraphs = re.split(r"\n[ \t]*\n", html.unescape(text))
        text = "\n".join(
            "<p>" + html.escape(paragraph.strip(), quote=False).replace("\n", "<br>\n") + "</p>"
            for paragraph in paragraphs
            if paragraph.strip()
        )
    text = _DROPPED.sub("", text)
    lines = (one.strip() for one in text.split("\n"))
    text = "\n".join(one for one in lines if one)
    return text if not text or _BLOCK.match(text) else f"<div>{text}</div>"


def markdown(text: str) -> str:
    """Any text of a feed as Markdown, where that says exactly the same in a feed; else as HTML within Markdown."""
    source = markup(text)
    if len(source) > _LONGEST_CONVERTED or len(_NESTS.findall(source)) > _MOST_NESTED:
        return source
    meant = _essence(source)
    # Escaping all that might be Markdown is hard to read, so it is done only where something is.
    written = (_written(source, escape=escape) for escape in (False, True))
    return next((one for one in written if _essence(one) == meant), source)


def _written(source: str, *, escape: bool) -> str:
    writer = html2text.HTML2Text(bodywidth=0)
    writer.images_to_alt = True
    writer.escape_snob = escape
    writer.unicode_snob = True
    return re.sub(r"(?m)^[ \t]+$|(?<=\S) $", "", writer.handle(source)).strip()


def plain(text: str) -> str:
    """Any text of a feed without markup, paragraphs on lines of their own."""
    return plain_text(markup(text))


def summary(text: str) -> str:
    """Any text of a feed as one paragraph of at most 4000 bytes, cut between words."""
    said = " ".join(plain(text).split())
    data = said.encode()
    if len(data) <= _LONGEST_SUMMARY:
        return said
    cut = data[: _LONGEST_SUMMARY - 4].decode(errors="ignore")
    return (cut.rpartition(" ")[0] or cut) + " …"


def _essence(text: str) -> list[str]:
    """What an app shows of notes: lines with their links."""
    lines = _LINE_TAG.sub("\n", " ".join(feed_html(text).split())).split("\n")
    return [" ".join(html.unescape(one).split()) for one in lines if one.strip()]
