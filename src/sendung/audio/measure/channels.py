"""What two channels are to each other, second by second: the same, one-sided, inverted, a host each.

Their powers come with the measuring of peaks, from a sample in seven or eight: that is enough to compare them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.windows import Floats

SAMPLED = 30
"""Samples that are looked at in a window of 5 ms."""
ONE_SIDED_DB = 20.0
"""A side that is so much softer holds nothing of its own, but what leaks."""
OPPOSED = -0.8
"""Correlation below which one side is the other's negative."""
ALIKE = 0.95
_LEAST_DB = -30.0
"""Below the mean power: what is softer is no sound to judge by."""
_SOFTEST = 1e-7
"""Power of a second that is silent (-70 dB)."""
ALL, SOME = 0.95, 0.05
"""Share of the seconds that counts as all of them, and that is worth a word."""
_MANY = 0.5


def powers_of(samples: Floats, windows: int) -> Floats:
    """Of windows of two channels (samples, 2): the power of the first, of the second, and of both (windows, 3).

    The last is the mean of their product: as high as the others where they are the same, negative if they are opposed.
    """
    left, right = np.ascontiguousarray(samples.T).reshape(2, windows, -1)
    pairs = ((left, left), (right, right), (left, right))
    sums = [np.einsum("ij,ij->i", first, second) for first, second in pairs]
    powers: Floats = (np.stack(sums, 1) / left.shape[1]).astype(np.float32)
    return powers


@dataclass(frozen=True)
class Sides:
    """What two channels are, over the seconds in which there is sound; shares of these, 0 to 1."""

    left_only: float = 0.0
    right_only: float = 0.0
    opposed: float = 0.0
    alike: float = 0.0
    """The same but for their level and sign."""
    first_opposed_s: float = 0.0
    """The first second that is opposed."""

    @property
    def one_sided(self) -> bool:
        """Whether all that is heard is on one side, the same all the time."""
        return max(self.left_only, self.right_only) >= ALL

    @property
    def apart(self) -> bool:
        """Whether voices sit on one side each."""
        return not self.one_sided and self.left_only + self.right_only >= _MANY

    @property
    def inverted(self) -> bool:
        """Whether one side is the other's negative all the time."""
        return self.opposed >= ALL

    @property
    def partly_inverted(self) -> bool:
        """Whether it is at times."""
        return SOME <= self.opposed < ALL


def sides_of(powers: Floats) -> Sides:
    """What the channels of a recording are, by their powers every tenth of a second (tenths, 3)."""
    seconds = len(powers) // 10
    if not seconds:
        return Sides()
    left, right, both = powers[: seconds * 10].reshape(seconds, 10, 3).astype(np.float64).mean(1).T
    louder = np.maximum(left, right)
    sound = louder > max(_SOFTEST, louder.mean() * 10 ** (_LEAST_DB / 10))
    if not sound.any():
        return Sides()
    ratio = 10 ** (ONE_SIDED_DB / 10)
    alone_left, alone_right = left > ratio * right, right > ratio * left
    alone = alone_left | alone_right
    likeness = both / np.sqrt(np.maximum(left * right, 1e-30))
    opposed = ~alone & (likeness <= OPPOSED)
    alike = ~alone & (np.abs(likeness) >= ALIKE)

    def share(which: NDArray[np.bool_]) -> float:
        return float(which[sound].mean())

    first = np.flatnonzero(opposed & sound)
    return Sides(
        left_only=share(alone_left),
        right_only=share(alone_right),
        opposed=share(opposed),
        alike=share(alike),
        first_opposed_s=float(first[0]) if first.size else 0.0,
    )
