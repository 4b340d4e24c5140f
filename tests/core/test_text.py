from __future__ import annotations

import sys
import unicodedata

from sendung.core.text import clean


def test_control_characters_and_lone_surrogates_go_and_white_space_becomes_one_blank() -> None:
    """Of every character there is, by Unicode's own categories."""
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        if character.isspace():
            expected = "a b"
        elif unicodedata.category(character) in ("Cc", "Cs"):
            expected = "ab"
        else:
            expected = f"a{character}b"
        assert clean(f"a{character}b") == expected, hex(number)
    assert clean(" \ta\r\n\n b ") == "a b"
