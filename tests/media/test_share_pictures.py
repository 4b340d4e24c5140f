"""The pictures that others show of an episode."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from sendung.media.lettering import lettering
from sendung.media.share_pictures import CARD_SIZE, PLAY_SIDE, CardColours, CardText, card, with_play

COLOURS = CardColours("#1b1e1b", "#e2694c", "#000000")
SIZES = (68, 50, 37)


@pytest.fixture(scope="module")
def cover() -> bytes:
    file = BytesIO()
    Image.new("RGB", (1400, 1400), "#204060").save(file, "JPEG")
    return file.getvalue()


def look(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as picture:
        return picture.convert("RGB")


def written(picture: Image.Image, area: tuple[int, int, int, int]) -> bool:
    """Whether something bright is drawn in an area."""
    bands: Any = picture.crop(area).getextrema()
    return all(brightest > 130 for _, brightest in bands[:1])


def test_a_card_has_cover_show_title_and_duration_and_equal_facts_have_equal_bytes(cover: bytes) -> None:
    text = CardText("Realitätscheck Autoindustrie: Xiaomi liefert", "Gegenwind", "42 Min.")
    made = card(cover, text, COLOURS)
    picture = look(made.data)
    assert (picture.size, made.missing, len(made.data) < 300_000) == (CARD_SIZE, "", True)
    red, green, blue = picture.getpixel((315, 315))  # type: ignore[misc]
    assert (abs(red - 0x20) < 6, abs(green - 0x40) < 6, abs(blue - 0x60) < 6) == (True, True, True)
    for area in ((686, 56, 1144, 90), (686, 120, 1144, 260), (770, 510, 1000, 574)):
        assert written(picture, area), area
    assert card(cover, text, COLOURS) == made


def test_a_card_that_is_read_from_the_right_has_its_cover_there(cover: bytes) -> None:
    made = card(cover, CardText("فحص الواقع", "Gegenwind", "٤٢ د"), COLOURS)
    if made.missing:
        pytest.skip("no Arabic font here")
    picture = look(made.data)
    assert picture.getpixel((1100, 315))[2] > 80  # type: ignore[index]
    assert written(picture, (300, 100, 514, 300))


def test_the_cover_gets_a_play_button_in_its_middle(cover: bytes) -> None:
    picture = look(with_play(cover, COLOURS))
    assert picture.size == (PLAY_SIDE, PLAY_SIDE)
    assert sum(picture.getpixel((PLAY_SIDE // 2, PLAY_SIDE // 2))) < 60  # type: ignore[arg-type]
    assert picture.getpixel((PLAY_SIDE // 2 - 40, PLAY_SIDE // 2))[0] > 180  # type: ignore[index]
    assert picture.getpixel((20, 20))[2] > 80  # type: ignore[index]


def test_text_gets_smaller_then_breaks_and_is_cut_last() -> None:
    short = lettering("Der erste Ton", (450, 400), SIZES)
    assert (short.lines, short.font.size, short.cut) == (("Der erste Ton",), 68, False)
    word = lettering("Donaudampfschifffahrtsgesellschaftskapitän", (450, 400), SIZES)
    assert (word.font.size, "".join(word.lines), word.cut) == (37, "Donaudampfschifffahrtsgesellschaftskapitän", False)
    assert all(word.font.getlength(line) <= 450 for line in word.lines)
    long = lettering("Wort " * 200, (450, 400), SIZES)
    assert (long.cut, long.lines[-1][-1], long.height <= 400) == (True, "…", True)


def test_what_no_font_has_is_left_out_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sendung.media.lettering._OF_THE_SYSTEM", ())
    text = lettering("Vor 中 und\tnach 中\x00", (450, 400), SIZES)
    assert (" ".join(text.lines), text.missing) == ("Vor und nach", "中")
