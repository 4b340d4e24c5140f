"""Text on pictures: a font that has its letters, lines that fit, in the direction of its script."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files

from PIL import ImageDraw, ImageFont

_OWN = ("RedHatDisplay-Bold.ttf", "RedHatDisplay-Medium.ttf")
"""Of the package font-rhd, which is installed with Sendung: all that is written in Latin letters."""
_OF_THE_SYSTEM = (
    "NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf", "Arial Bold.ttf", "arialbd.ttf", "NotoSansArabic-Bold.ttf",
    "NotoSansHebrew-Bold.ttf", "NotoSansCJK-Bold.ttc", "Arial Unicode.ttf", "msyhbd.ttc", "PingFang.ttc",
    "DejaVuSans.ttf", "NotoSans-Regular.ttf", "NotoSansCJK-Regular.ttc",
)  # fmt: skip
"""Fonts for other scripts, by the file names that Linux, macOS and Windows have; Pillow looks for them."""
_WRITTEN = "LMNP"
"""Categories of letters, marks, digits and punctuation: these choose the font, and not emoji."""
_UNASSIGNED = "\U0010ffff"
_PROBE = 40
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
"""Bidirectional classes of Hebrew and Arabic letters (Unicode Standard Annex 9)."""

Font = ImageFont.FreeTypeFont


@dataclass(frozen=True)
class Lettering:
    """A text that fits into a box."""

    lines: tuple[str, ...]
    font: Font
    line_height: int
    """Pixels."""
    missing: str
    """Letters that no font of this machine has; they are left out."""
    cut: bool
    """Whether it ends with an ellipsis, because not all of it fits."""

    @property
    def height(self) -> int:
        """Pixels of all lines."""
        return self.line_height * len(self.lines)


def lettering(text: str, box: tuple[int, int], sizes: Sequence[int], *, bold: bool = True) -> Lettering:
    """A text in the largest of some sizes (pixels, largest first) in which it fits into a box of width × height.

    Lines break at spaces, and within a word that is wider than the box. What does not fit in the smallest size is cut,
    with an ellipsis.
    """
    width, height = box
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    name = _font_name(frozenset(letter for letter in plain if unicodedata.category(letter)[0] in _WRITTEN), bold=bold)
    missing = "".join(dict.fromkeys(letter for letter in plain if not _has(name, letter)))
    shown = " ".join("".join(letter for letter in plain if letter not in missing).split())
    lines: list[str] = []
    font, line_height = _font(name, sizes[-1]), 0
    for size in sizes:
        font, line_height = _font(name, size), round(size * 1.18)
        lines = _wrapped(shown, font, width)
        if line_height * len(lines) <= height and (_keeps_words(shown, font, width) or size == sizes[-1]):
            return Lettering(tuple(lines), font, line_height, missing, cut=False)
    kept = lines[: max(1, height // line_height)]
    kept[-1] = _shortened(kept[-1], font, width)
    return Lettering(tuple(kept), font, line_height, missing, cut=True)


def write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: Lettering, colour: str, width: int) -> None:
    """Draw the lines from a point (left, top) on; those of right-to-left scripts end at the right edge of `width`."""
    left, top = at
    for number, line in enumerate(text.lines):
        indent = width - round(text.font.getlength(line)) if is_right_to_left(line) else 0
        draw.text((left + indent, top + number * text.line_height), line, colour, text.font)


def is_right_to_left(text: str) -> bool:
    """Whether a text is read from right to left: by its first letter that has a direction (UAX 9, rule P2)."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in _RIGHT_TO_LEFT for kind in directions if kind in {"L", *_RIGHT_TO_LEFT}), False)


@lru_cache(maxsize=64)
def _font(name: str, size: int) -> Font:
    if name in _OWN:
        with as_file(files("font_rhd") / "files" / name) as path:
            return ImageFont.truetype(str(path), size)
    return ImageFont.truetype(name, size)


def _font_name(letters: frozenset[str], *, bold: bool) -> str:
    """The first font that has all letters, else the first that has most of them."""
    best, fewest = "", len(letters) + 1
    for name in _names(bold=bold):
        missing = sum(not _has(name, letter) for letter in letters)
        if missing < fewest:
            best, fewest = name, missing
        if not missing:
            break
    return best


def _names(*, bold: bool) -> Iterator[str]:
    yield _OWN[0] if bold else _OWN[1]
    yield from (name for name in _OF_THE_SYSTEM if _is_there(name))


@lru_cache(maxsize=64)
def _is_there(name: str) -> bool:
    try:
        _font(name, _PROBE)
    except OSError:
        return False
    return True


@lru_cache(maxsize=4096)
def _has(name: str, letter: str) -> bool:
    """Whether a font draws a letter otherwise than one that is nobody's."""
    if letter.isspace() or unicodedata.category(letter) in {"Cf", "Mn"}:
        return True
    font = _font(name, _PROBE)
    drawn, nothing = font.getmask(letter), font.getmask(_UNASSIGNED)
    return (drawn.size, bytes(drawn)) != (nothing.size, bytes(nothing))


def _wrapped(text: str, font: Font, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
            continue
        pieces = list(_broken(word, font, width))
        lines = [*lines, *pieces] if lines[-1] else pieces
    return lines


def _broken(word: str, font: Font, width: int) -> Iterator[str]:
    """A word in pieces that are no wider than a line."""
    start = 0
    for end in range(1, len(word) + 1):
        if font.getlength(word[start:end]) > width and end - start > 1:
            yield word[start : end - 1]
            start = end - 1
    yield word[start:]


def _keeps_words(text: str, font: Font, width: int) -> bool:
    """Whether no word has to be broken."""
    return all(font.getlength(word) <= width for word in text.split(" "))


def _shortened(line: str, font: Font, width: int) -> str:
    while line and font.getlength(f"{line}…") > width:
        line = line[:-1]
    return f"{line.rstrip()}…"
