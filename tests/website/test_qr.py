"""QR codes are those of segno, byte by byte: pages that were rendered before stay as they are."""

from __future__ import annotations

import random

import segno

from sendung.website.quick_qr import quick_code

_LETTERS = "abcdefghijklmnopqrstuvwxyzABC0123456789-/.#=ü"


def _of_segno(url: str) -> str:
    code = segno.make(url, micro=False, error="m")
    return code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None)


def test_codes_of_every_version_that_addresses_take_are_those_of_segno() -> None:
    chance = random.Random(22)
    urls = ["https://" + "".join(chance.choices(_LETTERS, k=length)) for length in (1, *range(5, 330, 5))]
    assert [url for url in urls if quick_code(url) != _of_segno(url)] == []


def test_short_texts_of_digits_are_those_of_segno() -> None:
    texts = [str(10**length // 7) for length in range(1, 60, 4)]
    assert [text for text in texts if quick_code(text) != _of_segno(text)] == []
