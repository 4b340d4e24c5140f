"""Read a transcript file in any format that tools write."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from sendung.core.errors import ConfigError, Place, Problem
from sendung.core.model import Cue
from sendung.core.text import clean, read_text
from sendung.media.chapters import format_time
from sendung.media.transcripts.cues import LocatedCue
from sendung.media.transcripts.labels import from_labels, split_label
from sendung.media.transcripts.vtt import ARROW, Block, Mistake, blocks, plain, voices

_Read = Iterable[LocatedCue | Mistake]

_START_KEY = re.compile(r'"start(?:Time)?"\s*:')
_LONGEST_MERGED = 120
"""Characters of a cue made of single words: about what is said in one breath, and two lines on a screen."""


def read(path: Path) -> tuple[Cue, ...]:
    """The cues of a transcript file; see `read_transcript`."""
    return tuple(located.cue for located in read_transcript(path))


def read_transcript(path: Path, data: bytes | None = None) -> tuple[LocatedCue, ...]:
    """The cues of a WebVTT, SRT, JSON (Podcasting 2.0 or Whisper) or plain text file, each with its line.

    The cues of plain text ("Name: what is said", a paragraph each) have no times: they last from 0 to 0. `data` are the
    file's bytes, where they were read already.
    Raises ConfigError with every mistake in the file: times that cannot be read, a cue that ends before it starts,
    cues out of order, text outside of cues, an encoding other than UTF-8, nothing said at all.
    """
    found = list(_reader_of(path, text := read_text(path, data))(text))
    located = [one for one in found if isinstance(one, LocatedCue)]
    mistakes = [one for one in found if isinstance(one, Mistake)] + _out_of_order(located)
    if mistakes:
        in_order = sorted(mistakes, key=lambda mistake: mistake.line)
        raise ConfigError.of(Problem(m.message, m.hint, Place(path, m.line)) for m in in_order)
    if not located:
        raise ConfigError(f"{path.name} has no text in it.", "Export it again, or do not name it.", Place(path))
    return tuple(located)


def _reader_of(path: Path, text: str) -> Callable[[str], _Read]:
    start = text.lstrip()
    if start.startswith("WEBVTT"):
        return _vtt
    if path.suffix.lower() == ".vtt":
        return _vtt_without_header
    if start.startswith(("{", "[{")) or path.suffix.lower() == ".json":
        return _json
    return _srt if ARROW in text or path.suffix.lower() == ".srt" else _plain_text


def _vtt_without_header(text: str) -> _Read:
    yield Mistake(1, "A WebVTT file must begin with the line WEBVTT.", "Write WEBVTT and an empty line above the rest.")
    yield from (found for found in blocks(text) if isinstance(found, Mistake))


def _vtt(text: str) -> _Read:
    found: list[LocatedCue | Mistake] = []
    for one in blocks(text):
        found += [one] if isinstance(one, Mistake) else [_cue(one, who, said) for who, said in voices(one.text)]
    named = any(isinstance(one, LocatedCue) and one.cue.speaker for one in found)
    return found if named else _labelled(found)


def _srt(text: str) -> _Read:
    return _labelled([_cue(one, None, plain(one.text)) if isinstance(one, Block) else one for one in blocks(text)])


def _plain_text(text: str) -> Iterator[LocatedCue]:
    speaker: str | None = None
    said: list[str] = []
    line_of_first = 0
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        label = split_label(clean(line))
        if said and (label or not line.strip()):
            yield _untimed(line_of_first, speaker, said)
            said = []
        speaker, rest = label or (speaker, clean(line))
        if rest:
            line_of_first = line_of_first if said else number
            said.append(rest)


def _untimed(line: int, speaker: str | None, said: Sequence[str]) -> LocatedCue:
    return LocatedCue(Cue(start_ms=0, end_ms=0, text=" ".join(said), speaker=speaker), line)


def _cue(block: Block, speaker: str | None, text: str) -> LocatedCue:
    return LocatedCue(Cue(start_ms=block.start_ms, end_ms=block.end_ms, text=text, speaker=speaker), block.line)


def _labelled(found: Sequence[LocatedCue | Mistake]) -> list[LocatedCue | Mistake]:
    """What was found, its labels turned into speakers and cues without text left out."""
    located = [one for one in found if isinstance(one, LocatedCue) and one.cue.text]
    cues = from_labels([one.cue for one in located])
    mistakes = [one for one in found if isinstance(one, Mistake)]
    return [*(LocatedCue(cue, one.line) for cue, one in zip(cues, located, strict=True)), *mistakes]


def _json(text: str) -> _Read:
    """podcast-namespace, "Transcript File Format Details", JSON 1.0.0; Whisper's start, end and text are read too."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        return [Mistake(line, "This is not right JSON.", "Export the transcript again.")]
    segments = document.get("segments") if isinstance(document, dict) else document
    if not isinstance(segments, list):
        return [Mistake(1, "There are no segments in it.", "Export it as Podcasting 2.0 JSON, WebVTT or SRT.")]
    lines = _lines_of(text, len(segments))
    found = [_segment(segments, index, lines[index]) for index in range(len(segments))]
    located = [one for one in found if isinstance(one, LocatedCue) and one.cue.text]
    return [*_merge_words(located), *(one for one in found if isinstance(one, Mistake))]


