"""Who says what, from when each person's microphone heard its owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sendung.core.model import Cue

_CLEARLY = 0.6
"""Of what all speak during a cue, the share of one person from which on it is that person's."""
Stretches = Sequence[tuple[float, float]]
"""From and to, seconds."""


def name_by_turns(cues: Sequence[Cue], turns: Mapping[str, Stretches]) -> tuple[Cue, ...]:
    """The cues with their speakers: each is whoever speaks most of it; nobody where that is not clear."""
    return tuple(cue.model_copy(update={"speaker": _speaker(cue, turns)}) for cue in cues)


def _speaker(cue: Cue, turns: Mapping[str, Stretches]) -> str | None:
    spoken = {person: _shared(cue, stretches) for person, stretches in turns.items()}
    person = max(spoken, key=lambda name: spoken[name], default="")
    return person if person and spoken[person] > 0 and spoken[person] >= _CLEARLY * sum(spoken.values()) else None


def _shared(cue: Cue, stretches: Stretches) -> float:
    """Seconds of a cue that lie within stretches."""
    start, end = cue.start_ms / 1000, cue.end_ms / 1000
    return sum(max(0.0, min(end, stop) - max(start, begin)) for begin, stop in stretches)
