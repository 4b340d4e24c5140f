"""Integrated loudness and loudness range from values every 100 ms, which can be measured in parts and joined.

ITU-R BS.1770-4 gates blocks of 400 ms that overlap by 75 %: exactly the momentary loudness every 100 ms. EBU Tech 3342
gates the short-term loudness (3 s). Both gates look at the whole programme, so they come after joining.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.series import Floats, Series

ABSOLUTE_GATE = -70.0
"""LUFS (BS.1770-4 annex 1; Tech 3342 section 4)."""
RELATIVE_GATE = -10.0
"""LU below the loudness of what passes the absolute gate (BS.1770-4 annex 1)."""
RANGE_GATE = -20.0
"""LU below the same, for the loudness range (Tech 3342 section 4)."""


def integrated(momentary: Series) -> float:
    """Integrated loudness, LUFS, of momentary values every 100 ms; -inf if all is below the absolute gate."""
    return _mean_above(momentary, gate_of(momentary))


def gate_of(momentary: Series) -> float:
    """The loudness, LUFS, below which a block does not count."""
    return max(ABSOLUTE_GATE, _mean_above(momentary, ABSOLUTE_GATE) + RELATIVE_GATE)


def loudness_range(short_term: Series) -> float:
    """Loudness range, LU, of short-term values every 100 ms (Tech 3342: 10th to 95th percentile above the gates)."""
    gate = _mean_above(short_term, ABSOLUTE_GATE) + RANGE_GATE
    counts = np.zeros(_BINS, np.int64)
    for _, levels in short_term.chunks(_AT_ONCE):
        counts += np.bincount(_bins(_kept(levels, gate)), minlength=_BINS)
    count = int(counts.sum())
    if count == 0:
        return 0.0
    low, high = (_ordered(short_term, gate, counts, round((count - 1) * share)) for share in (0.10, 0.95))
    return high - low


def decibels(amplitude: float) -> float:
    """A linear amplitude in dB relative to 1; -inf for 0."""
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf


def amplitude(level_db: float) -> float:
    """The linear amplitude of a level in dB."""
    return float(10 ** (level_db / 20))


def _mean_above(levels: Series, gate: float) -> float:
    """The level of the mean power of those above a gate; -inf if there are none."""
    count, power = 0, 0.0
    for _, some in levels.chunks(_AT_ONCE):
        every = some.astype(np.float64)
        heard = every[every > gate]
        count += len(heard)
        power += float(np.power(10.0, heard / 10).sum())
    return 10 * math.log10(power / count) if count else -math.inf


_AT_ONCE = 4096
"""Levels looked at at once: three hours have a hundred thousand."""


def _kept(levels: Floats, gate: float) -> Floats:
    """Those that count for the range."""
    return levels[(levels > ABSOLUTE_GATE) & (levels >= gate)]


_BINS = 2048
"""Into which levels are sorted roughly, so that only one's have to be sorted exactly: 16 for each LU."""


def _bins(levels: Floats) -> NDArray[np.int64]:
    bins: NDArray[np.int64] = np.clip((levels - ABSOLUTE_GATE) * 16, 0, _BINS - 1).astype(np.int64)
    return bins


def _ordered(short_term: Series, gate: float, counts: NDArray[np.int64], place: int) -> float:
    """The level at a place in their order, of those that count; so many are in each bin."""
    ends = np.cumsum(counts)
    bin_of_it = int(np.searchsorted(ends, place, "right"))
    kept = (_kept(levels, gate) for _, levels in short_term.chunks(_AT_ONCE))
    there = [levels[_bins(levels) == bin_of_it] for levels in kept]
    return float(np.sort(np.concatenate(there))[place - int(ends[bin_of_it] - counts[bin_of_it])])
