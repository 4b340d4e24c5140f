"""Whether two voices in one recording are far apart in loudness: what listeners turn the volume for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.reading import Reading
from sendung.audio.measure.windows import window_of
from sendung.audio.source.findings import clock
from sendung.audio.values import AudioFinding
from sendung.core.words import say

APART = 6.0
"""LU from which on it is said."""
_ABOVE_NOISE, _FAINTEST = 10.0, -50.0
"""dB above the quietest tenth, and dBFS: where no sample is louder, nobody speaks."""
_PAUSE, _PASSAGE = 2, 8
"""Tenths of a second: a shorter pause parts nothing, and what is shorter than a passage says little of a voice."""
_LATE = 3
"""Tenths of a second before momentary loudness has nothing left of what was before."""
_SHARE, _CHANGES = 0.1, 4
"""Of all speech that is the rarer voice's at least, and changes between them: a jingle is loud, too, but once."""


def voices_apart(reading: Reading) -> tuple[AudioFinding, ...]:
    """What is to be said of two voices; nothing mostly.

    Passages between pauses are taken for what one voice says. They are two voices where their loudness falls into two
    groups, each of them closer together than to the other, that take turns.
    """
    passages = _passages(reading)
    if len(passages) <= _CHANGES:
        return ()
    starts, levels, lengths = passages.T
    soft = _softer(levels, lengths)
    groups = [(levels[which], lengths[which]) for which in (soft, ~soft)]
    if min(weights.sum() for _, weights in groups) < _SHARE * lengths.sum() or np.diff(soft).sum() < _CHANGES:
        return ()
    means = [float(np.average(values, weights=weights)) for values, weights in groups]
    spreads = [np.average((v - m) ** 2, weights=w) ** 0.5 for (v, w), m in zip(groups, means, strict=True)]
    gap = means[1] - means[0]
    if gap < APART or max(spreads) > gap / 3:
        return ()
    message = say(
        "Two voices are {gap:.0f} LU apart; the softer one begins at {moment}.",
        gap=gap,
        moment=clock(float(starts[soft][0]) / 10),
    )
    return (AudioFinding(kind="voices", message=message, hint='"sound: {level: voices}" in episode.yaml evens them.'),)


def _passages(reading: Reading) -> NDArray[np.float64]:
    """Start (tenths of a second), loudness (LUFS) and length (tenths of a second) of each passage, a row for each."""
    windows = (reading.rate // 10) // window_of(reading.rate)
    count = min(len(reading.momentary), len(reading.peaks) // windows)
    if not count:
        return np.empty((0, 3))
    peaks = reading.peaks[: count * windows].reshape(count, windows).max(1)
    levels = 20 * np.log10(np.maximum(peaks, 1e-5).astype(np.float64))
    heard = np.flatnonzero(levels > max(float(np.percentile(levels, 10)) + _ABOVE_NOISE, _FAINTEST))
    runs = np.split(heard, np.flatnonzero(np.diff(heard) > _PAUSE) + 1)
    powers = 10 ** (reading.momentary[:count].astype(np.float64) / 10)
    rows = [
        (run[0], 10 * np.log10(powers[run[0] + _LATE : run[-1] + 1].mean() + 1e-10), len(run))
        for run in runs
        if len(run) >= _PASSAGE
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def _softer(levels: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which belong to the softer of two groups: the split that leaves the least variance within them (Otsu)."""
    order = np.argsort(levels)
    values, mass = levels[order], weights[order]
    below, sums = np.cumsum(mass)[:-1], np.cumsum(mass * values)[:-1]
    above, total = mass.sum() - below, (mass * values).sum()
    between = below * above * (sums / below - (total - sums) / above) ** 2
    border = values[int(np.argmax(between))]
    soft: NDArray[np.bool_] = levels <= border
    return soft
