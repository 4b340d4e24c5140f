"""What WebVTT and SRT share: blocks of lines, each with a line of two times and the text said between them.

Rules: W3C WebVTT, sections 4 (syntax) and 6 (parsing). SRT has no standard; it is read as players read it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sendung.core.text import clean

ARROW = "-->"

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?", re.ASCII)
_COMMENT = re.compile(r"(?:NOTE(?:\s.*)?|STYLE\s*|REGION\s*|X-TIMESTAMP-MAP=.*)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s([^<>]*))?>|(</v>)", re.IGNORECASE)
_VTT_TAG = re.compile(r"</?(?:c|i|b|u|v|ruby|rt|lang)(?:[.\s][^<>]*)?>|<[\d:.]+>", re.IGNORECASE)
_SRT_TAG = re.compile(r"</?(?:i|b|u|s|font)(?:\s[^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """One cue as written: its times in milliseconds, the lines of its text, the number of its line of times."""

    line: int
    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True)
class Mistake:
    """A line that cannot be read: its number, a sentence, what to do."""

    line: int
    message: str
    hint: str


def blocks(text: str) -> Iterator[Block | Mistake]:
    """Every cue, and every mistake, of a WebVTT or SRT file, in the order of the file."""
    for first, lines in _paragraphs(text):
        if (first == 1 and lines[0].startswith("WEBVTT")) or _COMMENT.fullmatch(lines[0]):
            continue
        yield from _cues(first, lines)


def voices(text: str) -> list[tuple[str | None, str]]:
    """The speakers of a WebVTT cue text and what each says, without tags and escapes (W3C WebVTT, 4.2.2 and 6.4)."""
    parts: list[tuple[str | None, str]] = []
    speaker, position = None, 0
    for tag in _VOICE.finditer(text):
        parts.append((speaker, text[position : tag.start()]))
        speaker = clean(html.unescape(tag[1] or "")) or None
        position = tag.end()
    parts.append((speaker, text[position:]))
    said = [(who, clean(html.unescape(_VTT_TAG.sub("", what)))) for who, what in parts]
    return [(who, what) for who, what in said if what]


def plain(text: str) -> str:
    """An SRT cue text without the markup that players know."""
    return clean(_SRT_TAG.sub("", text))


def _paragraphs(text: str) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that are not empty, each with the number of its first line."""
    lines: list[str] = []
    number = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            lines.append(line)
        elif lines:
            yield number - len(lines), lines
            lines = []
    if lines:
        yield number - len(lines) + 1, lines


def _cues(first: int, lines: list[str]) -> Iterator[Block | Mistake]:
    """The cues of one paragraph: more than one where the empty line between them is missing."""
    heads = [index for index, line in enumerate(lines) if ARROW in line]
    if not heads or heads[0] > 1:
        hint = "Remove the empty line before it, or write the line of times above it."
        yield Mistake(first, f'"{_short(lines[0])}" belongs to no cue.', hint)
    for head, following in pairwise([*heads, len(lines)]):
        body = lines[head + 1 : following]
        if following < len(lines) and body and body[-1].strip().isdigit():
            body.pop()
        yield _block(first + head, lines[head], "\n".join(body))


def _block(number: int, times: str, text: str) -> Block | Mistake:
    match = _TIMES.fullmatch(times)
    if match is None:
        return Mistake(number, f'"{_short(times)}" are no times of a cue.', _HINT)
    start, end = _ms(match.groups()[:4]), _ms(match.groups()[4:])
    if end < start:
        return Mistake(number, f'The cue ends before it starts: "{_short(times)}".', "Correct the times of this cue.")
    return Block(number, start, max(end, start + 1), text)


_HINT = "Write them as 00:01:02.500 --> 00:01:05.000."


def _ms(fields: tuple[str | None, ...]) -> int:
    hours, minutes, seconds = (int(field or 0) for field in fields[:3])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((fields[3] or "0").ljust(3, "0"))


def _short(line: str) -> str:
    return line.strip() if len(line) < 60 else line.strip()[:57] + "…"
