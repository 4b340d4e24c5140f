"""How much later one track's voice is heard in another: generalised cross-correlation of whitened sound (GCC-PHAT)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.windows import Floats
from sendung.audio.tracks.activity import HeardSamples
from sendung.audio.tracks.hum import Hum
from sendung.audio.tracks.spectra import HOP_S, WHITE_RATE, Whitened, top_between

MOST_DRIFT = 700e-6
"""Seconds a second; two crystals of 100 ppm each are far below, what calls and cheap recorders do is not."""
_LONGEST_STEP_S = 0.4
"""Of what a recorder drops or holds twice between two agreeing anchors."""
_ANCHOR_S, _ANCHORS, _AGREEING = 1.0, 24, 3
"""Seconds of an anchor (at 500 ppm its end is half a millisecond off), how many are tried, and how many must agree."""
_ANCHOR_HZ = 1200.0
"""Anchors are compared below this, where half a millisecond still is the same."""
_BLOCK = 1 << 18
"""HeardSamples looked through at once for an anchor: 33 s."""
_NEAR_S = 600.0
"""How far apart two hosts press their buttons, mostly: looked through first."""
_SURE, _LIKELY = 7.5, 5.5
"""How far above the rest the highest correlation is, in standard deviations, to be believed among 30 s or 1 s."""
_SHORT_S, _LONG_S = 1.0, 2.0
"""What a delay is measured on, before it is known how the clocks drift, and after."""
_MARGIN_S = 0.5
"""How far around the expected delay is looked."""
_FEWEST_S, _MOST_S, _OBSERVATIONS = 0.5, 10.0, 400
"""From one measured delay to the next."""


@dataclass(frozen=True, eq=False)
class Voice:
    """A track, as the search for delays needs it."""

    sound: Whitened
    levels: Floats
    """LUFS of every 32 ms."""
    heard: HeardSamples
    """The track itself, for whoever wants to know whether that is speech."""
    hum: Hum | None = None

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return self.sound.length / WHITE_RATE

    @cached_property
    def speech(self) -> float:
        """LUFS of its own voice."""
        return speech_level(self.levels)

    @cached_property
    def loud(self) -> NDArray[np.bool_]:
        """Every 32 ms, whether its own voice is heard: within 12 LU of what it has when it is loud."""
        return self.levels > self.speech - 12


def speech_level(levels: Floats) -> float:
    """LUFS of a track's loud moments: the tenth part that is loudest, softest of it; -70 for silence."""
    some = levels[levels > -70]
    return float(np.quantile(some, 0.9)) if some.size else -70.0


@dataclass(frozen=True)
class Delay:
    """Something heard at `at` in one track, and so much later (by both clocks) in the other."""

    at: float
    delay: float
    sureness: float
    """Standard deviations above everything else."""


def follow(voice: Voice, other: Voice, *, bled: bool = True) -> list[Delay]:
    """The delays of a voice in another track, wherever it is heard there; none if it is not heard at all.

    `bled`: the other track has a louder voice of its own, and moments that belong to that one do not count.
    """
    anchors = _find_anchors(voice, other)
    if not anchors:
        return []
    rough = _measure(voice, other, anchors, 0.0, length=_SHORT_S, bled=bled)
    drift = drift_of(rough)
    return _measure(voice, other, rough or anchors, drift, length=_LONG_S, bled=bled)


def _find_anchors(voice: Voice, other: Voice) -> list[Delay]:
    """A few moments of a voice that are certainly found in the other track: they agree with each other."""
    whole = max(voice.duration_s, other.duration_s)
    for reach in (_NEAR_S, whole) if whole > _NEAR_S else (whole,):
        found: list[Delay] = []
        for at in _moments(voice):
            anchor = _find(voice, other, at, reach)
            if anchor:
                found.append(anchor)
            if len(agreeing := _agreeing(found)) >= _AGREEING:
                return agreeing
    return []


