"""Sentences that know how they were made: English as a str, German where they are told."""

from __future__ import annotations

import copy
import gettext
import json
import pickle
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import pytest

from sendung.core import words
from sendung.core.catalogue import compiled
from sendung.core.errors import ConfigError, Problem
from sendung.core.numbers import fill
from sendung.core.words import join, say, say_many, then, told, told_many, wanted


@pytest.fixture(scope="module")
def german() -> gettext.NullTranslations:
    return gettext.GNUTranslations(BytesIO(compiled("de")))


@pytest.fixture
def in_german(german: gettext.NullTranslations) -> Iterator[None]:
    words.use(german, "de", fill)
    yield
    words.use(None)


def test_a_sentence_is_english_for_machines(in_german: None) -> None:
    sentence = say("{name} is not UTF-8 text.", name="a.vtt")
    assert sentence == "a.vtt is not UTF-8 text."
    assert json.dumps([sentence]) == '["a.vtt is not UTF-8 text."]'
    assert told(sentence) == "a.vtt ist kein UTF-8-Text."


def test_without_a_catalogue_everything_stays_as_it_is() -> None:
    assert told("{name} is not UTF-8 text.", name="a") == "a is not UTF-8 text."
    assert type(told(say("{n} is", n=1))) is str


@pytest.mark.parametrize("way", [copy.deepcopy, copy.copy, lambda m: pickle.loads(pickle.dumps(m)), str])
def test_a_copy_can_be_told_too(way: object, in_german: None) -> None:
    sentence = then(say("{name} is not UTF-8 text.", name="a"), str.upper)
    assert told(way(sentence)) == "A IST KEIN UTF-8-TEXT."  # type: ignore[operator]


def test_a_literal_without_values_needs_no_mark(in_german: None) -> None:
    assert told("Save it again with the encoding UTF-8.") == "Noch einmal mit der Kodierung UTF-8 speichern."


def test_what_hosts_wrote_is_left_alone(in_german: None) -> None:
    assert told("published") == "veröffentlicht"
    assert "„published“" in told(say("“{title}”", title="published"))
    assert told("{braces} of a title") == "{braces} of a title"
    assert told(join(": ", ["{braces}", "a {title}"])) == "{braces}: a {title}"


def test_numbers_and_plurals(in_german: None) -> None:
    assert told("{size:.1f} MB", size=1234.5) == "1234,5 MB"
    assert told("{number:,}", number=12345) == "12.345"
    assert [told_many(n, "{n} episode", "{n} episodes") for n in (0, 1, 2)] == ["0 Folgen", "1 Folge", "2 Folgen"]
    assert [str(say_many(n, "{n} episode", "{n} episodes")) for n in (0, 1, 2)] == [
        "0 episodes",
        "1 episode",
        "2 episodes",
    ]


def test_dates_are_as_a_language_has_them(in_german: None) -> None:
    assert told("{moment:%Y-%m-%d %H:%M}", moment=datetime(2026, 11, 20, 6, tzinfo=UTC)) == "20.11.2026 06:00"


def test_sentences_in_sentences_are_told(in_german: None) -> None:
    inner = ConfigError(say("{name} is not UTF-8 text.", name="a.vtt"))
    assert told(say("Line {line}: {why}", line=3, why=inner)) == "Zeile 3: a.vtt ist kein UTF-8-Text."
    assert told("a, " + say("{name} is not UTF-8 text.", name="b")) == "a, b ist kein UTF-8-Text."
    assert told(say("{name} is not UTF-8 text.", name="b") + "!") == "b ist kein UTF-8-Text.!"
    assert told(ValueError(say("{name} is not UTF-8 text.", name="b")).args[0]) == "b ist kein UTF-8-Text."
    assert told(str(ValueError(say("{name} is not UTF-8 text.", name="b")))) == "b ist kein UTF-8-Text."


def test_secrets_are_hidden_in_every_language(in_german: None) -> None:
    problem = Problem(say("{url} is not a directory.", url="https://me:secret@example.org/"))
    assert "secret" not in problem.message + told(problem.message)
    assert told(problem.message) == "https://…@example.org/ ist kein Ordner."


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_AT@euro"}, "de"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "den_XX"}, "en"),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "de_DE.UTF-8"}, "de"),
        ({"LC_MESSAGES": "de_DE.UTF-8", "LANG": "en_US.UTF-8"}, "de"),
        ({"LANGUAGE": "fr:de:en", "LANG": "en_US.UTF-8"}, "de"),
        ({"LANGUAGE": "en:de", "LANG": "de_DE.UTF-8"}, "en"),
        ({"SENDUNG_LANG": "en", "LANG": "de_DE.UTF-8"}, "en"),
        ({"SENDUNG_LANG": "de", "LC_ALL": "en_US.UTF-8"}, "de"),
        ({"SENDUNG_LANG": "DE-de"}, "de"),
    ],
)
def test_the_language_is_what_the_environment_asks_for(environment: dict[str, str], language: str) -> None:
    assert wanted(environment) == language
