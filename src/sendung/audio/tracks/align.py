"""Every track's clock by that of the first voice: from what the tracks have in common, or from what a host says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sendung.audio.tracks.clock import TrackClock
from sendung.audio.tracks.clock_fit import ClockFit, fit_clock
from sendung.audio.tracks.delays import Voice, follow
from sendung.audio.values import TrackFile
from sendung.core.errors import AudioError
from sendung.core.words import say

_MINUTE = 60.0


@dataclass(frozen=True, eq=False)
class Alignment:
    """How a track lies on the time line, which is that of the first voice."""

    clock: TrackClock
    """From the time line to the track."""
    found: bool
    """Whether it was found by what is heard; else it was given, or is the time line itself."""
    rest_ms: tuple[float | None, ...] = ()
    """What the measured delays of each minute differ from the clock (median, milliseconds); None where nothing was
    heard in both."""
    one_way: bool = False
    """Whether only one of two voices is heard in the other's microphone: then the time that sound takes is unknown."""


def align(tracks: Sequence[TrackFile], voices: Mapping[TrackFile, Voice]) -> dict[TrackFile, Alignment]:
    """The clocks of all tracks that have a `Voice`.

    Raises AudioError, with a problem for each track that has nothing in common with any other and says no offset.
    """
    spoken = [track for track in tracks if track in voices]
    first = next(track for track in spoken if track.role in {"voice", "mix"})
    known = {first: Alignment(TrackClock.steady(), found=False)}
    for track in spoken:
        twin = next((other for other in known if other.path == track.path), None)
        if track is not first and (track.offset_s is not None or twin):
            clock = (
                known[twin].clock if twin and track.offset_s is None else TrackClock.steady(-(track.offset_s or 0.0))
            )
            known[track] = Alignment(clock, found=False)
    # What the call recorded has everybody in it, so it goes first, and leads to the others.
    waiting = sorted((track for track in spoken if track not in known), key=lambda track: track.role != "reference")
    while waiting:
        placed = next((pair for pair in ((track, _place(track, known, voices)) for track in waiting) if pair[1]), None)
        if placed is None:
            raise AudioError.of(problem for track in waiting for problem in _stranger(track, known).problems)
        track, alignment = placed
        if alignment:
            known[track] = alignment
        waiting.remove(track)
    return {track: known[track] for track in spoken}


def _place(
    track: TrackFile, known: Mapping[TrackFile, Alignment], voices: Mapping[TrackFile, Voice]
) -> Alignment | None:
    """A track's place, by the best of those that have one: the call's recording first."""
    for other in sorted(known, key=lambda other: other.role != "reference"):
        fit = _compare(other, track, voices)
        if fit:
            clock = known[other].clock.then(fit.clock)
            back = known[other].clock.inverted()
            moments = [back.position(float(moment)) for moment in fit.moments]
            return Alignment(clock, found=True, rest_ms=_by_minute(moments, fit.rest_s), one_way=fit.one_way)
    return None


def _compare(first: TrackFile, second: TrackFile, voices: Mapping[TrackFile, Voice]) -> ClockFit | None:
    voice, other = voices[first], voices[second]
    if first.role == "reference":
        # The call has both voices in it: the second's is looked for there, not the other way round.
        return fit_clock(voice, other, (), follow(other, voice, bled=False))
    if second.role == "reference":
        return fit_clock(voice, other, follow(voice, other, bled=False), ())
    return fit_clock(voice, other, follow(voice, other), follow(other, voice))


def _by_minute(
    moments: Sequence[float | None], rest_s: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> tuple[float | None, ...]:
    rests: dict[int, list[float]] = {}
    for moment, rest in zip(moments, rest_s.tolist(), strict=True):
        if moment is not None:
            rests.setdefault(max(0, int(moment // _MINUTE)), []).append(abs(rest) * 1000)
    last = max(rests, default=-1)
    return tuple(round(float(np.median(rests[minute])), 3) if minute in rests else None for minute in range(last + 1))


def _stranger(track: TrackFile, known: Mapping[TrackFile, Alignment]) -> AudioError:
    others = " and ".join(other.name for other in known)
    message = say(
        "{name} and {others} have nothing in common: no voice of one is heard in the other.",
        name=track.name,
        others=others,
    )
    hint = say(
        "Are they of the same day? If so, add the call's own recording with role: reference, or "
        'say when {name} begins on the first track\'s time line, such as "offset: 2.5".',
        name=track.name,
    )
    return AudioError(message, hint)
