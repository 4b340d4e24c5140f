"""Windows of about 5 ms, by which a programme is measured and limited, and what only some of them have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Numbers: TypeAlias = NDArray[np.int32]
"""Of windows, ascending."""


def window_of(rate: int) -> int:
    """Samples in a window: about 5 ms, a whole number of them in 100 ms (44.1 and 48 kHz)."""
    return 210 if rate == 44100 else rate // 200


@dataclass(frozen=True, eq=False)
class WindowValues:
    """Values of some windows. Three hours are two million windows, of which few are limited, say."""

    windows: Numbers
    values: Floats

    @classmethod
    def above(cls, values: Floats, level: float) -> Self:
        """Those that are above a level, of values for every window of the whole."""
        # In stretches, for once megabytes are freed in one piece, glibc keeps as much of every thread's memory.
        spans = [
            first + np.flatnonzero(values[first : first + _AT_ONCE] > level)
            for first in range(0, len(values), _AT_ONCE)
        ]
        windows = np.concatenate(spans).astype(np.int32)
        return cls(windows, values[windows])

    @classmethod
    def none(cls) -> Self:
        """Values of no window."""
        return cls(np.empty(0, np.int32), np.empty(0, np.float32))

    @classmethod
    def lowest(cls, windows: Numbers, values: Floats) -> Self:
        """Of values for windows, in any order, the lowest for each."""
        order = np.lexsort((values, windows))
        numbers, first = np.unique(windows[order], return_index=True)
        return cls(numbers.astype(np.int32), values[order][first])

    @classmethod
    def joined(cls, parts: Sequence[WindowValues]) -> Self:
        """Those of stretches that follow each other."""
        return cls(np.concatenate([part.windows for part in parts]), np.concatenate([part.values for part in parts]))

    def chosen(self, which: slice | NDArray[np.bool_]) -> WindowValues:
        """Some of them."""
        return WindowValues(self.windows[which], self.values[which])

    def between(self, start: int, stop: int) -> WindowValues:
        """Those of the windows from `start` on, before `stop`, counted from there."""
        some = slice(*np.searchsorted(self.windows, (start, stop)).tolist())
        return WindowValues(self.windows[some] - np.int32(start), self.values[some])

    def written_over(self, start: int, count: int, others: WindowValues) -> WindowValues:
        """Others (counted from there) in place of those of so many windows from `start` on."""
        before, after = np.searchsorted(self.windows, (start, start + count)).tolist()
        return WindowValues(
            np.concatenate((self.windows[:before], others.windows + np.int32(start), self.windows[after:])),
            np.concatenate((self.values[:before], others.values, self.values[after:])),
        )

    def at(self, windows: Numbers, otherwise: float) -> Floats:
        """The values of windows, and another for those that have none."""
        values = np.full(len(windows), otherwise, np.float32)
        _, wanted, known = np.intersect1d(windows, self.windows, assume_unique=True, return_indices=True)
        values[wanted] = self.values[known]
        return values

    def with_others(self, others: WindowValues) -> WindowValues:
        """These and others; where there are both, the others."""
        both = WindowValues.joined([others, self])
        windows, first = np.unique(both.windows, return_index=True)
        return WindowValues(windows.astype(np.int32), both.values[first])


_AT_ONCE = 1 << 16
"""Windows compared at once."""
