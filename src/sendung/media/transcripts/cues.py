"""What a transcript holds, whatever its format: check it, move it, name its speakers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sendung.core.errors import Place, Problem, Severity
from sendung.core.model import Cue, Person
from sendung.core.words import say
from sendung.media.chapters import format_time
from sendung.media.transcripts.names import Names

TOLERANCE_MS = 1000
"""How far cues may run past the end before that is worth a warning: tools round, and encoders pad."""


@dataclass(frozen=True)
class LocatedCue:
    """A cue and the line of the file that it starts on (from 1; 0 where that is not known)."""

    cue: Cue
    line: int
    open_end: bool = False
    """Whether its file does not say when it ends."""


@dataclass(frozen=True)
class TranscriptFile:
    """A transcript file as it was read."""

    cues: tuple[LocatedCue, ...]
    """In the order of their times."""
    remarks: tuple[Problem, ...] = ()
    """What was left out, changed or guessed; warnings and notes."""


def is_timed(cues: Sequence[Cue]) -> bool:
    """Whether the transcript says when things are said; the cues of plain text all last from 0 to 0."""
    return any(cue.end_ms > 0 for cue in cues)


def flaws(cues: Sequence[LocatedCue], duration_ms: int, path: Path) -> list[Problem]:
    """What is wrong with a transcript for audio of `duration_ms`.

    A cue that starts behind the end is of another recording, an error. One that only ends behind it is cut there (by
    `shift`): a warning, or a note where the end is near.
    """
    foreign = [located for located in cues if located.cue.start_ms >= duration_ms]
    late = [located for located in cues if located.cue.start_ms < duration_ms < located.cue.end_ms]
    longer = [located for located in late if not located.open_end]
    end = format_time(duration_ms)
    problems = []
    if foreign:
        message = say(
            "The cue starts at {format_time}, but the audio ends at {end}",
            format_time=format_time(foreign[0].cue.start_ms),
            end=end,
        )
        hint = "Correct the time, or check that this is the transcript of this recording."
        problems.append(Problem(message + _others(foreign), hint, Place(path, foreign[0].line)))
    if longer:
        far = max(located.cue.end_ms for located in longer) > duration_ms + TOLERANCE_MS
        message = say(
            "The cue ends at {format_time}, and the audio at {end}, where it is cut",
            format_time=format_time(longer[0].cue.end_ms),
            end=end,
        )
        hint = "Check that this is the transcript of this recording." if far else ""
        severity = Severity.WARNING if far else Severity.NOTE
        problems.append(Problem(message + _others(longer), hint, Place(path, longer[0].line), severity))
    return problems


def _others(cues: Sequence[LocatedCue]) -> str:
    return say(" ({count} more, too).", count=len(cues) - 1) if len(cues) > 1 else "."


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


def name_speakers(
    cues: Sequence[Cue], persons: Sequence[Person], speakers: Mapping[str, str | None] | None = None
) -> tuple[Cue, ...]:
    """The cues with the persons' full names for speakers given in any form that tools write, or as `speakers` says.

    What fits several persons, or none, stays as it was written.
    """
    names = Names((person.name for person in persons), speakers)
    return tuple(
        cue.model_copy(update={"speaker": names.name_of(cue.speaker) or cue.speaker}) if cue.speaker else cue
        for cue in cues
    )
