"""The covers of the sample show and of its first episode."""

from __future__ import annotations

import io
import math
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageCms, ImageDraw

from sample_show.lettering import GAP, RING, Pen, width_of

SIDE = 3000
SMOOTH = 2
"""Drawn this many times as large, then made smaller, which smooths the edges."""
MOST_BYTES = 300_000

INK = "#14213d"
PAPER = "#fdf4e3"
CORAL = "#ff6b4a"
MINT = "#3ecfb2"

LINK = 0.5
"""How far the second of two linked rings stands from the first; 1 is a ring's width."""


def show_cover() -> Image.Image:
    """The show's name; the "o" of its last syllable is the sign for stereo: two rings, two hosts, two channels."""
    picture, draw = canvas(INK)
    pen = Pen(draw, 440 * SMOOTH, 122 * SMOOTH)
    left = (SIDE * SMOOTH - width_of("kanal") * pen.size) / 2
    top = 920 * SMOOTH
    pitch = 860 * SMOOTH
    pen.write("zwei", left, top, PAPER)
    pen.write("kanal", left, top + pitch, PAPER)
    x = pen.write("t", left, top + 2 * pitch, PAPER)
    x = linked_rings(pen, x, top + 2 * pitch, (CORAL, MINT))
    pen.write("n", x + GAP * pen.size, top + 2 * pitch, PAPER)
    return smoothed(picture)


def linked_rings(pen: Pen, x: float, y: float, colours: tuple[str, str]) -> float:
    """The show's sign, its left edge at x, its foot at y; returns its right edge."""
    second = x + LINK * pen.size
    pen.stroke(RING, x, y, colours[0])
    pen.stroke(RING, second, y, colours[1])
    # The first ring passes over the second at the lower of their two crossings.
    over = tuple(point for point in RING if point[0] > LINK and point[1] < 0.5)
    pen.stroke(over, x, y, colours[0])
    return second + pen.size


def episode_cover() -> Image.Image:
    """A car whose body is a waveform, under the show's sign."""
    picture, draw = canvas(CORAL)
    linked_rings(Pen(draw, 200 * SMOOTH, 56 * SMOOTH), 265 * SMOOTH, 450 * SMOOTH, (PAPER, INK))
    ground = 1690 * SMOOTH
    wheels = (890 * SMOOTH, 2170 * SMOOTH)
    radius = 240 * SMOOTH
    step, width = 100 * SMOOTH, 62 * SMOOTH
    for index in range(25):
        x = 300 * SMOOTH + index * step
        top = ground - roof(index / 24) * SMOOTH
        bottom = ground - arch_over(x, wheels, radius + 110 * SMOOTH)
        draw.rounded_rectangle((x - width / 2, top, x + width / 2, bottom), radius=width / 2, fill=PAPER)
    wheel = Pen(draw, radius * 2, 120 * SMOOTH)
    for x in wheels:
        wheel.stroke(RING, x - radius, ground + radius, INK)
    size = 25 * step / width_of("realitätscheck")
    words = Pen(draw, size, 0.28 * size)
    for line, word in enumerate(("realitätscheck", "autoindustrie")):
        words.write(word, 265 * SMOOTH, (2380 + line * 340) * SMOOTH, INK)
    return smoothed(picture)


def roof(place: float) -> float:
    """The height of a car's outline (pixels of the finished cover), from its rear (0) to its front (1)."""
    outline = ((0.0, 330), (0.08, 480), (0.26, 940), (0.36, 1020), (0.52, 1000), (0.72, 560), (0.94, 430), (1.0, 280))
    for (x0, y0), (x1, y1) in pairwise(outline):
        if place <= x1:
            share = (place - x0) / (x1 - x0)
            return y0 + (y1 - y0) * (1 - math.cos(math.pi * share)) / 2
    return outline[-1][1]


def arch_over(x: float, wheels: tuple[float, ...], radius: float) -> float:
    """How far a bar's foot stands above the ground to leave room for a wheel."""
    return max((math.sqrt(max(0.0, radius**2 - (x - wheel) ** 2)) for wheel in wheels), default=0.0)


def canvas(colour: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """An empty picture and its pencil."""
    picture = Image.new("RGB", (SIDE * SMOOTH, SIDE * SMOOTH), colour)
    return picture, ImageDraw.Draw(picture)


def smoothed(picture: Image.Image) -> Image.Image:
    """The picture at its final size."""
    return picture.reduce(SMOOTH)


def write_jpeg(picture: Image.Image, path: Path) -> None:
    """Write an sRGB JPEG. Raises ValueError if it is larger than a cover may be."""
    data = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    undated = profile[:24] + bytes(12) + profile[36:]
    picture.save(data, "JPEG", quality=78, subsampling="4:2:0", optimize=True, progressive=True, icc_profile=undated)
    if data.tell() > MOST_BYTES:
        message = f"{path.name} has {data.tell()} bytes, more than {MOST_BYTES}"
        raise ValueError(message)
    path.write_bytes(data.getvalue())
