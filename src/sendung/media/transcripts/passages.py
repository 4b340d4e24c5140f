"""A transcript as its file has it, before it becomes cues: passages, and what is wrong or odd about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sendung.core.errors import Severity
from sendung.core.words import say
from sendung.media.chapters import format_time

_MS_A_CHARACTER = 60
"""How long a passage without an end lasts, by its text: about as fast as people speak."""
_SHORTEST_MS = 1000


@dataclass(frozen=True)
class Passage:
    """What is said at a time: the lines of its text, clean, and who speaks, where the format has a place for that."""

    line: int
    """Of the file, from 1; 0 where that is not known."""
    start_ms: int
    end_ms: int | None
    """None where the file does not say."""
    lines: tuple[str, ...]
    speaker: str | None = None
    open_end: bool = False
    """Whether `end_ms` was concluded, not read."""

    @property
    def text(self) -> str:
        """Its lines as one."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class Mistake:
    """What a host should know about a line: its number, a sentence, what to do."""

    line: int
    message: str
    hint: str
    severity: Severity = Severity.ERROR


Parts = Iterable[Passage | Mistake]


def remark(line: int, message: str, hint: str = "", severity: Severity = Severity.WARNING) -> Mistake:
    """What was dropped, changed or guessed."""
    return Mistake(line, message, hint, severity)


def are_milliseconds(length: int, characters: int) -> bool:
    """Whether whole numbers count milliseconds: as seconds they would say that hardly anything is said."""
    return characters < length * _SLOWEST


_SLOWEST = 0.2
"""Characters a second."""


def sort(passages: Sequence[Passage]) -> tuple[list[Passage], list[Mistake]]:
    """The passages in the order of their times, and a remark where they were not: tools write a track after another."""
    late = [second for first, second in pairwise(passages) if second.start_ms < first.start_ms]
    if not late:
        return list(passages), []
    at = format_time(late[0].start_ms, milliseconds=True)
    others = say(", and {late_count} more", late_count=len(late) - 1) if len(late) > 1 else ""
    message = say(
        "The cue at {at} stands behind a later one{others}: all were put into the order of their times.",
        at=at,
        others=others,
    )
    hint = "Have a look at them, if the file is not the transcript of several tracks."
    return sorted(passages, key=lambda passage: passage.start_ms), [remark(late[0].line, message, hint)]


def close(passages: Sequence[Passage]) -> list[Passage]:
    """The passages, each with an end: where the file has none the next one begins, and the last lasts as its text."""
    closed: list[Passage] = []
    start = later = None
    for passage in reversed(passages):
        if passage.start_ms != start:
            start, later = passage.start_ms, start
        closed.append(passage if passage.end_ms is not None else _closed(passage, later))
    return closed[::-1]


def _closed(passage: Passage, later: int | None) -> Passage:
    length = max(_SHORTEST_MS, len(passage.text) * _MS_A_CHARACTER)
    return replace(passage, end_ms=passage.start_ms + length if later is None else later, open_end=True)


def unroll(passages: Sequence[Passage]) -> tuple[list[Passage], list[Mistake]]:
    """Captions that roll up the screen, each line said once, and a remark.

    Such a file (YouTube's automatic captions) shows each line again while the next one comes. A file is taken for one
    where half of its passages begin with the end of the one before, and a quarter go on from there. What is only
    repeated counts where nobody could say it in that time: "Ja. Ja. Ja." stays.
    """
    again = [0, *(_overlap(first, second) for first, second in pairwise(passages))]
    goes_on = [count for count, passage in zip(again, passages, strict=False) if 0 < count < len(_words(passage))]
    rolling = sum(count > 0 for count in again)
    if len(passages) < _FEWEST_ROLLING or rolling * 2 < len(passages) - 1 or len(goes_on) * 4 < len(passages) - 1:
        return list(passages), []
    message = say(
        "The captions roll: {rolling} of {count} cues repeat the one above, and each line was kept once.",
        rolling=rolling,
        count=len(passages),
    )
    hint = "Read it through, or export captions that do not roll."
    return list(_fresh(passages, again)), [remark(passages[0].line, message, hint)]


_FEWEST_ROLLING = 3
"""Passages: of two that repeat each other nobody can tell."""
_BLINK_MS = 100


def _fresh(passages: Sequence[Passage], again: Sequence[int]) -> Iterator[Passage]:
    for passage, count in zip(passages, again, strict=True):
        words = _words(passage)[count:]
        if words:
            yield replace(passage, lines=(" ".join(words),))


def _overlap(before: Passage, passage: Passage) -> int:
    """How many words a passage begins with that were shown last: whole lines of it, or two words at least."""
    shown, words = _words(before), _words(passage)
    ends = [len(" ".join(passage.lines[: index + 1]).split()) for index in range(len(passage.lines))]
    for count in range(min(len(shown), len(words)), 0, -1):
        if (count > 1 or count in (*ends, len(shown))) and shown[-count:] == words[:count]:
            blinks = min(_length(before), _length(passage)) <= _BLINK_MS
            return count if count < len(words) or blinks else 0
    return 0


def _length(passage: Passage) -> int:
    return (passage.end_ms or passage.start_ms) - passage.start_ms


def _words(passage: Passage) -> tuple[str, ...]:
    return tuple(passage.text.split())


def join_words(passages: Sequence[Passage]) -> list[Passage]:
    """Single words joined to what one speaker says in one breath; a transcript of longer passages is left alone."""
    if sum(" " in passage.text for passage in passages) * 10 > len(passages):
        return list(passages)
    joined: list[Passage] = []
    for passage in passages:
        last = joined[-1] if joined else None
        if last and _goes_on(last, passage):
            text = f"{last.text} {passage.text}"
            joined[-1] = replace(last, end_ms=passage.end_ms, open_end=passage.open_end, lines=(text,))
        else:
            joined.append(passage)
    return joined


_LONGEST_JOINED = 120
"""Characters of a cue made of single words: about what is said in one breath, and two lines on a screen."""
_PAUSE_MS = 2000
_SENTENCE_END = re.compile(r"[.!?…]$")


def _goes_on(last: Passage, passage: Passage) -> bool:
    same = last.speaker == passage.speaker and len(last.text) + len(passage.text) < _LONGEST_JOINED
    end = last.end_ms if last.end_ms is not None else last.start_ms
    return same and passage.start_ms - end < _PAUSE_MS and not _SENTENCE_END.search(last.text)
