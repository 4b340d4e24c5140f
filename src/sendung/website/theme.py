"""A show's three values of its look, made safe and readable: accent colour, font stack, logo."""

from __future__ import annotations

import re
from functools import lru_cache

from sendung.core.model import Theme

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FONTS = re.compile(r"""[\w \-,'"]+""")

PAPER, CARD, INK = "#f5f3ee", "#eae8e3", "#191b18"
NIGHT, NIGHT_CARD, CHALK = "#121412", "#1d201d", "#eceae3"
"""Page, cards on it, and text, in light and dark; the accent colour is readable on the cards, and so on the page."""

FACE = "#1b1e1b"
"""The player's surface, in light and dark."""

READABLE = 4.5
"""Least contrast of text (WCAG 2.2, success criterion 1.4.3)."""

Channels = tuple[float, float, float]


@lru_cache(maxsize=16)
def variables(theme: Theme) -> str:
    """The theme as CSS custom properties, light and dark.

    A value that is not a colour or a list of fonts is ignored, so that nothing else gets into the style.
    """
    accent = _accent(theme)
    font = f"--font:{theme.font};" if theme.font and _FONTS.fullmatch(theme.font) else ""
    light = f"--paper:{PAPER};--card:{CARD};--ink:{INK};--accent:{readable(accent, CARD)};"
    dark = f"--paper:{NIGHT};--card:{NIGHT_CARD};--ink:{CHALK};--accent:{readable(accent, NIGHT_CARD)};"
    face = needle(theme)
    shared = f"--face:{FACE};--needle:{face};--on-needle:{readable('#000000', face)};{font}"
    return f":root{{{light}{shared}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"


def accent_on(theme: Theme, ground: str) -> str:
    """The accent colour as text on a ground."""
    return readable(_accent(theme), ground)


def needle(theme: Theme) -> str:
    """The accent colour as it stands on the player's surface."""
    return readable(_accent(theme), FACE)


def readable(colour: str, ground: str) -> str:
    """The colour nearest to `colour`, towards black or white, that is readable as text on `ground`; all #rrggbb."""
    goal = "#ffffff" if contrast("#ffffff", ground) > contrast("#000000", ground) else "#000000"
    steps = (_mixed(colour, goal, step / 20) for step in range(21))
    return next(shade for shade in steps if contrast(shade, ground) >= READABLE or shade == goal)


def contrast(colour: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    low, high = sorted((_luminance(colour), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _accent(theme: Theme) -> str:
    return theme.accent if _COLOUR.fullmatch(theme.accent) else Theme().accent


def _luminance(colour: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(colour: str, goal: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(goal), strict=True)
    return "#" + "".join(f"{round(255 * (a + (b - a) * share)):02x}" for a, b in pairs)


def _channels(colour: str) -> Channels:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue
