"""True peaks where they may matter: which windows are worth oversampling."""

from __future__ import annotations

import threading

import numpy as np

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
