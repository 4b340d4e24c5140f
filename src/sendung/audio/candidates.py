"""True peaks where they may matter: which windows are worth oversampling, and which true peaks worth keeping."""

from __future__ import annotations

import math
import threading

import numpy as np

from sendung.audio.reading import TruePeaks

CANDIDATE = 0.7
"""A window whose sample peak is below 0.7 of the highest (-3 dB) cannot hold the highest true peak: a sine at a quarter
of the sample rate, the worst steady case, hides just that much between its samples (Tech 3341 signals 15 to 19)."""


class Threshold:
    """How high the samples of a window must be for its true peak to matter, for parts that are measured at once."""

    def __init__(self, ceiling: float, smallest: float) -> None:
        """Of windows that may exceed `ceiling`, all matter; of silence, none. `smallest` is the lowest sample but 0."""
        self._ceiling, self._smallest = ceiling, smallest
        self._highest = 0.0
        self._lock = threading.Lock()

    def after(self, peak: float) -> float:
        """The threshold, now that some samples are so high. It only rises."""
        with self._lock:
            self._highest = max(self._highest, peak)
        return self.least

    @property
    def least(self) -> float:
        """The threshold by now, linear."""
        # As exact as the peaks are, so that it is the same for one of them and for an array.
        return float(np.float32(max(CANDIDATE * min(self._highest, self._ceiling), self._smallest)))


def worth_keeping(found: TruePeaks, ceiling: float, tenth: int) -> TruePeaks:
    """With a ceiling, what passes it, and of each tenth of a second (so many windows) the highest of the rest.

    Whole tenths are measured again when something is mended, so the highest that is left is always known.
    """
    if ceiling == math.inf or not len(found):
        return found
    passing = found.peaks > np.float64(ceiling)
    tenths = found.windows // tenth
    # By tenth, the highest of the rest last.
    order = np.lexsort((np.where(passing, 0, found.peaks), tenths))
    last = np.append(np.diff(tenths[order]) > 0, True)
    worth = passing.copy()
    worth[order[last]] = True
    return found.chosen(worth)