def _moments(voice: Voice) -> list[float]:
    """Where anchors may be: where most is said, spread over the whole, the middle first."""
    loud, size = voice.loud, round(_ANCHOR_S / HOP_S)
    sums = np.convolve(loud, np.ones(size), "valid")
    if not sums.size:
        return []
    edges = np.linspace(0, len(sums), min(_ANCHORS, max(1, len(sums) // size)) + 1).astype(int)
    best = [start + int(np.argmax(sums[start:end])) for start, end in pairwise(edges) if end > start]
    talked = [place * HOP_S for place in best if sums[place] >= size / 3]
    # Neighbours drift apart least, so that they agree soonest; the middle is where people talk.
    return sorted(talked, key=lambda at: abs(at - voice.duration_s / 2))


def _find(voice: Voice, other: Voice, at: float, reach: float) -> Delay | None:
    size = round(_ANCHOR_S * WHITE_RATE)
    first = round(at * WHITE_RATE)
    shape = np.fft.rfftfreq(_BLOCK, 1 / WHITE_RATE) < _ANCHOR_HZ
    anchor = np.conj(np.fft.rfft(voice.sound.read(first, size), _BLOCK)) * shape
    start = max(-size, first - round(reach * WHITE_RATE))
    end = min(other.sound.length, first + round(reach * WHITE_RATE))
    best: tuple[float, int] = (0.0, 0)
    for place, block in other.sound.blocks(_BLOCK, _BLOCK - size, start, end):
        likeness = np.fft.irfft(np.fft.rfft(block) * anchor, _BLOCK)[: _BLOCK - size]
        spread = float(likeness.std())
        peak = int(np.argmax(likeness))
        if spread > 0:
            best = max(best, (float(likeness[peak]) / spread, place + peak))
    sureness, place = best
    return Delay(at, (place - first) / WHITE_RATE, sureness) if sureness > _SURE else None


def _agreeing(found: Sequence[Delay]) -> list[Delay]:
    """The largest group of delays that one pair of clocks could have."""
    groups = [
        [other for other in found if abs(other.delay - delay.delay) < _tolerance(other.at - delay.at)]
        for delay in found
    ]
    return max(groups, key=len, default=[])


def _tolerance(apart_s: float) -> float:
    return _LONGEST_STEP_S + MOST_DRIFT * abs(apart_s)


def _measure(
    voice: Voice, other: Voice, known: Sequence[Delay], drift: float, *, length: float, bled: bool
) -> list[Delay]:
    """Delays all along, each looked for near the nearest that is known, from the known ones outwards."""
    step = min(_MOST_S, max(_FEWEST_S, voice.duration_s / _OBSERVATIONS))
    size = round(length / HOP_S)
    sums = np.convolve(voice.loud, np.ones(size), "valid")
    moments = [at for at in np.arange(0, voice.duration_s - length, step) if sums[round(at / HOP_S)] >= size / 3]
    start = known[len(known) // 2]
    delays: list[Delay] = []
    for side in (
        [at for at in moments if at >= start.at],
        [at for at in reversed(moments) if at < start.at],
    ):
        last = start
        for at in side:
            near = _nearest(known, at, last)
            delay = _measure_at(voice, other, at, near.delay + drift * (at - near.at), drift, length)
            if delay and (not bled or _is_own(voice, other, at, delay.delay, length)):
                delays.append(delay)
                last = delay
    return sorted(delays, key=lambda delay: delay.at)


def _nearest(known: Sequence[Delay], at: float, last: Delay) -> Delay:
    return min((*known, last), key=lambda delay: abs(delay.at - at))


def _is_own(voice: Voice, other: Voice, at: float, delay: float, length: float) -> bool:
    """Whether it is this track's own voice that is heard in both, and not the other's.

    Each microphone has its own voice as loud as it usually is, and the other's softer.
    """
    return _share(voice, at, length) > _share(other, at + delay, length)


def _share(voice: Voice, at: float, length: float) -> float:
    """LU between some seconds of a track and its own voice."""
    first = max(0, round(at / HOP_S))
    levels = voice.levels[first : first + max(1, round(length / HOP_S))]
    mean = float(np.power(10.0, levels / 10).mean()) if levels.size else 0.0
    return 10 * math.log10(mean + 1e-12) - voice.speech


def _measure_at(voice: Voice, other: Voice, at: float, expected: float, drift: float, length_s: float) -> Delay | None:
    """The delay of some seconds of a voice, if it is near what is expected."""
    size, margin = round(length_s * WHITE_RATE), round(_MARGIN_S * WHITE_RATE)
    first = round(at * WHITE_RATE)
    # Read at the pace of the other clock, the middle at its place: at 500 ppm the ends would be a millisecond off.
    places = np.arange(-margin, size + margin) + (np.arange(-margin, size + margin) - size / 2) * drift
    whole = round(expected * WHITE_RATE)
    numbers = np.rint(places - places[0]).astype(np.intp)
    begin = first + whole + math.floor(places[0])
    heard = other.sound.read(begin, int(numbers[-1]) + 1)[numbers]
    length = 1 << (len(heard) - 1).bit_length()
    said = np.conj(np.fft.rfft(voice.sound.read(first, size), length))
    total = np.fft.irfft(np.fft.rfft(heard, length) * said, length)[: 2 * margin + 1]
    spread = float(np.median(np.abs(total))) / 0.6745
    peak = int(np.argmax(total))
    if spread <= 0 or total[peak] < _LIKELY * spread or not 0 < peak < 2 * margin:
        return None
    lag = peak - margin + top_between(total[peak - 1 : peak + 2])
    shift = whole + math.floor(places[0]) - places[0] + lag * (1 + drift)
    return Delay(at + length_s / 2, shift / WHITE_RATE, float(total[peak]) / spread)


def drift_of(delays: Sequence[Delay]) -> float:
    """The slope that most pairs of delays agree on (Theil and Sen), of those that clocks can have."""
    near = [(a, b) for a, b in combinations(delays, 2) if 2 <= b.at - a.at <= 120]
    slopes = np.array([(b.delay - a.delay) / (b.at - a.at) for a, b in near])
    weights = np.array([b.at - a.at for a, b in near])
    possible = np.abs(slopes) < MOST_DRIFT if slopes.size else np.empty(0, bool)
    return weighted_median(slopes[possible], weights[possible])


def weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """The value that half of the weight is below; 0 of none."""
    if not values.size:
        return 0.0
    order = np.argsort(values)
    sums = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(sums, sums[-1] / 2)])