def _lines_of(text: str, count: int) -> list[int]:
    """The line of each segment's start; all 0 where the file has such keys elsewhere, too (in words, for example)."""
    starts = [0, *(match.start() for match in _START_KEY.finditer(text))]
    lines = list(accumulate((text.count("\n", *span) for span in pairwise(starts)), initial=1))[1:]
    return lines if len(lines) == count else [0] * count


def _segment(segments: Sequence[Any], index: int, line: int) -> LocatedCue | Mistake:
    segment = segments[index] if isinstance(segments[index], dict) else {}
    start = _milliseconds(segment, "startTime", "start")
    if start is None:
        return Mistake(line, f"Segment {index + 1} has no startTime in seconds.", "Export the transcript again.")
    following = segments[index + 1] if index + 1 < len(segments) and isinstance(segments[index + 1], dict) else {}
    end = _milliseconds(segment, "endTime", "end")
    if end is None:
        end = max(start, _milliseconds(following, "startTime", "start") or 0)
    if end < start:
        return Mistake(line, f"Segment {index + 1} ends before it starts.", "Correct its times.")
    speaker = clean(str(segment.get("speaker") or "")) or None
    text = clean(str(segment.get("body", segment.get("text")) or ""))
    return LocatedCue(Cue(start_ms=start, end_ms=max(end, start + 1), text=text, speaker=speaker), line)


def _milliseconds(segment: dict[str, Any], *keys: str) -> int | None:
    value = next((segment[key] for key in keys if key in segment), None)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return round(value * 1000)


def _merge_words(located: Sequence[LocatedCue]) -> list[LocatedCue]:
    """Single words joined to what one speaker says in one breath; a transcript of longer segments is left alone."""
    if sum(" " in one.cue.text for one in located) * 10 > len(located):
        return list(located)
    merged: list[LocatedCue] = []
    for one in located:
        last = merged[-1].cue if merged else None
        if last and _goes_on(last, one.cue):
            whole = last.model_copy(update={"end_ms": one.cue.end_ms, "text": f"{last.text} {one.cue.text}"})
            merged[-1] = LocatedCue(whole, merged[-1].line)
        else:
            merged.append(one)
    return merged


def _goes_on(last: Cue, cue: Cue) -> bool:
    same = last.speaker == cue.speaker and len(last.text) + len(cue.text) < _LONGEST_MERGED
    return same and cue.start_ms - last.end_ms < 2000 and not last.text.endswith((".", "!", "?", "…"))


def _out_of_order(located: Sequence[LocatedCue]) -> list[Mistake]:
    return [
        Mistake(
            second.line,
            f"The cue starts at {format_time(second.cue.start_ms, milliseconds=True)}, before the one above it "
            f"({format_time(first.cue.start_ms, milliseconds=True)}).",
            "Put the cues into the order of their times.",
        )
        for first, second in pairwise(located)
        if second.cue.start_ms < first.cue.start_ms
    ]
