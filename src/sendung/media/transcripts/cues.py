"""What a transcript holds, whatever its format: check it, move it, name its speakers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sendung.core.errors import Place, Problem
from sendung.core.model import Cue, Person
from sendung.media.chapters import format_time

TOLERANCE_MS = 1000
"""How far cues may run past the end: tools round, and encoders pad."""


@dataclass(frozen=True)
class LocatedCue:
    """A cue and the line of the file that it starts on (from 1; 0 where that is not known)."""

    cue: Cue
    line: int


def is_timed(cues: Sequence[Cue]) -> bool:
    """Whether the transcript says when things are said; the cues of plain text all last from 0 to 0."""
    return any(cue.end_ms > 0 for cue in cues)


def flaws(cues: Sequence[LocatedCue], duration_ms: int, path: Path) -> list[Problem]:
    """What is wrong with a transcript for audio of `duration_ms`: the first cue that runs past its end."""
    late = [located for located in cues if located.cue.end_ms > duration_ms + TOLERANCE_MS]
    if not late:
        return []
    message = f"The cue ends at {format_time(late[0].cue.end_ms)}, but the audio at {format_time(duration_ms)}"
    others = f" (so do {len(late) - 1} more)." if len(late) > 1 else "."
    hint = "Correct the time, or check that this is the transcript of this recording."
    return [Problem(message + others, hint, Place(path, late[0].line))]


def shift(cues: Sequence[Cue], by_ms: int, duration_ms: int) -> tuple[Cue, ...]:
    """The cues for other audio: `by_ms` later (negative: the head was cut), `duration_ms` long.

    No text is lost: a cue outside the audio is kept at its edge, a millisecond long at least.
    """
    if not is_timed(cues):
        return tuple(cues)
    moved = []
    for cue in cues:
        start = max(0, min(cue.start_ms + by_ms, duration_ms - 1))
        end = max(start + 1, min(cue.end_ms + by_ms, duration_ms))
        moved.append(cue.model_copy(update={"start_ms": start, "end_ms": end}))
    return tuple(moved)


def name_speakers(cues: Sequence[Cue], persons: Sequence[Person]) -> tuple[Cue, ...]:
    """The cues with the persons' full names for speakers given by full, first or last name or initials, in any case.

    What fits several persons, or none, stays as it was written.
    """
    names = _names(persons)
    return tuple(
        cue.model_copy(update={"speaker": names.get(_key(cue.speaker), cue.speaker)}) if cue.speaker else cue
        for cue in cues
    )


def _names(persons: Sequence[Person]) -> dict[str, str]:
    meant: dict[str, set[str]] = {}
    for person in persons:
        for short in _short_forms(person.name):
            meant.setdefault(_key(short), set()).add(person.name)
    return {key: next(iter(names)) for key, names in meant.items() if len(names) == 1} | {
        _key(person.name): person.name for person in persons
    }


def _short_forms(name: str) -> Iterator[str]:
    words = name.split()
    if words:
        yield words[0]
        yield words[-1]
        yield "".join(word[0] for word in words)


def _key(speaker: str) -> str:
    return speaker.replace(".", "").casefold().strip()
