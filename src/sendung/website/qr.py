"""QR codes of addresses, as inline SVG: a few by segno, many by numpy, with the same bytes."""

from __future__ import annotations

import importlib
from functools import lru_cache
from itertools import count

import segno
from markupsafe import Markup

_FEW = 8
"""Codes that segno draws before numpy is loaded, which publishing one episode needs for nothing else."""
_numbers = count()


@lru_cache(maxsize=16)
def qr_code(url: str) -> Markup:
    """A QR code of a URL; two pages of an episode, one after the other, have the same."""
    if next(_numbers) >= _FEW:
        quick: Markup = importlib.import_module("sendung.website.quick_qr").quick_code(url)
        return quick
    code = segno.make(url, micro=False, error="m")
    return Markup(code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None))  # noqa: S704
