"""One encoded result: made, measured as a player hears it, and corrected until it is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from sendung.audio.encode.decoded import Mp3Result
from sendung.audio.encode.mp3_format import DELAY, FRAME, PERIOD, Layout
from sendung.audio.encode.mp3_parts import RUN_UP, encoding
from sendung.audio.encode.mp3_writer import Arrivals
from sendung.audio.measure.loudness import amplitude
from sendung.audio.measure.meter import measure, measure_whole
from sendung.audio.measure.reading import Reading
from sendung.audio.measure.windows import Numbers, window_of
from sendung.audio.shape.gain import lowered, plan
from sendung.audio.shape.limiter import ATTACK_S, RELEASE_S, Curve
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.source.programme import Programme, spans

TOLERANCE = 0.25
"""LU. A result that is further off is made again with a corrected gain."""
LEAST_S, MOST_S = 60, 800
"""Seconds in a part: less is halved at most, for starting ffmpeg costs more than it saves; more saves little."""
ATTEMPTS, LOUDNESS_ATTEMPTS, LAST_ATTEMPTS = 12, 4, 3
"""After some attempts at the loudness, the ceiling alone matters: it must not be passed. At last all is made softer."""
MOST_BIAS = 3.0
"""LU that corrections of the loudness add up to. What is further off cannot be as loud under the ceiling."""
Heard = Callable[[float], None]


class RenditionWork(Protocol):
    """A result that is being made."""

    path: Path

    def make(self, curve: Curve) -> Reading:
        """Encode the whole with this curve, and measure the decoded file."""

    def mend(self, curve: Curve, windows: Numbers) -> Reading:
        """Encode again around the windows where `curve` differs from what was made last, and measure that."""


@dataclass(frozen=True)
class Work:
    """What a rendition is made from, and where."""

    ffmpeg: Ffmpeg
    programme: Programme
    length: int
    """Samples of the programme."""
    kbps: int
    path: Path
    """Of the result, in ffmpeg's folder."""
    ceiling_db: float
    encoded: Heard
    verified: Heard

    @property
    def ceiling(self) -> float:
        """Linear."""
        return amplitude(self.ceiling_db)


def finish(
    rendition: RenditionWork, reading: Reading, aim: float, ceiling_db: float, planned: Curve
) -> tuple[Curve, Reading]:
    """Make a rendition of a programme (with this reading) until the decoded file keeps both promises.

    `planned` is `plan(reading, aim, ceiling_db)`. Returns the curve it has, and what was measured on the file.
    """
    bias, curve = 0.0, planned
    result = rendition.make(curve)
    for attempt in range(ATTEMPTS):
        levels = result.levels
        wanted = max(-MOST_BIAS, min(MOST_BIAS, bias + aim - levels.lufs))
        if abs(aim - levels.lufs) > TOLERANCE and attempt < LOUDNESS_ATTEMPTS and wanted != bias:
            bias = wanted
            curve = plan(reading, aim + bias, ceiling_db)
            result = rendition.make(curve)
        elif levels.dbtp <= ceiling_db:
            break
        elif attempt < ATTEMPTS - LAST_ATTEMPTS:
            curve, windows = lowered(curve, result, ceiling_db)
            result = rendition.mend(curve, windows)
        else:
            curve = replace(curve, gain_db=curve.gain_db + ceiling_db - levels.dbtp - 0.3)
            result = rendition.make(curve)
    return curve, result


class Mp3Rendition:
    """MP3, encoded in parts; a few frames can be made again without touching the others."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._layout = Layout(work.length, work.programme.rate, work.programme.channels, work.kbps)
        self.path = work.path
        self.path.write_bytes(self._layout.info())
        self._reading: Reading | None = None

    def make(self, curve: Curve) -> Reading:
        """Encode the whole, and measure it, in parts."""
        work = self._work
        tasks, result = self._encoded(curve, self._parts(), work.encoded)
        self._reading = measure_whole(work.ffmpeg, result, work.length, work.verified, work.ceiling, before=tasks)
        return self._reading

    def mend(self, curve: Curve, windows: Numbers) -> Reading:
        """Encode and measure again the stretches around these windows, unless they are most of it."""
        parts = _together(self._frames_around(windows.tolist()), _GAP)
        if self._reading is None or sum(count for _, count in parts) > self._layout.frames / 3:
            return self.make(curve)
        tasks, result = self._encoded(curve, parts, _unheard)
        blocks = _together([self._blocks_around(*part) for part in parts], 0)
        grid = self._work.programme.rate // 10
        fresh = [(first * grid, min(count * grid, self._work.length - first * grid)) for first, count in blocks]
        measure(self._work.ffmpeg, result, fresh, _unheard, self._reading, self._work.ceiling, tasks)
        return self._reading

    def _parts(self) -> list[tuple[int, int]]:
        """The whole in parts (first frame, frames): before each, no more than RUN_UP has to be encoded."""
        frames, work = self._layout.frames, self._work
        if frames <= PERIOD:
            return [(0, frames)]
        least, most = (seconds * work.programme.rate // FRAME for seconds in (LEAST_S, MOST_S))
        cut = spans(frames - RUN_UP, PERIOD, least, most)
        return [(first + RUN_UP, count) if first else (0, count + RUN_UP) for first, count in cut]

    def _encoded(
        self, curve: Curve, parts: list[tuple[int, int]], heard: Heard
    ) -> tuple[list[Callable[[], None]], Mp3Result]:
        """The tasks that encode parts, and the result, of which each stretch can be read once it is there."""
        work, arrivals = self._work, Arrivals(parts)
        tasks = encoding(work.ffmpeg, work.programme, curve, self._layout, self.path, parts, heard)
        return arrivals.noting(tasks), Mp3Result(self.path.name, self._layout, arrivals.wait)

    def _frames_around(self, windows: Iterable[int]) -> list[tuple[int, int]]:
        """The frames (first, count) that hold any of a window's dip, and two more at both sides."""
        rate = self._work.programme.rate
        window, attack, release = window_of(rate), round(ATTACK_S * rate), round(RELEASE_S * rate)
        frames = []
        for number in windows:
            first = max(0, (number * window - attack + DELAY) // FRAME - 2)
            last = min(self._layout.frames, ((number + 1) * window + release + DELAY) // FRAME + 3)
            frames.append((first, last - first))
        return frames

    def _blocks_around(self, first: int, count: int) -> tuple[int, int]:
        """The tenths of a second (first, count) whose values these frames may change, up to the next 3 seconds."""
        grid = self._work.programme.rate // 10
        start = max(0, (first - 2) * FRAME - DELAY) // grid
        stop = min(-(-self._work.length // grid), ((first + count + 2) * FRAME - DELAY) // grid + 32)
        return start, stop - start


_GAP = 120
"""Frames between two stretches from which on they are encoded apart (3 s, as long as it takes to start ffmpeg)."""


def _together(parts: Iterable[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    """Parts (first, count), in order, those that overlap or lie closer than `gap` made one."""
    stretches: list[tuple[int, int]] = []
    for first, count in parts:
        if stretches and first <= sum(stretches[-1]) + gap:
            start = stretches[-1][0]
            stretches[-1] = (start, max(sum(stretches[-1]), first + count) - start)
        else:
            stretches.append((first, count))
    return stretches


def _unheard(seconds: float) -> None:
    """Corrections do not move the bar: they are short."""
