"""Texts of feeds: HTML, text that looks like HTML, HTML that was escaped twice. Out comes Markdown or plain text."""

from __future__ import annotations

import html
import re

import html2text

from sendung.core.text import clean
from sendung.media.notes import feed_html, plain_text, printable
from sendung.workflows.importer.urls import absolute

_TAG = (
    r"(?:p|br|a|ul|ol|li|div|strong|em|b|i|u|s|h[1-6]|span|img|blockquote|pre|code|hr|table|tr|t[dh]|section|article|figure|"
    r"figcaption|d[ltd]|sup|sub|small|del|font|center|iframe)"
)
_HTML = re.compile(rf"</?{_TAG}(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ESCAPED_HTML = re.compile(rf"&lt;/?{_TAG}(?:\s|/?&gt;)", re.IGNORECASE)
_BLOCK = re.compile(r"<(?:p|div|ul|ol|h[1-6]|blockquote|table|section)\b", re.IGNORECASE)
_DROPPED = re.compile(r"<(script|style|iframe|object|template|head)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S)
_MASKED_SECTION = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
"""A section that was masked, with what is in it, as if it were text."""
_REFERENCE = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
_BARE_AMPERSAND = re.compile(rf"&(?!{_REFERENCE.pattern[1:]})")
_HREF = re.compile(r"""(<a\s[^<>]*?\bhref\s*=\s*)(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", re.IGNORECASE)
_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[!#-;=?-~]*)?")
"""What is an address as it stands, without credentials: most are."""
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_LINE_TAG = re.compile(r"</?(?:p|li|ul|ol|br)\b[^>]*>")
_NESTS = re.compile(r"<(?:ul|ol|blockquote)\b", re.IGNORECASE)
_LONGEST_CONVERTED, _MOST_NESTED = 100_000, 200
"""Characters, and lists: what is longer stays HTML, for html2text takes the square of it."""
_MARKUP_OF_SUMMARY = 60_000
"""Characters of a text that its summary is first looked for in."""
_ANY_TAG = re.compile(r"<[^<>]*>")
_LONGEST_SUMMARY = 4000
"""Bytes (Apple Podcasts, description)."""


def line(text: str) -> str:
    """A title or a name: one line; what was escaped twice (WordPress writes &#038;) is put right."""
    return clean(printable(unescaped(text)))


def unescaped(text: str) -> str:
    """References as their characters; only those that end in ";", for "?a=1&copy=2" is an address and no ©."""
    return _REFERENCE.sub(lambda reference: html.unescape(reference[0]), text)


def markup(text: str, base: str = "") -> str:
    """Any text of a feed as HTML without blank lines that starts with a block, so that Markdown takes it as it is.

    Plain text becomes paragraphs and line breaks. Links are made absolute by `base`, as far as it is one.
    """
    text = printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not _HTML.search(text) and _ESCAPED_HTML.search(text):
        text = unescaped(text)
    text = _MASKED_SECTION.sub(r"\1", text)
    if not _HTML.search(text):
        # Hosts that write plain text into an element for HTML escape "&" there, or they do not.
        paragraphs = re.split(r"\n[ \t]*\n", unescaped(text))
        text = "\n".join(
            "<p>" + html.escape(paragraph.strip(), quote=False).replace("\n", "<br>\n") + "</p>"
            for paragraph in paragraphs
            if paragraph.strip()
        )
    text = _BARE_AMPERSAND.sub("&amp;", _DROPPED.sub("", text))
    text = _HREF.sub(lambda link: _absolute_link(link, base), text)
    lines = (part.strip() for part in text.split("\n"))
    text = "\n".join(part for part in lines if part)
    return text if not text or _BLOCK.match(text) else f"<div>{text}</div>"


def relative_links(text: str) -> list[str]:
    """The targets of links that lead nowhere without the address of the feed."""
    links = (link[2] or link[3] or link[4] or "" for link in _HREF.finditer(text))
    return [link for link in links if link.strip() and not _SCHEME.match(link.strip()) and not link.startswith("#")]


def markdown(text: str, base: str = "") -> str:
    """Any text of a feed as Markdown, where that says exactly the same in a feed; else as HTML within Markdown."""
    source = markup(text, base)
    if len(source) > _LONGEST_CONVERTED or len(_NESTS.findall(source)) > _MOST_NESTED:
        return source
    meant = _essence(source)
    # Escaping all that might be Markdown is hard to read, so it is done only where something is.
    written = (_written(source, escape=escape) for escape in (False, True))
    return next((text for text in written if _essence(text) == meant), source)


class _MarkdownWriter(html2text.HTML2Text):
    """html2text without its blank between what is bold and a comma, which no app showed, and without counting lines."""

    def updatepos(self, _start: int, end: int) -> int:
        return end

    def handle_data(self, data: str, entity_char: bool = False) -> None:
        if not data[:1].isalnum():
            self.preceding_stressed = False
        super().handle_data(data, entity_char)


def _written(source: str, *, escape: bool) -> str:
    writer = _MarkdownWriter(bodywidth=0)
    writer.images_to_alt = True
    writer.escape_snob = escape
    writer.unicode_snob = True
    return re.sub(r"(?m)^[ \t]+$|(?<=\S) $", "", writer.handle(source)).strip()


def plain(text: str) -> str:
    """Any text of a feed without markup, paragraphs on lines of their own."""
    return plain_text(markup(text))


def summary(text: str) -> str:
    """Any text of a feed as one paragraph of at most 4000 bytes, cut between words."""
    words = " ".join(plain(_beginning(text)).split())
    if len(words.encode()) < _LONGEST_SUMMARY and len(text) > _MARKUP_OF_SUMMARY:
        words = " ".join(plain(text).split())
    data = words.encode()
    if len(data) <= _LONGEST_SUMMARY:
        return words
    cut = data[: _LONGEST_SUMMARY - 4].decode(errors="ignore")
    return (cut.rpartition(" ")[0] or cut) + " …"


def length(text: str) -> int:
    """About how many characters a text of a feed shows, links counted with their targets."""
    return len(" ".join(_ANY_TAG.sub(" ", text).split())) + sum(len(link[0]) for link in _HREF.finditer(text))


def _beginning(text: str) -> str:
    """What is enough of a long text for its summary, without half a tag at its end."""
    if len(text) <= _MARKUP_OF_SUMMARY:
        return text
    cut = text[:_MARKUP_OF_SUMMARY]
    return cut[: cut.rfind("<")] if cut.rfind("<") > cut.rfind(">") else cut


def _essence(text: str) -> list[str]:
    """What an app shows of notes: lines with their links."""
    lines = _LINE_TAG.sub("\n", " ".join(feed_html(text).split())).split("\n")
    return [" ".join(html.unescape(part).split()) for part in lines if part.strip()]


def _absolute_link(link: re.Match[str], base: str) -> str:
    target = html.unescape(link[2] or link[3] or link[4] or "").strip()
    if _SCHEME.match(target) and not target.lower().startswith(("http:", "https:")):
        return link[0]
    address = target if _PLAIN_ADDRESS.fullmatch(target) else absolute(base, target)
    return f'{link[1]}"{html.escape(address)}"' if address else link[0]
