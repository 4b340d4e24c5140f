"""The pages' German and Arabic are complete, and numbers are written as readers write them."""

from __future__ import annotations

import ast
import re
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from sendung.website.i18n import SPOKEN, clock, words_of

PACKAGE = Path(str(files("sendung.website")))


def texts_in_templates() -> set[str]:
    environment = Environment(extensions=["jinja2.ext.i18n"])
    found = set()
    for template in PACKAGE.glob("templates/*.html"):
        calls = environment.parse(template.read_text()).find_all(nodes.Call)
        found |= {c.args[0].value for c in calls if isinstance(c.node, nodes.Name) and c.node.name == "_"}  # type: ignore[attr-defined]
    return found


def texts_in_code() -> set[str]:
    found = set()
    for module in PACKAGE.glob("*.py"):
        nodes_in = list(ast.walk(ast.parse(module.read_text())))
        for_hosts = any(isinstance(n, ast.ImportFrom) and n.module == "sendung.core.words" for n in nodes_in)
        names = {"words.gettext"} if for_hosts else {"say", "words.gettext"}
        for call in nodes_in:
            if isinstance(call, ast.Call) and ast.unparse(call.func) in names:
                assert isinstance(call.args[0], ast.Constant)
                found.add(str(call.args[0].value))
    return found


@pytest.mark.parametrize("language", SPOKEN[1:])
def test_every_text_is_there_and_no_other(language: str) -> None:
    with (PACKAGE / f"locale/{language}/LC_MESSAGES/sendung.po").open("rb") as file:
        translated = {message.id: message.string for message in read_po(file) if message.id}
    used = texts_in_templates() | texts_in_code()
    assert len(used) > 50
    assert set(translated) == used
    assert all(translated.values())
    for english, translation in translated.items():
        assert re.findall(r"%\(\w+\)s", str(english)) == re.findall(r"%\(\w+\)s", str(translation))
        assert str(english).count("0 ") == str(translation).count("0"), "the script writes the number there"


@pytest.mark.parametrize(
    ("language", "minutes", "size", "rate"),
    [
        ("de", "1 Std. 5 Min.", "38,4 MB", "1,25"),
        ("en", "1 hr 5 min", "38.4 MB", "1.25"),
        ("de-CH", "1 Std. 5 Min.", "38.4 MB", "1.25"),
    ],
)
def test_numbers_are_written_as_the_language_does(language: str, minutes: str, size: str, rate: str) -> None:
    words = words_of(language)
    assert (words.minutes(3900), words.megabytes(38_400_000), words.number("1.25")) == (minutes, size, rate)


@pytest.mark.parametrize(("size", "text"), [(1, "1 kB"), (999_400, "999 kB"), (1_000_000, "1,0 MB")])
def test_a_size_is_at_least_a_kilobyte_and_megabytes_from_a_million(size: int, text: str) -> None:
    assert words_of("de").megabytes(size) == text


@pytest.mark.parametrize(("seconds", "text"), [(0, "1 Min."), (89, "1 Min."), (91, "2 Min."), (3600, "1 Std.")])
def test_a_duration_is_whole_minutes_and_one_at_least(seconds: float, text: str) -> None:
    assert words_of("de").minutes(seconds) == text


def test_languages_are_called_by_their_own_names() -> None:
    assert [words_of("de").language(code) for code in ("en", "de", "fr", "xx-unknown")] == [
        "English", "Deutsch", "Français", "xx-unknown",
    ]  # fmt: skip


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.9, "0:59"), (245, "4:05"), (3723, "1:02:03")])
def test_positions_are_written_as_players_do(seconds: float, text: str) -> None:
    assert clock(seconds) == text
