"""Which moment of one recording is which of another: two recorders' clocks, with what they lost or held twice."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Moment = TypeVar("Moment", float, NDArray[np.float64])
STRAIGHT_S = 1e-6
"""Pieces that meet more closely than this are one line."""


@dataclass(frozen=True)
class ClockPiece:
    """A stretch in which the other clock runs evenly. Seconds."""

    start: float
    """On this time line; the first may start at -inf, the last ends at +inf."""
    end: float
    at: float
    """A moment of this time line ..."""
    there: float
    """... and the same one on the other."""
    rate: float
    """Seconds there for each second here: 1 + drift."""

    def position(self, moment: Moment) -> Moment:
        """The moment there, or each of several."""
        return self.there + (moment - self.at) * self.rate

    def inverted(self) -> ClockPiece:
        """From there to here."""
        ends = (self.position(self.start), self.position(self.end))
        return ClockPiece(*ends, self.there, self.at, 1 / self.rate)


@dataclass(frozen=True)
class TrackClock:
    """Pieces in order; between two of them what the other recording lacks (here), or has too much of (there)."""

    pieces: tuple[ClockPiece, ...]

    @classmethod
    def steady(cls, there: float = 0.0, rate: float = 1.0) -> TrackClock:
        """One piece for ever: moment 0 here is `there`."""
        return cls((ClockPiece(-math.inf, math.inf, 0.0, there, rate),))

    def position(self, moment: float) -> float | None:
        """The moment there; None where the other recording has a hole."""
        index = bisect.bisect_right([piece.start for piece in self.pieces], moment) - 1
        piece = self.pieces[max(0, index)]
        return piece.position(moment) if moment < piece.end else None

    def inverted(self) -> TrackClock:
        """From there to here. What there is held twice is a hole of the inverse, and the other way round."""
        return TrackClock(tuple(piece.inverted() for piece in self.pieces))

    def then(self, other: TrackClock) -> TrackClock:
        """From here to where `other` leads from there."""
        return TrackClock(tuple(_joined(self.pieces, other.pieces)))

    @property
    def drift_ppm(self) -> float:
        """How many millionths faster the other clock runs; the mean of all pieces by their length."""
        if len(self.pieces) == 1:
            return (self.pieces[0].rate - 1) * 1e6
        first, last = self.pieces[0].end, self.pieces[-1].start
        inner = [
            replace(piece, start=max(piece.start, first - 1), end=min(piece.end, last + 1)) for piece in self.pieces
        ]
        total = sum(piece.end - piece.start for piece in inner)
        return sum((piece.rate - 1) * (piece.end - piece.start) for piece in inner) / total * 1e6

    @property
    def starts_at(self) -> float:
        """Where on this time line the other recording begins."""
        piece = self.pieces[0]
        return piece.at - piece.there / piece.rate

    def steps(self) -> Iterator[tuple[float, float]]:
        """Where the other recording jumps, and by how much; negative: it lost so many seconds."""
        for piece, following in zip(self.pieces, self.pieces[1:], strict=False):
            jump = following.position(following.start) - piece.position(following.start)
            if abs(jump) > STRAIGHT_S:
                yield piece.end, jump


def _joined(pieces: Sequence[ClockPiece], others: Sequence[ClockPiece]) -> Iterator[ClockPiece]:
    for piece in pieces:
        for other in others:
            back = piece.inverted()
            start = max(piece.start, back.position(other.start))
            end = min(piece.end, back.position(other.end))
            if start < end:
                at = start if math.isfinite(start) else (end if math.isfinite(end) else piece.at)
                yield ClockPiece(start, end, at, other.position(piece.position(at)), piece.rate * other.rate)
