"""The limiter: a gain that dips before each peak that would pass the ceiling, and recovers after it.

The true peaks are measured first, so the look-ahead is complete: each window of about 5 ms that is too high gets the
gain that brings its true peak to the limit, reached by a smooth ramp before it and left by a slower one after it.
Everything else keeps the gain of the whole, so nothing pumps. The curve is written at about 1.2 kHz; ffmpeg
interpolates it to the sample rate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sendung.audio.reading import window_of
from sendung.audio.windows import Floats, Numbers

ATTACK_S, RELEASE_S = 0.009, 0.052
"""How far a dip reaches before and after its window, at most."""
STEPS = 6
"""Steps of the curve in a window."""
_ATTACK = 0.5 + 0.5 * np.cos(np.pi * np.arange(8, 0, -1) / 9)
"""How much of a dip is reached, step by step: 7 ms."""
_RELEASE = 0.5 + 0.5 * np.cos(np.pi * np.arange(1, 61) / 61)
"""How much of it is left: 50 ms."""
_HELD = STEPS + 2
"""Steps at the depth of the dip: those of its window, and one more at both sides."""
_SHAPE = np.concatenate((_ATTACK, np.ones(_HELD), _RELEASE))
_BEFORE = len(_ATTACK) + 1
"""Steps of the shape before the window."""
_AT_ONCE = 2000
"""Dips whose shapes are laid out at once (4 MB)."""
_WRITTEN = 1 << 15
"""Steps written at once (26 s)."""
TAIL_S = 1.0
"""Of curve after the samples it is for, so that it never ends first."""


@dataclass(frozen=True, eq=False)
class Curve:
    """The gain of the whole, and the dips: windows that get a further gain below 1 (linear). All others get none."""

    gain_db: float
    windows: Numbers = field(default_factory=lambda: np.empty(0, np.int32))
    """The numbers of the windows with a dip, ascending."""
    dips: Floats = field(default_factory=lambda: np.empty(0, np.float32))
    """The further gain of each of them."""

    @classmethod
    def of(cls, gain_db: float, dips: Mapping[int, float]) -> Self:
        """A curve with these dips, by window."""
        windows = sorted(dips)
        return cls(gain_db, np.array(windows, np.int32), np.array([dips[number] for number in windows], np.float32))

    def at(self, windows: Numbers) -> Floats:
        """The further gain of some windows; 1 without a dip."""
        if not self.windows.size:
            return np.ones(len(windows), np.float32)
        index = np.minimum(np.searchsorted(self.windows, windows), len(self.windows) - 1)
        return np.where(self.windows[index] == windows, self.dips[index], np.float32(1))

    def lowered(self, windows: NDArray[np.int32], dips: Floats) -> Self:
        """The same curve with dips in some windows (in any order, also several times), where they are deeper."""
        numbers, places = np.unique(np.append(self.windows, windows), return_inverse=True)
        gains = np.ones(len(numbers), np.float32)
        np.minimum.at(gains, places, np.append(self.dips, dips))
        return replace(self, windows=numbers, dips=gains)

    def changed(self, before: Curve) -> list[int]:
        """The windows whose dip is not what it was before, ascending. None of those has lost its dip."""
        windows: list[int] = self.windows[self.dips != before.at(self.windows)].tolist()
        return windows

    @property
    def limited_db(self) -> float:
        """How far the deepest dip goes, dB; 0 without dips."""
        return max(0.0, -20 * math.log10(self.dips.min(initial=1.0)))

    def touches(self, first: int, count: int, rate: int) -> bool:
        """Whether any dip, with its ramps, reaches into these samples."""
        return len(self.windows[self._near(first, count, rate)]) > 0

    def steps(self, first: int, count: int, rate: int) -> Floats:
        """The dips as one gain every `step_rate` for the samples from `first` (a step's beginning) on."""
        step = window_of(rate) // STEPS
        size = math.ceil(count / step) + round(TAIL_S * rate / step)
        gains = np.ones(size, np.float32)
        near = self._near(first, count, rate)
        for at in range(near.start, near.stop, _AT_ONCE):
            some = slice(at, min(at + _AT_ONCE, near.stop))
            places = (self.windows[some] * STEPS - first // step - _BEFORE)[:, None] + np.arange(len(_SHAPE))
            lowered = (1 - (1 - self.dips[some].astype(np.float64))[:, None] * _SHAPE).astype(np.float32)
            here = (places >= 0) & (places < size)
            np.minimum.at(gains, places[here], lowered[here])
        return gains

    def write(self, path: Path, first: int, count: int, rate: int) -> None:
        """Write `steps` to a file, as 32-bit floats."""
        step = window_of(rate) // STEPS
        with path.open("wb") as file:
            for at in range(0, count, _WRITTEN * step):
                some = self.steps(first + at, min(_WRITTEN * step, count - at), rate)
                file.write((some if at + _WRITTEN * step >= count else some[:_WRITTEN]).tobytes())

    def _near(self, first: int, count: int, rate: int) -> slice:
        """Which of the dips reach into these samples."""
        window = window_of(rate)
        ends = max(0, first // window - 12), (first + count) // window + 4
        return slice(*np.searchsorted(self.windows, ends).tolist())


def step_rate(rate: int) -> int:
    """Steps of a curve in a second."""
    return rate * STEPS // window_of(rate)
