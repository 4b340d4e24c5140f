"""A cover for a show that has none yet: its title, and two rings."""

from __future__ import annotations

import io
import textwrap
import unicodedata

from PIL import Image, ImageDraw, ImageFont

_SIDE = 3000
_EDGE = 300
"""Pixels that stay free at each side."""
_INK, _PAPER, _CORAL, _MINT = "#14213d", "#fdf4e3", "#ff6b4a", "#3ecfb2"
_LARGEST, _SMALLEST = 620, 160
"""Pixels: the size of the letters."""
_BOTTOM = 2050
"""Where the words must end: the rings are below."""
_SPELLED = str.maketrans({"ß": "ss", "–": "-", "—": "-", "’": "'", "“": '"', "”": '"', "„": '"', "…": "..."})
_DIAERESIS = "\u0308"


def draw_cover(title: str) -> bytes:
    """A JPEG of 3000 x 3000 pixels, as directories want it.

    The font that comes with Pillow has the letters of English only. Umlauts get their dots here, other accents are
    left out; a title in another script is left out as a whole.
    """
    picture = Image.new("RGB", (_SIDE, _SIDE), _INK)
    draw = ImageDraw.Draw(picture)
    for left, colour in ((_EDGE, _CORAL), (_EDGE + 260, _MINT)):
        draw.ellipse((left, 2220, left + 480, 2700), outline=colour, width=90)
    text = " ".join(unicodedata.normalize("NFC", title).translate(_SPELLED).split())
    if all(_letter(character).isascii() for character in text):
        _write(draw, text)
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=85, optimize=True)
    return data.getvalue()


def _letter(character: str) -> str:
    """A letter without what is above or below it."""
    return unicodedata.normalize("NFD", character)[0]


def _write(draw: ImageDraw.ImageDraw, text: str) -> None:
    """The title in the largest letters that fit."""
    plain = "".join(map(_letter, text))
    for size in range(_LARGEST, _SMALLEST - 1, -20):
        font = ImageFont.load_default(size)
        columns = max(int((_SIDE - 2 * _EDGE) / (0.5 * size)), 1)
        lines = textwrap.wrap(plain, columns, break_long_words=size == _SMALLEST)
        wide = max((draw.textlength(line, font) for line in lines), default=0)
        if wide <= _SIDE - 2 * _EDGE and _EDGE + len(lines) * size * 1.2 <= _BOTTOM:
            break
    top = float(_EDGE)
    rest = text
    for line in lines:
        original, rest = rest[: len(line)], rest[len(line) :].lstrip()
        draw.text((_EDGE, top), line, _PAPER, font)
        _dots(draw, original, font, top)
        top += size * 1.2


def _dots(draw: ImageDraw.ImageDraw, line: str, font: ImageFont.ImageFont | ImageFont.FreeTypeFont, top: float) -> None:
    """The dots of a line's umlauts."""
    plain = "".join(map(_letter, line))
    for index, character in enumerate(line):
        if _DIAERESIS not in unicodedata.normalize("NFD", character):
            continue
        start, end = (draw.textlength(plain[:count], font) for count in (index, index + 1))
        box = draw.textbbox((_EDGE, top), plain[index], font)
        radius = (end - start) * 0.1
        for share in (0.28, 0.72):
            x, y = _EDGE + start + (end - start) * share, box[1] - 2.2 * radius
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_PAPER)
