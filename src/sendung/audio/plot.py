"""A report as a picture: loudness over time, before and after, with the target and what does not count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sendung.audio.report import LOWEST, Course, MasteringReport
from sendung.core.words import told
from sendung.media.drawing import Box, Drawing, Line, Point, Shape, Text, png_of, svg_of, write_drawing

WIDTH, PANEL, LEFT, RIGHT, TOP, GAP = 960, 180, 56, 16, 46, 46
HIGHEST = -5.0
"""LUFS at the top of a panel; LOWEST is at the bottom."""
_GRID, _GATED, _AIM = "#d9dee3", "#e8ebee", "#c2410c"
_COLOURS = {"before": "#64748b", "after": "#0f766e"}


def plot(of: MasteringReport, path: Path) -> None:
    """Write the picture as the file's ending says. Raises UsageError for endings other than .svg and .png."""
    write_drawing(_drawing(of), path)


def svg(of: MasteringReport) -> str:
    """The picture as SVG; the same report gives the same text."""
    return svg_of(_drawing(of))


def png(of: MasteringReport) -> bytes:
    """The picture as PNG, at two pixels for one."""
    return png_of(_drawing(of))


def _drawing(of: MasteringReport) -> Drawing:
    return Drawing(_title(of), _size(), tuple(_shapes(of)))


def _size() -> tuple[int, int]:
    return WIDTH, TOP + 2 * PANEL + GAP + 30


def _title(of: MasteringReport) -> str:
    return told("Loudness of {name}", name=of.name)


def _shapes(of: MasteringReport) -> Iterator[Shape]:
    width, height = _size()
    yield Box((0, 0), (width, height), "#ffffff")
    yield Text((LEFT, 20), _title(of), size=15)
    end = max(of.before.duration_s, of.after.starts_s + of.after.duration_s)
    start = min(0.0, of.after.starts_s)
    for number, (name, course) in enumerate((("before", of.before), ("after", of.after))):
        top = TOP + number * (PANEL + GAP)
        yield from _panel(name, course, of.target_lufs, top, start, end)
    yield from _times(TOP + 2 * PANEL + GAP + 16, start, end)


def _panel(name: str, course: Course, aim: float, top: float, start: float, end: float) -> Iterator[Shape]:
    """One curve with its grid, its gated parts and the target."""

    def x(seconds: float) -> float:
        return LEFT + (seconds - start) / (end - start) * (WIDTH - LEFT - RIGHT)

    def y(lufs: float) -> float:
        inside = min(HIGHEST, max(LOWEST, lufs))
        return top + (HIGHEST - inside) / (HIGHEST - LOWEST) * PANEL

    for begin, stop in course.gated:
        left, right = x(course.starts_s + begin), x(course.starts_s + stop)
        yield Box((left, top), (right - left, PANEL), _GATED)
    for lufs in range(-10, int(LOWEST) - 1, -10):
        yield Line(((LEFT, y(lufs)), (WIDTH - RIGHT, y(lufs))), _GRID)
        yield Text((LEFT - 8, y(lufs) + 4), f"{lufs}", "end", 11)
    yield Line(((LEFT, y(aim)), (WIDTH - RIGHT, y(aim))), _AIM, 1.5)
    points = [(x(course.starts_s + second + 1), y(value)) for second, value in enumerate(course.short_term)]
    yield Line(tuple(_thinned(points)), _COLOURS[name], 1.8)
    levels = course.levels
    words = told(
        "{name}: {lufs:.1f} LUFS, {dbtp:.1f} dBTP, range {loudness_range:.1f} LU",
        name=name,
        lufs=levels.lufs,
        dbtp=levels.dbtp,
        loudness_range=levels.loudness_range,
    )
    yield Text((LEFT, top - 7), words, size=12, colour=_COLOURS[name])
    yield Text((WIDTH - RIGHT, top - 7), told("target {aim:.1f} LUFS; grey: gated", aim=aim), "end", 11, _AIM)


def _thinned(points: list[Point]) -> Iterator[Point]:
    """At most two points a unit of width: the lowest and the highest there, in their order."""
    columns: dict[int, list[Point]] = {}
    for point in points:
        columns.setdefault(int(point[0]), []).append(point)
    for column in columns.values():
        yield from sorted({min(column, key=_height), max(column, key=_height)})


def _height(point: Point) -> float:
    return point[1]


def _times(y: float, start: float, end: float) -> Iterator[Shape]:
    step = next((step for step in (10, 30, 60, 300, 600, 1800) if (end - start) / step <= 10), 3600)
    for seconds in range(0, int(end) + 1, step):
        x = LEFT + (seconds - start) / (end - start) * (WIDTH - LEFT - RIGHT)
        yield Text((x, y), f"{seconds // 60}:{seconds % 60:02}", "middle", 11)
