"""A report as a picture: loudness over time, before and after, with the target and what does not count.

Of several tracks also what was done to each, below each other: level, gain, where it is ducked, and who speaks when.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sendung.audio.report import LOWEST, Course, MasteringReport, before_name
from sendung.audio.tracks.course import Stretches, TrackCourse, together
from sendung.core.mix_facts import described
from sendung.core.words import told
from sendung.media.drawing import Box, Drawing, Line, Point, Shape, Text, png_of, svg_of, write_drawing

WIDTH, PANEL, LEFT, RIGHT, TOP, GAP = 960, 180, 56, 16, 46, 46
HIGHEST = -5.0
"""LUFS at the top of a panel; LOWEST is at the bottom."""
_GRID, _GATED, _AIM = "#d9dee3", "#e8ebee", "#c2410c"
_BEFORE, _AFTER = "#64748b", "#0f766e"
TRACK, LINE, LETTERS, GAIN_SIDE = 110, 15, 140, 46
"""Heights of a track's panel and of a line of words above it; letters in such a line; room for the scale of gains."""
STRIP = 6
"""Height of the strip that says who speaks."""
_MOST_DB = 30.0
"""Gain at the top of a track's panel; as much less at the bottom."""
_GAIN, _TOGETHER = "#9333ea", "#fde68a"


def plot(of: MasteringReport, path: Path) -> None:
    """Write the picture as the file's ending says. Raises UsageError for endings other than .svg and .png."""
    write_drawing(_drawing(of), path)


def svg(of: MasteringReport) -> str:
    """The picture as SVG; the same report gives the same text."""
    return svg_of(_drawing(of))


def png(of: MasteringReport) -> bytes:
    """The picture as PNG, at two pixels for one."""
    return png_of(_drawing(of))


@dataclass(frozen=True)
class _Scale:
    """The axis of time that all panels share."""

    start: float
    end: float
    right: float
    """Where it ends."""

    def x(self, seconds: float) -> float:
        """Where a moment lies."""
        return LEFT + (seconds - self.start) / (self.end - self.start) * (self.right - LEFT)

    def boxes(self, stretches: Stretches, top: float, height: float, colour: str) -> Iterator[Shape]:
        """Stretches of time as boxes."""
        for begin, stop in stretches:
            left, right = (self.x(min(self.end, max(self.start, moment))) for moment in (begin, stop))
            if right > left:
                yield Box((left, top), (right - left, height), colour)


def _drawing(of: MasteringReport) -> Drawing:
    end = max(of.before.duration_s, of.after.starts_s + of.after.duration_s)
    scale = _Scale(min(0.0, of.after.starts_s), end, WIDTH - (GAIN_SIDE if of.tracks else RIGHT))
    shapes = list(_panels(of, scale))
    bottom: float = TOP + 2 * PANEL + GAP + 16
    if of.tracks:
        tracks = list(_tracks(of, scale, bottom + 34))
        bottom = max(shape.at[1] + shape.size[1] for shape in tracks if isinstance(shape, Box)) + 16
        shapes += [*tracks, *_times(bottom, scale)]
    size = WIDTH, round(bottom + 14)
    title = told("Loudness of {name}", name=of.name)
    head = Box((0, 0), size, "#ffffff"), Text((LEFT, 20), title, size=15)
    return Drawing(title, size, (*head, *shapes))


def _panels(of: MasteringReport, scale: _Scale) -> Iterator[Shape]:
    courses = (before_name(of), of.before, _BEFORE), (told("after"), of.after, _AFTER)
    for number, (name, course, colour) in enumerate(courses):
        top = TOP + number * (PANEL + GAP)
        yield from _panel(course, of.target_lufs, top, scale, colour)
        levels = course.levels
        words = told(
            "{name}: {lufs:.1f} LUFS, {dbtp:.1f} dBTP, range {loudness_range:.1f} LU",
            name=name,
            lufs=levels.lufs,
            dbtp=levels.dbtp,
            loudness_range=levels.loudness_range,
        )
        yield Text((LEFT, top - 7), words, size=12, colour=colour)
        yield Text(
            (scale.right, top - 7), told("target {aim:.1f} LUFS; grey: gated", aim=of.target_lufs), "end", 11, _AIM
        )
    yield from _times(TOP + 2 * PANEL + GAP + 16, scale)


def _panel(course: Course, aim: float, top: float, scale: _Scale, colour: str) -> Iterator[Shape]:
    """One curve with its grid, its gated parts and the target."""
    gated = tuple((course.starts_s + begin, course.starts_s + stop) for begin, stop in course.gated)
    yield from scale.boxes(gated, top, PANEL, _GATED)
    yield from _grid(range(-10, int(LOWEST) - 1, -10), top, PANEL, scale)
    aimed = _y(aim, top, PANEL)
    yield Line(((LEFT, aimed), (scale.right, aimed)), _AIM, 1.5)
    points = [
        (scale.x(course.starts_s + second + 1), _y(value, top, PANEL)) for second, value in enumerate(course.short_term)
    ]
    yield Line(tuple(_thinned(points)), colour, 1.8)


