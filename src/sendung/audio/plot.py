"""A report as a picture: loudness over time, before and after, with the target and what does not count.

The picture is a list of shapes, laid out once and written as SVG or, with Pillow, as PNG.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from sendung.audio.report import LOWEST, Course, MasteringReport
from sendung.core.errors import UsageError

WIDTH, PANEL, LEFT, RIGHT, TOP, GAP = 960, 180, 56, 16, 46, 46
HIGHEST = -5.0
"""LUFS at the top of a panel; LOWEST is at the bottom."""
_INK, _GRID, _GATED, _AIM = "#1f2933", "#d9dee3", "#e8ebee", "#c2410c"
_COLOURS = {"before": "#64748b", "after": "#0f766e"}
_SCALE = 2
"""PNG pixels for one unit of the picture."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    at: Point
    size: Point
    colour: str


@dataclass(frozen=True)
class Line:
    """A line through points."""

    points: tuple[Point, ...]
    colour: str
    width: float = 1.0


@dataclass(frozen=True)
class Text:
    """Words; `anchor` says which end is at the point: "start", "middle" or "end"."""

    at: Point
    words: str
    anchor: str = "start"
    size: int = 12
    colour: str = _INK


Shape = Box | Line | Text


def plot(of: MasteringReport, path: Path) -> None:
    """Write the picture as the file's ending says. Raises UsageError for endings other than .svg and .png."""
    kind = path.suffix.lower()
    if kind == ".svg":
        path.write_text(svg(of), encoding="utf-8")
    elif kind == ".png":
        path.write_bytes(png(of))
    else:
        raise UsageError(f"{path.name}: plots are .svg or .png", "Name a file that ends in .svg or .png.")


def svg(of: MasteringReport) -> str:
    """The picture as SVG; the same report gives the same text."""
    width, height = _size()
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" role="img" aria-label="{escape(_title(of))}">',
        *(_svg_shape(shape) for shape in _shapes(of)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def png(of: MasteringReport) -> bytes:
    """The picture as PNG, at two pixels for one."""
    width, height = _size()
    image = Image.new("RGB", (width * _SCALE, height * _SCALE), "white")
    draw = ImageDraw.Draw(image)
    for shape in _shapes(of):
        _draw(draw, shape)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _size() -> tuple[int, int]:
    return WIDTH, TOP + 2 * PANEL + GAP + 30


def _title(of: MasteringReport) -> str:
    return f"Loudness of {of.name}"


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
    words = f"{name}: {levels.lufs:.1f} LUFS, {levels.dbtp:.1f} dBTP, range {levels.loudness_range:.1f} LU"
    yield Text((LEFT, top - 7), words, size=12, colour=_COLOURS[name])
    yield Text((WIDTH - RIGHT, top - 7), f"target {aim:.1f} LUFS; grey: gated", "end", 11, _AIM)


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


def _svg_shape(shape: Shape) -> str:
    if isinstance(shape, Box):
        (x, y), (width, height) = shape.at, shape.size
        return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{shape.colour}"/>'
    if isinstance(shape, Line):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
        return f'<polyline points="{points}" fill="none" stroke="{shape.colour}" stroke-width="{shape.width}"/>'
    x, y = shape.at
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{shape.size}" text-anchor="{shape.anchor}" '
        f'fill="{shape.colour}">{escape(shape.words)}</text>'
    )


def _draw(draw: ImageDraw.ImageDraw, shape: Shape) -> None:
    if isinstance(shape, Box):
        (x, y), (width, height) = shape.at, shape.size
        draw.rectangle([x * _SCALE, y * _SCALE, (x + width) * _SCALE, (y + height) * _SCALE], shape.colour)
    elif isinstance(shape, Line):
        points = [(x * _SCALE, y * _SCALE) for x, y in shape.points]
        draw.line(points, shape.colour, round(shape.width * _SCALE), joint="curve")
    else:
        anchor = {"start": "ls", "middle": "ms", "end": "rs"}[shape.anchor]
        font = ImageFont.load_default(shape.size * _SCALE)
        draw.text((shape.at[0] * _SCALE, shape.at[1] * _SCALE), shape.words, shape.colour, font, anchor)
