"""QR codes (ISO/IEC 18004), drawn as segno draws them, byte by byte, in less than half of the time.

segno tries all eight masks in loops over modules, which took two thirds of rendering a show's pages. Here it draws one,
and numpy finds out which mask is the best (section 7.8.3), as segno counts.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import segno
from markupsafe import Markup
from numpy.typing import NDArray

Modules = NDArray[np.uint8]
"""Square, 1 for dark; or one such for each mask."""
_BORDER = 4
_N3 = bytes((1, 0, 1, 1, 1, 0, 1))


def quick_code(url: str) -> Markup:
    """A QR code of a URL as inline SVG."""
    modules = _modules(url)
    size = len(modules) + 2 * _BORDER
    background = f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/>'
    drawing = f'<path stroke="#000" d="{_path(modules)}"/>'
    return Markup(f'<svg viewBox="0 0 {size} {size}">{background}{drawing}</svg>')  # noqa: S704


def _modules(url: str) -> Modules:
    first = segno.make(url, micro=False, error="m", mask=0)
    version, level = int(first.version), str(first.error)
    drawn = np.array(first.matrix, np.uint8)
    region, masks = _region(version), _masks(len(drawn))
    bare = np.where(region, drawn ^ masks[0], drawn) * ~_information(version)
    masked = np.where(region, bare ^ masks, bare)
    best = int(np.argmin(_penalties(masked)))
    return np.where(_information(version), _drawn_with(version, level, best), masked[best])


@cache
def _masks(size: int) -> Modules:
    """The eight data mask patterns (table 10)."""
    i, j = np.indices((size, size))
    patterns = (
        (i + j) % 2, i % 2, j % 3, (i + j) % 3,
        (i // 2 + j // 3) % 2, i * j % 2 + i * j % 3, (i * j % 2 + i * j % 3) % 2, ((i + j) % 2 + i * j % 3) % 2,
    )  # fmt: skip
    return np.array([pattern == 0 for pattern in patterns], np.uint8)


@cache
def _information(version: int) -> NDArray[np.bool_]:
    """Where a code says its mask and level, and its version (sections 7.9, 7.10): empty while masks are judged."""
    size = 17 + 4 * version
    places = np.zeros((size, size), bool)
    places[8, :9] = places[8, -8:] = places[:9, 8] = places[-8:, 8] = True
    places[6, 8] = places[8, 6] = False
    if version >= 7:
        places[-11:-8, :6] = places[:6, -11:-8] = True
    return places


@cache
def _region(version: int) -> NDArray[np.bool_]:
    """Where data is: nothing of what finds, aligns, times or informs (section 6.3)."""
    size = 17 + 4 * version
    region = ~_information(version)
    region[:9, :9] = region[:9, -8:] = region[-8:, :9] = False
    region[6, :] = region[:, 6] = False
    centres = _alignment(version)
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for i, j in ((i, j) for i in centres for j in centres if (i, j) not in corners):
        region[i - 2 : i + 3, j - 2 : j + 3] = False
    return region


def _alignment(version: int) -> list[int]:
    """Where the centres of alignment patterns are (annex E, as a formula of Project Nayuki's QR Code generator)."""
    if version == 1:
        return []
    count, size = version // 7 + 2, 17 + 4 * version
    step = (version * 8 + count * 3 + 5) // (count * 4 - 4) * 2
    return [6, *sorted(size - 7 - step * number for number in range(count - 1))]


@cache
def _drawn_with(version: int, level: str, mask: int) -> Modules:
    """Any code of a version, level and mask: what informs is the same in all of them."""
    code = segno.make("0", version=version, error=level, mask=mask, boost_error=False, micro=False)
    return np.array(code.matrix, np.uint8)


def _penalties(masked: Modules) -> NDArray[np.int64]:
    """The penalty of each mask (table 11)."""
    lines = np.concatenate([masked, masked.swapaxes(1, 2)], axis=1)
    squares = masked[:, 1:, 1:], masked[:, 1:, :-1], masked[:, :-1, 1:], masked[:, :-1, :-1]
    alike = np.logical_and.reduce([square == squares[0] for square in squares])
    share = masked.sum((1, 2), np.int64) / masked[0].size
    return np.array(
        [_run_points(of_mask) + _finder_points(of_mask) for of_mask in lines]
        + 3 * alike.sum((1, 2))
        + 10 * np.floor(np.abs(share * 100 - 50) / 5).astype(np.int64)
    )


def _run_points(lines: Modules) -> int:
    """N1: runs of five and more modules of one colour."""
    ends = np.ones((len(lines), lines.shape[1] + 1), bool)
    ends[:, 1:-1] = lines[:, 1:] != lines[:, :-1]
    places = np.flatnonzero(ends)
    lengths = np.diff(places)
    return int((lengths[lengths >= 5] - 2).sum())


def _finder_points(lines: Modules) -> int:
    """N3: what looks like a finder pattern beside four light modules, or at an end: there the margin is as light."""
    modules = np.pad(lines, ((0, 0), (4, 4))).tobytes()
    points, place = 0, modules.find(_N3)
    while place != -1:
        after = place + 7
        if any(modules[place - 4 : place]) and any(modules[after : after + 4]):
            after = place + 4
        else:
            points += 40
        place = modules.find(_N3, after)
    return points


def _path(modules: Modules) -> str:
    """The dark runs of each row, as strokes that go on from each other."""
    padded = np.pad(modules, ((0, 0), (1, 1))).astype(np.int8)
    steps = np.diff(padded, axis=1)
    rows, starts = np.nonzero(steps == 1)
    _, ends = np.nonzero(steps == -1)
    x, y = 0, 0
    strokes: list[str] = []
    for row, start, end in zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True):
        place = f"m{start - x} {row - y}" if strokes else f"M{start + _BORDER} {_BORDER}.5"
        strokes.append(f"{place}h{end - start}")
        x, y = end, row
    return "".join(strokes)
