"""Pictures as lists of shapes, laid out once and written as SVG or, with Pillow, as PNG."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from sendung.core.errors import UsageError
from sendung.core.words import say

INK = "#1f2933"
_SPELLED = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "ß": "ss",
        "–": "-",
        "−": "-",
        "…": "...",
        "→": "->",
    }
)
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
    colour: str = INK


Shape = Box | Line | Text


@dataclass(frozen=True)
class Drawing:
    """Shapes in the order in which they are drawn, and the size of the whole; `title` is read out."""

    title: str
    size: tuple[int, int]
    shapes: tuple[Shape, ...]


def write_drawing(drawing: Drawing, path: Path) -> None:
    """Write the picture as the file's ending says. Raises UsageError for endings other than .svg and .png."""
    kind = path.suffix.lower()
    if kind == ".svg":
        path.write_text(svg_of(drawing), encoding="utf-8")
    elif kind == ".png":
        path.write_bytes(png_of(drawing))
    else:
        raise UsageError(
            say("{name}: plots are .svg or .png", name=path.name), "Name a file that ends in .svg or .png."
        )


def svg_of(drawing: Drawing) -> str:
    """The picture as SVG; the same shapes give the same text."""
    width, height = drawing.size
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" role="img" aria-label="{escape(drawing.title)}">',
        *map(_svg_shape, drawing.shapes),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def png_of(drawing: Drawing) -> bytes:
    """The picture as PNG, at two pixels for one."""
    width, height = drawing.size
    image = Image.new("RGB", (width * _SCALE, height * _SCALE), "white")
    draw = ImageDraw.Draw(image)
    for shape in drawing.shapes:
        _draw(draw, shape)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


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
        draw.text((shape.at[0] * _SCALE, shape.at[1] * _SCALE), _drawable(shape.words), shape.colour, font, anchor)


def _drawable(words: str) -> str:
    """Words in letters that the font which comes with Pillow has: it has no umlauts, and shows boxes for them."""
    spelled = words.translate(_SPELLED)
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
