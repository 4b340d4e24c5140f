"""A transcript as paragraphs to read: what one speaker says, until another one does or a minute has passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sendung.core.model import Cue

LONGEST_MS = 60_000


@dataclass(frozen=True)
class Paragraph:
    """Consecutive cues of one speaker."""

    speaker: str | None
    """None where it is the same as in the paragraph before, or not known."""
    cues: tuple[Cue, ...]


def paragraphs(cues: Sequence[Cue]) -> list[Paragraph]:
    """The cues in order, grouped."""
    groups: list[list[Cue]] = []
    for cue in cues:
        last = groups[-1] if groups else None
        if last and last[0].speaker == cue.speaker and cue.start_ms - last[0].start_ms < LONGEST_MS:
            last.append(cue)
        else:
            groups.append([cue])
    before: str | None = None
    named = []
    for group in groups:
        speaker = group[0].speaker
        named.append(Paragraph(speaker if speaker != before else None, tuple(group)))
        before = speaker
    return named