def _grid(levels: Sequence[int], top: float, height: float, scale: _Scale) -> Iterator[Shape]:
    """Lines of equal loudness, with what they stand for."""
    yield Text((LEFT - 8, top - 7), "LUFS", "end", 11)
    for lufs in levels:
        y = _y(lufs, top, height)
        yield Line(((LEFT, y), (scale.right, y)), _GRID)
        yield Text((LEFT - 8, y + 4), f"{lufs}", "end", 11)


def _y(lufs: float, top: float, height: float) -> float:
    inside = min(HIGHEST, max(LOWEST, lufs))
    return top + (HIGHEST - inside) / (HIGHEST - LOWEST) * height


def _tracks(of: MasteringReport, scale: _Scale, top: float) -> Iterator[Shape]:
    """A panel for each track, below its facts in words."""
    facts = [told(line) for line in described(of.mix)] if of.mix else []
    several = together(of.tracks)
    legend = told("Tracks: grey line as recorded, green in the mix, violet the gain; grey ground: ducked")
    yield Text((LEFT, top - LINE), legend, size=11)
    rest = told("below: whose microphone is open, yellow several at once")
    yield Text((LEFT, top), "; ".join((rest, *facts[len(of.tracks) :])), size=11)
    top += LINE
    for course, words in zip(of.tracks, facts, strict=False):
        lines = textwrap.wrap(words, LETTERS)
        for number, line in enumerate(lines):
            yield Text((LEFT, top + (number + 1) * LINE), line, size=12)
        top += len(lines) * LINE + 20
        yield from _track(course, several, top, scale)
        top += TRACK + STRIP + 8


def _track(course: TrackCourse, several: Stretches, top: float, scale: _Scale) -> Iterator[Shape]:
    yield from scale.boxes(course.ducked, top, TRACK, _GATED)
    yield from _grid((-20, -40, -60), top, TRACK, scale)
    yield from _gains(course, top, scale)
    for levels, colour in ((course.levels, _BEFORE), (course.mixed, _AFTER)):
        yield from _curve([(second + 0.5, _y(level, top, TRACK)) for second, level in enumerate(levels)], scale, colour)
    strip = top + TRACK
    yield Box((LEFT, strip), (scale.right - LEFT, STRIP), _GATED)
    yield from scale.boxes(course.turns, strip, STRIP, _AFTER)
    yield from scale.boxes(several, strip, STRIP, _TOGETHER)


def _gains(course: TrackCourse, top: float, scale: _Scale) -> Iterator[Shape]:
    """The gain, by the scale at the right."""

    def y(gain_db: float) -> float:
        return top + (_MOST_DB - min(_MOST_DB, max(-_MOST_DB, gain_db))) / (2 * _MOST_DB) * TRACK

    if not course.gain_db:
        return
    yield Text((scale.right + 6, top - 7), "dB", size=11, colour=_GAIN)
    for gain_db in (20, 0, -20):
        yield Text((scale.right + 6, y(gain_db) + 4), f"{gain_db:+d}" if gain_db else "0", size=11, colour=_GAIN)
    yield from _curve([(second + 0.5, y(gain)) for second, gain in enumerate(course.gain_db)], scale, _GAIN)


def _curve(points: Sequence[Point], scale: _Scale, colour: str) -> Iterator[Shape]:
    inside = [(scale.x(moment), height) for moment, height in points if scale.start <= moment <= scale.end]
    if len(inside) > 1:
        yield Line(tuple(_thinned(inside)), colour, 1.4)


def _thinned(points: Sequence[Point]) -> Iterator[Point]:
    """At most two points a unit of width: the lowest and the highest there, in their order."""
    columns: dict[int, list[Point]] = {}
    for point in points:
        columns.setdefault(int(point[0]), []).append(point)
    for column in columns.values():
        yield from sorted({min(column, key=_height), max(column, key=_height)})


def _height(point: Point) -> float:
    return point[1]


def _times(y: float, scale: _Scale) -> Iterator[Shape]:
    span = scale.end - scale.start
    step = next((step for step in (10, 30, 60, 300, 600, 1800) if span / step <= 10), 3600)
    for seconds in range(0, int(scale.end) + 1, step):
        yield Text((scale.x(seconds), y), f"{seconds // 60}:{seconds % 60:02}", "middle", 11)
    yield Text((LEFT - 16, y), "min", "end", 11)
