"""Bytes of a feed -> text, by the labels of the WHATWG encoding standard: as browsers read them, and most apps."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import webencodings

from sendung.core.errors import RulesError
from sendung.core.words import join, say

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BARE_UTF16 = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""XML 1.0, appendix F: without a byte order mark the first character tells."""
_DECLARATION = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([^"'>]*)["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s"';]+)""", re.IGNORECASE)
_BLANKS = b" \t\r\n"
_OTHER_SCRIPT = re.compile(rb"[\xc0-\xff]{4}")
"""Four of windows-1252's accented letters in a row are no word: the text is in another script."""


@dataclass(frozen=True)
class Decoded:
    """The text of a feed."""

    text: str
    """From its first character that is no white space."""
    blank_lines: int
    """How many line ends stood before it."""
    blank_before: bool
    remark: str = ""
    """What had to be assumed; a sentence. Empty if the feed is in the encoding that it says."""


def charset_of(content_type: str) -> str:
    """The charset of a Content-Type header; empty if it names none."""
    label = _CHARSET.search(content_type)
    return label[1] if label else ""


def decode(data: bytes, charset: str, *, forgiving: bool) -> Decoded:
    """The text of a feed; `charset` is what the Content-Type of its answer says.

    A byte order mark counts before the Content-Type, that before the XML declaration (RFC 7303, section 3). Raises
    RulesError if the bytes are in no encoding that is named, unless `forgiving`: then they are read as far as they can.
    """
    body, marked = data.lstrip(_BLANKS), ""
    for mark, name in _MARKS:
        if not marked and body.startswith(mark):
            body, marked = body[len(mark) :], name
    if marked in ("", "utf-8"):
        body = body.lstrip(_BLANKS)
    blank = data[: len(data) - len(body)]
    text, remark = _decode(body, marked or _BARE_UTF16.get(body[:2], ""), charset, forgiving=forgiving)
    kept = text.lstrip("\ufeff \t\r\n")
    before = len(blank.strip(b"\xef\xbb\xbf\xff\xfe")) > 0 or len(kept) < len(text)
    return Decoded(kept, blank.count(b"\n") + text[: len(text) - len(kept)].count("\n"), before, remark)


def _decode(body: bytes, marked: str, charset: str, *, forgiving: bool) -> tuple[str, str]:
    if marked:
        return body.decode(marked, "replace"), ""
    declared = _DECLARATION.match(body)
    labels = [label for label in (charset, declared[1].decode("ascii", "replace") if declared else "") if label]
    for codec in _codecs(body, labels):
        try:
            return body.decode(codec), _remark(labels, codec)
        except UnicodeDecodeError:
            continue
    unknown = next((label for label in labels if _codec(label) is None), "")
    if unknown and not forgiving and _decodes(body, "utf-8"):
        raise RulesError(
            say("The encoding “{unknown}” is unknown.", unknown=unknown[:40]), "Save the feed as UTF-8, and say so."
        )
    if _decodes(body, "utf-8"):
        return body.decode(), say(
            "The encoding “{unknown}” is unknown; the feed was read as UTF-8.", unknown=unknown[:40]
        )
    return _mended(body, labels, forgiving=forgiving)


def _codecs(body: bytes, labels: Sequence[str]) -> Iterator[str]:
    """What to try: UTF-8 where anybody says so or nobody says anything, then each label's.

    What is UTF-8 is hardly ever anything with one byte a character, whatever the label says. What says in letters of
    one byte that it is UTF-16 is UTF-8 (as HTML has it: "prescan a byte stream to determine its encoding").
    """
    codecs_named = (codec for label in labels if (codec := _codec(label)))
    names = ["utf-8" if codec.startswith("utf-16") else codec for codec in codecs_named]
    single = all(name.startswith(("cp12", "iso8859")) for name in names)
    if "utf-8" in names or not labels or (names and single and not body.isascii()):
        yield "utf-8"
    yield from names


def _codec(label: str) -> str | None:
    """The codec that a label means in the encoding standard: latin1 is windows-1252, gb2312 is gb18030."""
    encoding = webencodings.lookup(label) or webencodings.lookup(re.sub(r"[^a-z0-9]", "", label.lower()))
    if encoding is None:
        return None
    name = str(encoding.codec_info.name)
    return "gb18030" if name == "gbk" else name


def _decodes(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _remark(labels: Sequence[str], codec: str) -> str:
    if {_codec(label) for label in labels} <= {codec}:
        return ""
    return say(
        "The feed says that it is in {fromkeys}; it was read as {codec}.",
        fromkeys=join(" and in ", dict.fromkeys(labels)),
        codec=codec,
    )


def _mended(body: bytes, labels: Sequence[str], *, forgiving: bool) -> tuple[str, str]:
    """Bytes that are in none of the encodings that are named. Raises RulesError."""
    line, label = _first_bad_line(body), labels[0] if labels else "UTF-8"
    damaged = _codec(label) != "utf-8" or _is_damaged(body.decode("utf-8", "replace"))
    if not forgiving or not (damaged or not _OTHER_SCRIPT.search(body)):
        fault = "says that it is in" if labels else "does not say its encoding, so it must be in"
        hint = "Save the feed as UTF-8, or name its encoding in its first line; a feed so mended can be imported."
        raise RulesError(
            say("Line {line}: the feed {fault} {label}, but it is not.", line=line, fault=fault, label=label), hint
        )
    if not damaged:
        return body.decode("cp1252", "replace"), say(
            "Line {line}: this is no {label}; the feed was read as windows-1252.", line=line, label=label
        )
    text = body.decode(_codec(label) or "utf-8", "replace")
    return text, say(
        "Line {line}: bytes that are no {label} became “�”, {count} in all.",
        line=line,
        label=label,
        count=text.count(chr(65533)),
    )


def _is_damaged(text: str) -> bool:
    """Whether it is UTF-8 but for some bytes: most characters beyond ASCII could be read."""
    return sum(character != "\ufffd" for character in text if not character.isascii()) > text.count("\ufffd")


def _first_bad_line(body: bytes) -> int:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return body.count(b"\n", 0, error.start) + 1
    return 1
