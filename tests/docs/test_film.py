"""The moving picture in README.md: what it shows is what a publish prints."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import make_film
import pytest

SVG = "{http://www.w3.org/2000/svg}"


def last_lines(film: str) -> list[str]:
    """The rows that stand at its end, from the top, without figures, which depend on ffmpeg and the machine."""
    rows: dict[float, str] = {}
    for text in ET.fromstring(film).iter(f"{SVG}text"):
        if text.get("class") == "end":
            rows[float(text.get("y", ""))] = " ".join(" ".join(text.itertext()).split())
    return [re.sub(r"\d+", "0", rows[height]) for height in sorted(rows)]


def test_it_asks_for_nothing_moves_by_css_alone_and_rests_for_those_who_wish_that() -> None:
    film = make_film.FILM.read_text("utf-8")
    assert len(film) < 150_000
    assert "<script" not in film
    assert set(re.findall(r'(?:href|src)="', re.sub(r"&[a-z]+;", "", re.sub(r"<tspan.*?</tspan>", "", film)))) == set()
    assert "@media(prefers-reduced-motion:reduce)" in film
    root = ET.fromstring(film)
    assert root[0].tag == f"{SVG}title"
    lines = last_lines(film)
    assert lines[0] == f"$ {make_film.COMMAND}"
    assert any(line.startswith("Loudness −0.0 LUFS in the mix → −0.0 LUFS") for line in lines)
    assert any(line.startswith("Player <iframe src=") for line in lines)
    assert str(Path.home()) not in film


@pytest.mark.soak
def test_a_new_run_ends_with_the_same_words() -> None:
    assert last_lines(make_film.make()) == last_lines(make_film.FILM.read_text("utf-8")), "make film"
