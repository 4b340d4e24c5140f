"""From delays that were heard to the clocks that explain them: offset, drift, and where a recorder jumped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sendung.audio.tracks.clock import ClockPiece, TrackClock
from sendung.audio.tracks.delays import MOST_DRIFT, Delay, Voice, drift_of
from sendung.audio.tracks.spectra import WHITE_RATE

Values: TypeAlias = NDArray[np.float64]
_LATEST_S = 0.5
"""How long a voice may take to the other microphone: rooms take milliseconds, calls and headphones a few hundred."""
_SAME_S = 0.7e-3
"""Delays that differ by less are one and the same, with the noise of measuring."""
_NEIGHBOURS, _SUPPORT = 6, 3
"""Of how many delays before and after a delay it is looked whether they agree, and how many must."""
_NEAREST = 3
"""Delays of the other direction that each is compared with: few, since recorders may jump in between."""
_KNOT_S = 600.0
"""A crystal's rate changes with the warmth of the room: its drift may bend so often."""
_STEADY = 3.0
"""How strongly a bend is doubted, in seconds for each unit of slope."""
_ROUNDS = 6
_AROUND_S = 2.5
"""How far before and after the delays around a jump it is looked for."""


@dataclass(frozen=True, eq=False)
class ClockFit:
    """One track's clock by another's, and how sure that is."""

    clock: TrackClock
    moments: Values
    """Seconds on the first track's time line: where a delay was measured that counts."""
    rest_s: Values
    """What each of these delays differs from the clock."""
    one_way: bool
    """Whether they were heard in one direction only."""


def fit_clock(voice: Voice, other: Voice, there: Sequence[Delay], back: Sequence[Delay]) -> ClockFit | None:
    """The clock of `other` by that of `voice`, from the delays of each in the other; None if too few agree."""
    if len(there) + len(back) < _SUPPORT:
        return None
    # What is heard at u in the other, and at t here, is a delay of u - t, as seen from here.
    turned = [Delay(delay.at + delay.delay, -delay.delay, delay.sureness) for delay in back]
    drift = drift_of(there) if len(there) >= len(back) else drift_of(turned)
    late = _lateness(there, turned, drift)
    pairs = sorted(
        [(delay.at, delay.delay - late) for delay in there] + [(delay.at, delay.delay + late) for delay in turned]
    )
    moments, delays = np.array(pairs, np.float64).reshape(-1, 2).T
    kept = _supported(moments, delays - drift * moments)
    moments, delays = moments[kept], delays[kept]
    if len(moments) < _SUPPORT:
        return None
    pieces = _split(moments, delays - drift * moments)
    curve = _fit(moments, delays, pieces)
    clock = _clock(curve, moments, pieces, _Jumps(voice, other, late))
    rest = delays - curve.at(moments, pieces)
    return ClockFit(clock, moments, rest, one_way=min(len(there), len(back)) < _SUPPORT)


def _lateness(there: Sequence[Delay], back: Sequence[Delay], drift: float) -> float:
    """How long sound takes from one microphone to the other, if it is as long both ways: half of their difference."""
    differences = np.array(
        [
            (one.delay - two.delay) - drift * (one.at - two.at)
            for one in there
            for two in sorted(back, key=lambda delay: abs(delay.at - one.at))[:_NEAREST]
        ]
    )
    differences = differences[(differences > -_SAME_S) & (differences < 2 * _LATEST_S)]
    if len(differences) < _SUPPORT:
        return 0.0
    counts = [int(np.count_nonzero(np.abs(differences - value) < _SAME_S)) for value in differences]
    mode = differences[int(np.argmax(counts))]
    return float(np.median(differences[np.abs(differences - mode) < _SAME_S])) / 2


def _supported(moments: Values, levelled: Values) -> NDArray[np.bool_]:
    """Which delays others nearby agree with; a single wrong peak does not count."""
    count = len(levelled)
    support = np.zeros(count, int)
    for away in range(1, _NEIGHBOURS + 1):
        if away >= count:
            break
        apart = np.abs(levelled[away:] - levelled[:-away])
        agree = apart < _SAME_S + 30e-6 * np.abs(moments[away:] - moments[:-away])
        support[away:] += agree
        support[:-away] += agree
    return support >= min(_SUPPORT, count - 1)


def _split(moments: Values, levelled: Values) -> NDArray[np.intp]:
    """The number of the piece that each delay belongs to: a new one wherever they jump for good."""
    pieces = np.zeros(len(moments), np.intp)
    start = 0
    for index in range(1, len(moments)):
        before = levelled[max(start, index - 3) : index]
        after = levelled[index : index + 3]
        jump = abs(float(np.median(after)) - float(np.median(before)))
        if jump > _SAME_S and abs(levelled[index] - float(np.median(after))) < _SAME_S < abs(
            levelled[index] - before[-1]
        ):
            start = index
        pieces[index] = pieces[index - 1] + (start == index)
    return pieces


@dataclass(frozen=True, eq=False)
class _DelayCurve:
    """Delay over time: a level for each piece, a slope, and bends at knots."""

    levels: Values
    slope: float
    knots: Values
    bends: Values
    origin: float

    def at(self, moments: Values, pieces: NDArray[np.intp]) -> Values:
        """The delays at moments of pieces."""
        since = np.maximum(0.0, moments[:, None] - self.knots)
        values: Values = self.levels[pieces] + self.slope * (moments - self.origin) + since @ self.bends
        return values

    def slope_at(self, moment: float) -> float:
        """Seconds of delay a second."""
        return self.slope + float(self.bends[self.knots <= moment].sum())


