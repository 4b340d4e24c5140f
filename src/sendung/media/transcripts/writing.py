"""Write a transcript in every format that apps read. The same cues give the same bytes; no text can break a format."""

from __future__ import annotations

import html
import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sendung.core.model import Cue
from sendung.core.text import clean
from sendung.media.chapters import format_time
from sendung.media.transcripts.cues import is_timed

LINE = 65
"""Characters of a line of WebVTT (Apple; podcast-namespace, "Transcript File Format Details", WebVTT)."""
SRT_LINE, SRT_LINES = 32, 2
"""Characters and lines of an SRT card (podcast-namespace, "Transcript File Format Details", SRT)."""
PARAGRAPH = 600
"""Characters after which a monologue gets a new paragraph in HTML."""

_MARKUP = re.compile(r"<(?=[A-Za-z/!?])|\{(?=\\)")


UNREAD = "NOTE This was written by a machine"
_NOTE_BYTES = 1000


def render(cues: Sequence[Cue], language: str, title: str) -> dict[str, bytes]:
    """The transcript in every format that can hold it, by ending, best for apps first; without times only HTML can."""
    page = {".html": to_html(cues, language, title)}
    if not is_timed(cues):
        return page
    return {".vtt": to_vtt(cues), ".srt": to_srt(cues), ".json": to_json(cues)} | page


def unread_note(engine: str) -> str:
    """What stands at the beginning of a transcript that nobody has read (a comment: W3C WebVTT, section 4.2)."""
    return f"{UNREAD} ({engine}),\nand nobody has read it yet. Correct it, then remove these two lines."


def is_unread(data: bytes) -> bool:
    """Whether a transcript still has that note."""
    return UNREAD.encode() in data[:_NOTE_BYTES]


def to_vtt(cues: Sequence[Cue], note: str = "") -> bytes:
    """WebVTT (W3C WebVTT, section 4) with a voice span for the speaker of each cue and lines of up to 65 characters."""
    written = [f"{_vtt_time(cue.start_ms)} --> {_vtt_time(cue.end_ms)}\n{_vtt_text(cue)}\n" for cue in cues]
    return "\n".join(["WEBVTT\n", *([f"{note}\n"] if note else []), *written]).encode()


def to_srt(cues: Sequence[Cue]) -> bytes:
    """SRT in cards of two lines of 32 characters, the name where the speaker changes.

    The time of a cue that fills several cards is shared among them by the length of their texts.
    """
    cards: list[tuple[int, int, str]] = []
    speaker: str | None = None
    for cue in cues:
        label = f"{cue.speaker}: " if cue.speaker and cue.speaker != speaker else ""
        speaker = cue.speaker
        cards += _cards(cue, _srt_text(label + cue.text))
    written = [
        f"{number}\n{_srt_time(start)} --> {_srt_time(end)}\n{text}\n"
        for number, (start, end, text) in enumerate(cards, start=1)
    ]
    return "\n".join(written).encode()


def to_json(cues: Sequence[Cue]) -> bytes:
    """JSON 1.0.0 (podcast-namespace, "Transcript File Format Details", JSON); times in seconds."""
    document = {"version": "1.0.0", "segments": [_segment(cue) for cue in cues]}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def to_html(cues: Sequence[Cue], language: str, title: str) -> bytes:
    """An HTML page (podcast-namespace, "Transcript File Format Details", HTML): cite, time and p for each monologue."""
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{html.escape(language)}">',
        f'<head><meta charset="utf-8"><title>{html.escape(clean(title))}</title></head>',
        "<body>",
    ]
    for monologue in _monologues(cues):
        first = monologue[0]
        lines += [f"<cite>{html.escape(clean(first.speaker))}:</cite>"] if first.speaker else []
        if is_timed(cues):
            at = format_time(first.start_ms)
            lines.append(f'<time datetime="PT{first.start_ms // 1000}S">{at}</time>')
        lines.append(f"<p>{html.escape(clean(' '.join(cue.text for cue in monologue)), quote=False)}</p>")
    return "\n".join([*lines, "</body>", "</html>", ""]).encode()


def _vtt_text(cue: Cue) -> str:
    lines = "\n".join(html.escape(line, quote=False) for line in _wrap(clean(cue.text), LINE))
    return f"<v {html.escape(clean(cue.speaker), quote=False)}>{lines}</v>" if cue.speaker else lines


def _vtt_time(ms: int) -> str:
    return format_time(ms, milliseconds=True)


def _srt_time(ms: int) -> str:
    return format_time(ms, milliseconds=True).replace(".", ",")


def _srt_text(text: str) -> str:
    """SRT has no escapes: what a player would take for a time line or for markup is replaced by what looks like it."""
    shown = clean(text).replace("-->", "→")
    return _MARKUP.sub(lambda mark: "‹" if mark[0] == "<" else "(", shown)


def _cards(cue: Cue, text: str) -> Iterator[tuple[int, int, str]]:
    lines = _wrap(text, SRT_LINE)
    cards = ["\n".join(lines[index : index + SRT_LINES]) for index in range(0, len(lines), SRT_LINES)]
    duration, shown, whole = cue.end_ms - cue.start_ms, 0, sum(len(card) for card in cards)
    if duration < whole:
        cards, whole = ["\n".join(lines)], max(1, len("\n".join(lines)))
    for card in cards:
        start = cue.start_ms + duration * shown // whole
        shown += len(card)
        yield start, cue.start_ms + duration * shown // whole, card


def _wrap(text: str, width: int) -> list[str]:
    """Lines of up to `width` characters; a longer word (an address) stays whole on a line of its own."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _segment(cue: Cue) -> dict[str, Any]:
    speaker = {"speaker": cue.speaker} if cue.speaker else {}
    return speaker | {"startTime": cue.start_ms / 1000, "endTime": cue.end_ms / 1000, "body": cue.text}


def _monologues(cues: Sequence[Cue]) -> Iterator[list[Cue]]:
    """Cues of one speaker after another, cut into paragraphs."""
    for _, spoken in groupby(cues, key=lambda cue: cue.speaker):
        paragraph: list[Cue] = []
        for cue in spoken:
            paragraph.append(cue)
            if sum(len(part.text) for part in paragraph) > PARAGRAPH:
                yield paragraph
                paragraph = []
        if paragraph:
            yield paragraph
