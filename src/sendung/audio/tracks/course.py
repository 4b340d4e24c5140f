"""What became of each track over time, second by second: what a picture of a mix shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sendung.audio.measure.windows import Floats
from sendung.audio.tracks.spectra import HOP_S
from sendung.audio.tracks.turns import Flags, runs

_SILENT = 1e-12

Stretches = tuple[tuple[float, float], ...]
"""From and to, seconds."""


@dataclass(frozen=True)
class TrackCourse:
    """A track on the time line of the mix; values are those of each second."""

    name: str
    """Whose it is, or its file."""
    levels: tuple[float, ...]
    """LUFS as of one channel, as recorded; -120 where it was off."""
    mixed: tuple[float, ...] = ()
    """The same as it is in the mix. Of what is not heard there are neither these nor gains."""
    gain_db: tuple[float, ...] = ()
    turns: Stretches = ()
    """Where its owner speaks."""
    ducked: Stretches = ()


@dataclass(frozen=True, eq=False)
class CourseOfHops:
    """The same, every HOP_S."""

    levels: Floats
    gains: Floats | None = None
    """Linear."""
    speaking: Flags = field(default_factory=lambda: np.zeros(0, bool))
    ducked: Flags = field(default_factory=lambda: np.zeros(0, bool))

    def by_second(self, name: str) -> TrackCourse:
        """What a picture has room for."""
        power = np.power(10.0, self.levels.astype(np.float64) / 10)
        turns, ducked = _stretches(self.speaking), _stretches(self.ducked)
        if self.gains is None:
            return TrackCourse(name, _decibels(power), turns=turns, ducked=ducked)
        gains = self.gains.astype(np.float64)
        return TrackCourse(
            name=name,
            levels=_decibels(power),
            mixed=_decibels(power * gains**2),
            gain_db=_rounded(_means(20 * np.log10(gains + _SILENT))),
            turns=turns,
            ducked=ducked,
        )


def together(courses: Sequence[TrackCourse]) -> Stretches:
    """Where more than one speaks."""
    turns = [turn for course in courses for turn in course.turns]
    edges = sorted(edge for start, end in turns for edge in ((start, 1), (end, -1)))
    stretches, speaking, since = [], 0, 0.0
    for at, step in edges:
        if step == 1 and speaking == 1:
            since = at
        elif step == -1 and speaking == 2 and at > since:
            stretches.append((since, at))
        speaking += step
    return tuple(stretches)


def _means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    firsts = np.arange(0, len(values) * HOP_S, 1.0) / HOP_S
    starts = np.unique(firsts.astype(int))
    starts = starts[starts < len(values)]
    return np.add.reduceat(values, starts) / np.diff(np.append(starts, len(values)))


def _decibels(power: NDArray[np.float64]) -> tuple[float, ...]:
    return _rounded(10 * np.log10(_means(power) + _SILENT))


def _rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(np.round(values, 1).tolist())


def _stretches(flags: Flags) -> Stretches:
    return tuple((round(start * HOP_S, 2), round(end * HOP_S, 2)) for start, end in zip(*runs(flags), strict=True))
