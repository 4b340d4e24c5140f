"""Pictures: the same shapes as SVG and as PNG."""

from __future__ import annotations

import pytest

from sendung.media.drawing import Box, Drawing, Text, png_of, svg_of


def titled(words: str) -> Drawing:
    return Drawing(words, (400, 40), (Box((0, 0), (400, 40), "#ffffff"), Text((4, 20), words)))


@pytest.mark.parametrize(("words", "spelled"), [("Zwei Töne", "Zwei Toene"), ("Größe – é…", "Groesse - e...")])
def test_a_picture_has_no_boxes_for_umlauts_and_svg_has_the_letters(words: str, spelled: str) -> None:
    assert png_of(titled(words)) == png_of(titled(spelled))
    assert words in svg_of(titled(words))


def test_markup_in_words_stays_words() -> None:
    assert "<b>" not in svg_of(titled('<b>"&'))