def _fit(moments: Values, delays: Values, pieces: NDArray[np.intp]) -> _DelayCurve:
    """Least squares, with delays that lie apart counting less (Huber's weights)."""
    origin = float(moments[0])
    span = float(moments[-1]) - origin
    knots: Values = origin + np.arange(1.0, max(1, int(span / _KNOT_S))) * _KNOT_S
    count = int(pieces[-1]) + 1
    columns = np.zeros((len(moments), count + 1 + len(knots)))
    columns[np.arange(len(moments)), pieces] = 1.0
    columns[:, count] = moments - origin
    columns[:, count + 1 :] = np.maximum(0.0, moments[:, None] - knots)
    steady = np.zeros((len(knots), columns.shape[1]))
    steady[:, count + 1 :] = np.eye(len(knots)) * _STEADY * math.sqrt(len(moments))
    weights, solution = np.ones(len(moments)), np.zeros(columns.shape[1])
    for _ in range(_ROUNDS):
        rows = np.concatenate((columns * weights[:, None], steady))
        wanted = np.concatenate((delays * weights, np.zeros(len(knots))))
        solution = np.linalg.lstsq(rows, wanted, rcond=None)[0].astype(np.float64)
        rest = np.abs(delays - columns @ solution)
        usual = max(1e-5, float(np.median(rest)) * 1.4826)
        weights = np.sqrt(np.minimum(1.0, 1.345 * usual / np.maximum(rest, 1e-9)))
    slope = float(np.clip(solution[count], -MOST_DRIFT * 2, MOST_DRIFT * 2))
    return _DelayCurve(solution[:count], slope, knots, solution[count + 1 :], origin)


@dataclass(frozen=True, eq=False)
class _Jumps:
    """Finds the moment at which one delay gives way to another."""

    voice: Voice
    other: Voice
    late: float

    def find(self, start: float, end: float, before: ClockPiece, after: ClockPiece) -> float:
        """Where, between two moments, the other track leaves one line for another: where most is explained by both.

        If it lost something (the second line is behind), that many seconds here belong to neither.
        """
        moments = np.arange(math.floor(start * WHITE_RATE), math.ceil(end * WHITE_RATE))
        sound = self.voice.sound.read(int(moments[0]), len(moments))
        explained = [np.cumsum(sound * self._heard(moments, piece)) for piece in (before, after)]
        middle = (start + end) / 2
        lost = max(0.0, before.position(middle) - after.position(middle))
        hole = min(len(moments) - 1, round(lost * WHITE_RATE))
        rest = explained[1][-1] - np.append(explained[1][hole:], np.full(hole, explained[1][-1]))
        return float(moments[int(np.argmax(explained[0] + rest))]) / WHITE_RATE

    def _heard(self, moments: NDArray[np.intp], piece: ClockPiece) -> Values:
        """What the other track holds of both voices at these moments, if this line is right."""
        places = piece.position(moments / WHITE_RATE)
        margin = round(self.late * WHITE_RATE) + 1
        first = int(places[0] * WHITE_RATE) - margin
        sound = self.other.sound.read(first, int(places[-1] * WHITE_RATE) - first + 2 * margin + 2)
        shifts = {self.late, -self.late}
        numbers = [np.rint((places + shift) * WHITE_RATE).astype(int) - first for shift in shifts]
        both: Values = np.sum(
            [sound[np.clip(number, 0, len(sound) - 1)] for number in numbers], axis=0, dtype=np.float64
        )
        return both


def _clock(curve: _DelayCurve, moments: Values, numbers: NDArray[np.intp], jumps: _Jumps) -> TrackClock:
    pieces: list[ClockPiece] = []
    for number in range(len(curve.levels)):
        of = moments[numbers == number]
        lines = _lines(curve, number)
        if pieces:
            last = moments[numbers == number - 1][-1]
            place = jumps.find(last - _AROUND_S, of[0] + _AROUND_S, pieces[-1], _line_at(lines, of[0]))
            lost = max(0.0, pieces[-1].position(place) - _line_at(lines, place).position(place))
            pieces = [*_cut(pieces, -math.inf, place)]
            lines = [*_cut(lines, place + lost, math.inf)]
        pieces += lines
    return TrackClock(tuple(pieces))


def _line_at(lines: Sequence[ClockPiece], moment: float) -> ClockPiece:
    return next(line for line in lines if line.start <= moment < line.end)


def _lines(curve: _DelayCurve, number: int) -> list[ClockPiece]:
    """The straight lines of a piece, from knot to knot, as if it were the only one."""
    edges = [-math.inf, *map(float, curve.knots), math.inf]
    lines = []
    for first, last in pairwise(edges):
        at = first if math.isfinite(first) else (last if math.isfinite(last) else curve.origin)
        delay = float(curve.at(np.array([at]), np.array([number]))[0])
        lines.append(ClockPiece(first, last, at, at + delay, 1 + curve.slope_at(at if at == first else at - 1e-9)))
    return lines


def _cut(lines: Sequence[ClockPiece], start: float, end: float) -> list[ClockPiece]:
    return [
        ClockPiece(max(start, line.start), min(end, line.end), line.at, line.there, line.rate)
        for line in lines
        if line.start < end and line.end > start
    ]
