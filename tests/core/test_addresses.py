"""Addresses in messages."""

from __future__ import annotations

import pytest

from sendung.core.addresses import hide_secrets, shown
from sendung.core.errors import ConfigError, Problem, StoreError

SHOWN = {
    "https://example.org/a": "https://example.org/a",
    "https://sven:hush@example.org/a": "https://…@example.org/a",
    "https://KEY:hu/sh@example.org/a": "https://…@example.org/a",
    "https://KEY:hush/@example.org": "https://…@example.org",
    "https://KEY/hush@example.org": "https://…@example.org",
    "https://KEY:hu?sh@example.org": "https://…@example.org",
    "https://KEY:hu#sh@example.org": "https://…@example.org",
    "https://KEY:hu@sh@example.org": "https://…@example.org",
    "https://KEY:a b\"'@example.org": "https://…@example.org",
    "https://https://KEY:hush@example.org": "https://…@example.org",
    "s3://KEY:hush@bucket/prefix": "s3://…@bucket/prefix",
    "//KEY:hush@example.org": "…@example.org",
    "KEY:hush@example.org": "…@example.org",
    "https://example.org/feed?token=hush": "https://example.org/feed?…",
    "https://example.org/feed#hush": "https://example.org/feed#…",
    "https://example.org/feed?": "https://example.org/feed?",
    "https://www.youtube.com/@show": "https://www.youtube.com/@show",
    "https://social.example:8443/@show/1?x=hush": "https://social.example:8443/@show/1?…",
    "https://example.org/\x1b[2J": "https://example.org/?[2J",
    "public": "public",
}


@pytest.mark.parametrize(("address", "expected"), SHOWN.items())
def test_an_address_is_shown_without_its_secrets(address: str, expected: str) -> None:
    assert shown(address) == expected


@pytest.mark.parametrize("address", [address for address in SHOWN if "://" in address and " " not in address])
def test_no_problem_tells_the_secrets_of_an_address_in_it(address: str) -> None:
    sentence = f'Is "{address}" right, or {address}.'
    problem = Problem(sentence, f"Try {address}!")
    assert "hush" not in f"{problem}{problem.hint}"
    assert "hu/sh" not in str(StoreError(sentence))
    assert "hush" not in repr(ConfigError(sentence, sentence))


def test_a_guid_that_looks_like_an_address_can_be_typed_again() -> None:
    for words in ("--override {} lets it pass once.", "It has the GUID {}.", "Write guid: {}"):
        sentence = words.format("https://example.org/?p=42")
        assert hide_secrets(sentence) == sentence
