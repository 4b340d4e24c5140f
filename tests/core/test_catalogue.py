"""Every sentence that hosts read is in the German catalogue, with the same values, and none is without German."""

from __future__ import annotations

import re
from functools import cache
from string import Formatter

import make_words
import pytest
import words
from babel.messages import Catalog


@cache
def german() -> Catalog:
    return make_words.read("de")


def forms(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (str(text or ""),)


def values(text: str) -> set[str]:
    """The names of a template's values; of one without values whatever stands in braces."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return set(re.findall(r"{[^}]*}", text))


def test_no_sentence_is_an_f_string() -> None:
    wrong = [sentence for sentence in words.in_code() if sentence.formatted]
    assert not wrong, "\n".join(f"{s.file}:{s.line}: write it with say(…): {s.text}" for s in wrong)


def test_every_sentence_is_in_german() -> None:
    missing = []
    for (text, _), places in words.sentences().items():
        known = german().get(text)
        if known is None or not all(forms(known.string)):
            missing.append(f"{places[0].file}:{places[0].line}: {text!r}")
    assert not missing, "make words, then translate in core/locale/de:\n" + "\n".join(missing)


def test_a_translation_has_the_same_values() -> None:
    wrong = [
        f"{one!r} → {other!r}"
        for message in german()
        for one, other in zip(forms(message.id), forms(message.string), strict=True)
        if message.id and other and values(one) != values(other)
    ]
    assert not wrong, "\n".join(wrong)


def test_white_space_at_the_ends_is_the_same() -> None:
    def ends(text: str) -> tuple[bool, bool, bool]:
        return text[:1] == " ", text[-1:] == " ", text[-1:] == "\n"

    wrong = [
        m.id for m in german() if m.id and isinstance(m.id, str) and m.string and ends(m.id) != ends(str(m.string))
    ]
    assert not wrong


def test_nothing_in_the_catalogue_is_no_longer_in_the_code() -> None:
    known = {text for text, _ in words.sentences()}
    stale = [message.id for message in german() if message.id and forms(message.id)[0] not in known]
    assert not stale, f"make words: {stale}"


def test_the_catalogue_is_as_it_is_written() -> None:
    written = make_words.written(make_words.anew(german()))
    assert written == make_words.path_of("de").read_text("utf-8"), "make words"


@pytest.mark.parametrize(
    "text", ["Save it again.", "{name} is gone", "is no date", "no recording", "It is {n}", "“{a}” is b"]
)
def test_sentences_are_seen(text: str) -> None:
    assert words.is_sentence(text)


@pytest.mark.parametrize(
    "text",
    ["audio/mpeg", "SELECT a FROM b", "<p>a b</p>", "sendung check {slug}", "episodes", "a-b c=d: x=1", r"\d+ \w+ of"],
)
def test_code_is_no_sentence(text: str) -> None:
    assert not words.is_sentence(text)
