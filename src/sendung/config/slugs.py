"""Folder names that can be slugs, and those made of titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

LONGEST = 200
"""Letters of a slug: file systems take 255 in a name, and audio files have a hash and an ending behind it."""
SLUG = re.compile(rf"(?=.{{1,{LONGEST}}}$)[a-z0-9]+(-[a-z0-9]+)*")
"""A folder's name that can stand in a URL for ever: lower case ASCII, digits, single hyphens."""
_LONGEST_MADE = 60
_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "å": "aa", "ł": "l", "đ": "d",
     "&": " und ", "'": "", "’": ""}
)  # fmt: skip


def slug_of(title: str, fallback: str) -> str:
    """A slug (lower case ASCII, digits, single hyphens) that is cut between words; `fallback` if nothing is left."""
    text = unicodedata.normalize("NFC", title).lower().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > _LONGEST_MADE:
        cut = slug[: _LONGEST_MADE + 1].rpartition("-")[0]
        slug = cut or slug[:_LONGEST_MADE]
    return slug or fallback


def unique(slug: str, taken: Collection[str]) -> str:
    """The slug, or the first of slug-2, slug-3 ... that is free."""
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free
