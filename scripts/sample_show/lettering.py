"""A small alphabet of strokes of one width: no font is needed, and the covers are all the show's own.

Units: 1 is the height of a small letter, y points up from the baseline, angles are in degrees, counter-clockwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import ImageDraw

Point = tuple[float, float]
Path = tuple[Point, ...]
"""A stroke: its points, joined by straight lines."""

GAP = 0.47
"""Between two letters' skeletons."""
ASCENDER = 1.5


@dataclass(frozen=True)
class Glyph:
    """A letter's strokes and the width of its skeleton."""

    width: float
    strokes: tuple[Path, ...]


def arc(x: float, y: float, radius: float, start: float, end: float) -> Path:
    """The part of a circle from one angle to another."""
    steps = max(2, int(abs(end - start) / 3))
    angles = (math.radians(start + (end - start) * step / steps) for step in range(steps + 1))
    return tuple((x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles)


def dot(x: float, y: float) -> Path:
    """A point as wide as the pen."""
    return ((x, y), (x, y))


RING = arc(0.5, 0.5, 0.5, 0, 360)
BOWL = (RING, ((1.0, 0.0), (1.0, 0.5)))
ARCH = ((0.0, 0.0), *arc(0.44, 0.56, 0.44, 180, 0), (0.88, 0.0))
STEM = ((0.0, 0.0), (0.0, 1.0))
TALL = ((0.0, 0.0), (0.0, ASCENDER))

GLYPHS = {
    " ": Glyph(0.3, ()),
    "a": Glyph(1.0, BOWL),
    "ä": Glyph(1.0, (*BOWL, dot(0.26, 1.4), dot(0.78, 1.4))),
    "c": Glyph(0.86, (arc(0.5, 0.5, 0.5, 48, 312),)),
    "d": Glyph(1.0, (RING, ((1.0, 0.0), (1.0, ASCENDER)))),
    "e": Glyph(1.0, (((0.0, 0.5), (1.0, 0.5), *arc(0.5, 0.5, 0.5, 0, 314)),)),
    "h": Glyph(0.88, (TALL, ARCH)),
    "i": Glyph(0.0, (STEM, dot(0.0, 1.4))),
    "k": Glyph(0.74, (TALL, ((0.68, 1.0), (0.0, 0.42)), ((0.26, 0.64), (0.74, 0.0)))),
    "l": Glyph(0.0, (TALL,)),
    "n": Glyph(0.88, (ARCH,)),
    "o": Glyph(1.0, (RING,)),
    "r": Glyph(0.58, (((0.0, 0.0), *arc(0.44, 0.56, 0.44, 180, 72)),)),
    "s": Glyph(0.6, ((*arc(0.31, 0.745, 0.255, 35, 270), *arc(0.29, 0.245, 0.245, 90, -145)),)),
    "t": Glyph(0.62, (((0.22, 1.4), *arc(0.58, 0.36, 0.36, 180, 270)), ((0.0, 1.0), (0.6, 1.0)))),
    "u": Glyph(0.88, (((0.0, 1.0), *arc(0.44, 0.44, 0.44, 180, 360), (0.88, 1.0)),)),
    "w": Glyph(1.24, (((0.0, 1.0), (0.31, 0.0), (0.62, 1.0), (0.93, 0.0), (1.24, 1.0)),)),
    "z": Glyph(0.78, (((0.0, 1.0), (0.78, 1.0), (0.0, 0.0), (0.78, 0.0)),)),
}


@dataclass(frozen=True)
class Pen:
    """What draws: a picture, the height of a small letter and the width of a stroke, in pixels."""

    draw: ImageDraw.ImageDraw
    size: float
    width: float

    def stroke(self, path: Path, x: float, y: float, colour: str) -> None:
        """Draw a stroke with round ends, its origin at pixel x, y (y points down)."""
        points = [(x + px * self.size, y - py * self.size) for px, py in path]
        self.draw.line(points, fill=colour, width=round(self.width))
        radius = self.width / 2
        for px, py in points:
            self.draw.ellipse((px - radius, py - radius, px + radius, py + radius), fill=colour)

    def write(self, word: str, x: float, y: float, colour: str) -> float:
        """Write a word on the baseline y from x on; returns where the next letter would start."""
        for letter in word:
            glyph = GLYPHS[letter]
            for path in glyph.strokes:
                self.stroke(path, x, y, colour)
            x += (glyph.width + GAP) * self.size
        return x


def width_of(word: str) -> float:
    """The width of a word's skeleton."""
    return sum(GLYPHS[letter].width for letter in word) + GAP * (len(word) - 1)
