"""Integrated loudness and loudness range from values every 100 ms, which can be measured in parts and joined.

ITU-R BS.1770-4 gates blocks of 400 ms that overlap by 75 %: exactly the momentary loudness every 100 ms. EBU Tech 3342
gates the short-term loudness (3 s). Both gates look at the whole programme, so they come after joining.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence

ABSOLUTE_GATE = -70.0
"""LUFS (BS.1770-4 annex 1; Tech 3342 section 4)."""
RELATIVE_GATE = -10.0
"""LU below the loudness of what passes the absolute gate (BS.1770-4 annex 1)."""
RANGE_GATE = -20.0
"""LU below the same, for the loudness range (Tech 3342 section 4)."""


def integrated(momentary: Iterable[float]) -> float:
    """Integrated loudness, LUFS, of momentary values every 100 ms; -inf if all is below the absolute gate."""
    heard = _above(momentary, ABSOLUTE_GATE)
    return _mean(_above(heard, _mean(heard) + RELATIVE_GATE))


def gate_of(momentary: Iterable[float]) -> float:
    """The loudness, LUFS, below which a block does not count."""
    return max(ABSOLUTE_GATE, _mean(_above(momentary, ABSOLUTE_GATE)) + RELATIVE_GATE)


def loudness_range(short_term: Iterable[float]) -> float:
    """Loudness range, LU, of short-term values every 100 ms (Tech 3342: 10th to 95th percentile above the gates)."""
    heard = _above(short_term, ABSOLUTE_GATE)
    gate = _mean(heard) + RANGE_GATE
    kept = sorted(value for value in heard if value >= gate)
    if not kept:
        return 0.0
    return _percentile(kept, 0.95) - _percentile(kept, 0.10)


def decibels(amplitude: float) -> float:
    """A linear amplitude in dB relative to 1; -inf for 0."""
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf


def amplitude(level_db: float) -> float:
    """The linear amplitude of a level in dB."""
    return float(10 ** (level_db / 20))


def _above(levels: Iterable[float], gate: float) -> array[float]:
    """Those above a gate. An array, since three hours have 100,000 of them."""
    return array("d", (level for level in levels if level > gate))


def _mean(levels: Sequence[float]) -> float:
    """The level of the mean power."""
    if not levels:
        return -math.inf
    return 10 * math.log10(math.fsum(10 ** (level / 10) for level in levels) / len(levels))


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[round((len(ordered) - 1) * share)]
