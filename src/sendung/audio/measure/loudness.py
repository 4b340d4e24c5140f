"""Integrated loudness and loudness range from values every 100 ms, which can be measured in parts and joined.

ITU-R BS.1770-4 gates blocks of 400 ms that overlap by 75 %: exactly the momentary loudness every 100 ms. EBU Tech 3342
gates the short-term loudness (3 s). Both gates look at the whole programme, so they come after joining.
"""

from __future__ import annotations

import math

import numpy as np

from sendung.audio.measure.windows import Floats

ABSOLUTE_GATE = -70.0
"""LUFS (BS.1770-4 annex 1; Tech 3342 section 4)."""
RELATIVE_GATE = -10.0
"""LU below the loudness of what passes the absolute gate (BS.1770-4 annex 1)."""
RANGE_GATE = -20.0
"""LU below the same, for the loudness range (Tech 3342 section 4)."""


def integrated(momentary: Floats) -> float:
    """Integrated loudness, LUFS, of momentary values every 100 ms; -inf if all is below the absolute gate."""
    return _mean_above(momentary, gate_of(momentary))


def gate_of(momentary: Floats) -> float:
    """The loudness, LUFS, below which a block does not count."""
    return max(ABSOLUTE_GATE, _mean_above(momentary, ABSOLUTE_GATE) + RELATIVE_GATE)


def loudness_range(short_term: Floats) -> float:
    """Loudness range, LU, of short-term values every 100 ms (Tech 3342: 10th to 95th percentile above the gates)."""
    gate = _mean_above(short_term, ABSOLUTE_GATE) + RANGE_GATE
    levels = np.sort(short_term[(short_term > ABSOLUTE_GATE) & (short_term >= gate)])
    if not levels.size:
        return 0.0
    low, high = (float(levels[round((levels.size - 1) * share)]) for share in (0.10, 0.95))
    return high - low


def decibels(amplitude: float) -> float:
    """A linear amplitude in dB relative to 1; -inf for 0."""
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf


def amplitude(level_db: float) -> float:
    """The linear amplitude of a level in dB."""
    return float(10 ** (level_db / 20))


def _mean_above(levels: Floats, gate: float) -> float:
    """The level of the mean power of those above a gate; -inf if there are none."""
    every = levels.astype(np.float64)
    above = every[every > gate]
    return 10 * math.log10(float(np.power(10.0, above / 10).mean())) if above.size else -math.inf
