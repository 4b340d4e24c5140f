"""Captions with few rules: YouTube's SBV, lyrics with times (LRC), SubStation Alpha (ASS), and tables (TSV, CSV)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from sendung.core.errors import Severity
from sendung.core.text import clean
from sendung.core.words import say
from sendung.media.chapters import parse_time
from sendung.media.tables import columns_of, rows_of
from sendung.media.transcripts.passages import Mistake, Parts, Passage, are_milliseconds, remark

_SBV = re.compile(r"\s*(\d+:\d{1,2}:\d{1,2}\.\d{1,3})\s*,\s*(\d+:\d{1,2}:\d{1,2}\.\d{1,3})\s*")
_LRC_LINE = re.compile(r"(?P<times>(?:\[\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?\]\s*)+)(?P<text>.*)")
_LRC_TIME = re.compile(r"\[(\d{1,3}:\d{1,2})(?:[.:](\d{1,3}))?\]")
_LRC_TAG = re.compile(r"\[(?P<name>[a-z#]+):(?P<value>[^\]]*)\]", re.IGNORECASE)
_LRC_WORD = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>")
_ASS_EVENT = re.compile(r"(?P<kind>Dialogue|Format)\s*:\s*(?P<fields>.*)")
_ASS_CODE = re.compile(r"\{[^{}]*\}")
_ASS_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
"""Of a dialogue line, where the file does not name them (ASS 4+, "Events")."""
_COLUMNS = {
    "start": ("start", "start time", "start_time", "starttime", "begin", "in", "from"),
    "end": ("end", "end time", "end_time", "endtime", "stop", "out", "to"),
    "text": ("text", "transcript", "content", "body", "caption"),
    "speaker": ("speaker", "speaker name", "name", "voice"),
}
_HINT = "Correct it, or export the transcript as WebVTT or SRT."


def is_sbv(text: str) -> bool:
    """Whether text begins with a line of times as SBV has them."""
    return _SBV.fullmatch(_first_line(text)) is not None


def read_sbv(text: str) -> Parts:
    """A line of two times, then the text; the next line of times begins the next (YouTube help, "SubViewer")."""
    lines = text.split("\n")
    heads = [(index, match) for index, line in enumerate(lines) if (match := _SBV.fullmatch(line))]
    ends = [*(index for index, _ in heads[1:]), len(lines)]
    for (head, match), end in zip(heads, ends, strict=True):
        yield _passage(head + 1, match[1], match[2], lines[head + 1 : end])


def is_lrc(text: str) -> bool:
    """Whether text begins with a tag of LRC, such as [ar:…]."""
    return _LRC_TAG.fullmatch(_first_line(text).strip()) is not None


def read_lrc(text: str) -> Parts:
    """Lines of [minutes:seconds.hundredths] and text; a line of no text ends the one before.

    A line with more than one time is said again. An offset (ms) is how much earlier all of it is.
    """
    offset, passages = 0, list[Passage]()
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        if match := _LRC_LINE.fullmatch(bare):
            words = clean(_LRC_WORD.sub(" ", match["text"]))
            for clock, fraction in _LRC_TIME.findall(match["times"]):
                passages.append(
                    Passage(number, parse_time(f"{clock}.{fraction or 0}"), None, (words,) if words else ())
                )
        elif tag := _LRC_TAG.fullmatch(bare):
            if tag["name"].lower() == "offset" and re.fullmatch(r"[+-]?\d+", tag["value"].strip()):
                offset = int(tag["value"])
        elif bare:
            yield Mistake(number, say('"{bare}" has no time.', bare=bare[:60]), _HINT)
    for passage in passages:
        start = max(0, passage.start_ms - offset)
        yield Passage(passage.line, start, None, passage.lines)


def is_ass(text: str) -> bool:
    """Whether text is a SubStation Alpha script."""
    return text.lstrip().lower().startswith("[script info]") or "\nDialogue:" in text


def read_ass(text: str) -> Parts:
    """Dialogue lines, with the speaker in their Name; positions and effects are not read, and drawings are not said."""
    fields: Sequence[str] = _ASS_FIELDS
    for number, line in enumerate(text.split("\n"), start=1):
        event = _ASS_EVENT.fullmatch(line.strip())
        if not event:
            continue
        if event["kind"] == "Format":
            named = [name.strip().lower() for name in event["fields"].split(",")]
            fields = named if "text" in named else fields
            continue
        values = dict(zip(fields, event["fields"].split(",", len(fields) - 1), strict=False))
        if re.search(r"\{[^{}]*\\p[1-9]", values.get("text", "")):
            yield remark(number, "A drawing is not said, and was left out.", severity=Severity.NOTE)
            continue
        spoken = re.split(r"\\[Nn]", _ASS_CODE.sub("", values.get("text", "")).replace("\\h", " "))
        speaker = clean(values.get("name", "")) or None
        yield _passage(number, values.get("start", ""), values.get("end", ""), spoken, speaker)


def is_table(text: str) -> bool:
    """Whether the first line names columns of times and text."""
    return {"start", "text"} <= _columns(_first_line(text)).keys()


def read_table(text: str) -> Parts:
    """Rows of start, end, text and perhaps speaker, as Whisper and editors write them (TSV, CSV)."""
    columns = _columns(_first_line(text))
    rows = [
        (number, {kind: cells[index] for kind, index in columns.items() if index < len(cells)})
        for number, cells in _cells(text, _first_line(text))
    ]
    spans = [(row.get("start", ""), row.get("end", ""), row.get("text", "")) for _, row in rows[1:]]
    whole = [(int(end) - int(start), len(words)) for start, end, words in spans if start.isdigit() and end.isdigit()]
    in_ms = bool(whole) and are_milliseconds(sum(length for length, _ in whole), sum(count for _, count in whole))
    for number, row in rows[1:]:
        speaker = clean(row.get("speaker", "")) or None
        times = [_seconds(row.get(kind, ""), in_ms=in_ms) for kind in ("start", "end")]
        yield _passage(number, times[0], times[1], [row.get("text", "")], speaker)


def _seconds(value: str, *, in_ms: bool) -> str:
    return str(int(value) / 1000) if in_ms and value.strip().isdigit() else value


def _columns(header: str) -> dict[str, int]:
    return columns_of(_cells(header, header), _COLUMNS)


def _cells(text: str, header: str) -> Iterator[tuple[int, list[str]]]:
    delimiter = next((c for c in "\t;," if c in header), ",")
    return rows_of(text, delimiter=delimiter, quoting=csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL)


def _first_line(text: str) -> str:
    return text.lstrip().split("\n", 1)[0]


def _passage(line: int, start: str, end: str, lines: Sequence[str], speaker: str | None = None) -> Passage | Mistake:
    """What a line says, its times as written."""
    try:
        start_ms, end_ms = parse_time(start), parse_time(end) if end.strip() else None
    except ValueError as error:
        return Mistake(line, str(error), _HINT)
    if end_ms is not None and end_ms < start_ms:
        return Mistake(
            line,
            say('The cue ends before it starts: "{start} {end}".', start=start, end=end),
            "Correct the times of this cue.",
        )
    words = tuple(line for line in map(clean, lines) if line)
    return Passage(line, start_ms, None if end_ms is None else max(end_ms, start_ms + 1), words, speaker)
