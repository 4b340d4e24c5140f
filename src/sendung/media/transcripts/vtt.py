"""WebVTT and SubRip: cues with a line of two times, and the text said between them.

Rules: W3C WebVTT, sections 4 (syntax) and 6 (parsing). SRT has no standard; it is read as players read it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from sendung.core.text import clean
from sendung.core.words import say
from sendung.media.transcripts.passages import Mistake, Parts, Passage

ARROW = "-->"

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?", re.ASCII)
_SECONDS = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_SRT_TIMES = re.compile(rf"\s*{_SECONDS}\s*-->\s*{_SECONDS}(?:\s.*)?", re.ASCII)
"""Players also read times to the second."""
_ABOUT_A_TIME = re.compile(r"\d*:\d+|\d+:\d*")
_COMMENT = re.compile(r"(?:NOTE(?:\s.*)?|STYLE\s*|REGION\s*|X-TIMESTAMP-MAP=.*)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s([^<>]*))?>|(</v>)", re.IGNORECASE)
_VTT_TAG = re.compile(r"</?(?:c|i|b|u|v|ruby|rt|lang)(?:[.\s][^<>]*)?>|<[\d:.]+>", re.IGNORECASE)
_SRT_TAG = re.compile(r"</?(?:i|b|u|s|font)(?:\s[^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)
_NO_CUE = "Remove the empty line before it, or write the line of times above it."
_TIMES_HINT = "Write them as 00:01:02.500 --> 00:01:05.000."


def read_vtt(text: str) -> Parts:
    """The passages of a WebVTT file, each of one voice where it names them."""
    for first, lines in _paragraphs(text):
        if first == 1 and lines[0].startswith("WEBVTT"):
            # Section 6.1: the header ends at an empty line, and at a line with an arrow.
            skipped = next((index for index, line in enumerate(lines) if ARROW in line), len(lines))
            yield from _cues(first + skipped, lines[skipped:])
        elif not _COMMENT.fullmatch(lines[0]):
            yield from _cues(first, lines)


def read_srt(text: str) -> Parts:
    """The passages of a SubRip file; an empty line within a cue ends nothing, since only times begin the next."""
    lines = text.split("\n")
    heads = [index for index, line in enumerate(lines) if ARROW in line]
    before = [index for index, line in enumerate(lines[: heads[0] if heads else None]) if line.strip()]
    numbered = bool(heads) and len(before) == 1 and lines[before[0]].strip().isdigit()
    if before and not numbered:
        yield Mistake(before[0] + 1, say('"{short}" belongs to no cue.', short=_short(lines[before[0]])), _NO_CUE)
    for head, following in pairwise([*heads, len(lines)]):
        end = following
        while end > head + 1 and not lines[end - 1].strip():
            end -= 1
        if numbered and following < len(lines) and end > head + 1 and lines[end - 1].strip().isdigit():
            end -= 1
        yield from _lost(lines, head, end)
        body = lines[head + 1 : end]
        if _VOICE.search("\n".join(body)):
            yield from _spoken(head + 1, lines[head], body)
        else:
            yield _passage(head + 1, lines[head], [clean(_SRT_TAG.sub("", line)) for line in body], times_of=_SRT_TIMES)


def _lost(lines: Sequence[str], head: int, end: int) -> Iterator[Mistake]:
    """Cues whose line of times is broken: behind an empty line a number, and then something like a time."""
    for index in range(head + 2, end - 1):
        numbered = not lines[index - 1].strip() and lines[index].strip().isdigit()
        if numbered and _ABOUT_A_TIME.search(lines[index + 1]):
            yield Mistake(
                index + 2, say('"{short}" are no times of a cue.', short=_short(lines[index + 1])), _TIMES_HINT
            )


def _paragraphs(text: str) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that are not empty, each with the number of its first line; a blank is a line's text (section 4).

    But no blanks stand before the first text of a run.
    """
    lines: list[str] = []
    number = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line and (lines or line.strip()):
            lines.append(line)
        elif lines:
            yield number - len(lines), lines
            lines = []
    if lines:
        yield number - len(lines) + 1, lines


def _cues(first: int, lines: list[str]) -> Parts:
    """The cues of one paragraph: more than one where the empty line between them is missing, or has a blank."""
    heads = [index for index, line in enumerate(lines) if ARROW in line]
    if lines and (not heads or heads[0] > 1):
        yield Mistake(first, say('"{short}" belongs to no cue.', short=_short(lines[0])), _NO_CUE)
    for head, following in pairwise([*heads, len(lines)]):
        body = lines[head + 1 : following]
        if following < len(lines) and body and _is_identifier(body):
            body.pop()
        yield from _spoken(first + head, lines[head], body)


def _is_identifier(body: Sequence[str]) -> bool:
    return body[-1].strip().isdigit() or (len(body) > 1 and bool(body[-1].strip()) and not body[-2].strip())


def _spoken(number: int, times: str, body: Sequence[str]) -> Parts:
    """A cue as a passage for each voice in it (W3C WebVTT, 4.2.2 and 6.4)."""
    for speaker, lines in _voices("\n".join(body)):
        yield _passage(number, times, lines, speaker)


def _voices(text: str) -> Iterator[tuple[str | None, list[str]]]:
    parts: list[tuple[str | None, str]] = []
    speaker, position = None, 0
    for tag in _VOICE.finditer(text):
        parts.append((speaker, text[position : tag.start()]))
        speaker = clean(html.unescape(tag[1] or "")) or None
        position = tag.end()
    parts.append((speaker, text[position:]))
    plain = [(voice, _plain_lines(_VTT_TAG.sub("", words).split("\n"))) for voice, words in parts]
    spoken = [(voice, lines) for voice, lines in plain if lines]
    yield from spoken or [(None, [])]


def _plain_lines(lines: Iterable[str]) -> list[str]:
    return [line for line in (clean(html.unescape(line)) for line in lines) if line]


def _passage(
    number: int, times: str, lines: Sequence[str], speaker: str | None = None, times_of: re.Pattern[str] = _TIMES
) -> Passage | Mistake:
    match = times_of.fullmatch(times)
    if match is None:
        return Mistake(number, say('"{short}" are no times of a cue.', short=_short(times)), _TIMES_HINT)
    start, end = _ms(match.groups()[:4]), _ms(match.groups()[4:])
    if end < start:
        return Mistake(
            number,
            say('The cue ends before it starts: "{short}".', short=_short(times)),
            "Correct the times of this cue.",
        )
    return Passage(number, start, max(end, start + 1), tuple(line for line in lines if line), speaker)


def _ms(fields: tuple[str | None, ...]) -> int:
    hours, minutes, seconds = (int(field or 0) for field in fields[:3])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((fields[3] or "0").ljust(3, "0"))


def _short(line: str) -> str:
    return line.strip() if len(line) < 60 else line.strip()[:57] + "…"
