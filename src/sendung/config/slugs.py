"""Folder names made of titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_LONGEST = 60
_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "å": "aa", "ł": "l", "đ": "d",
     "&": " und ", "'": "", "’": ""}
)  # fmt: skip


def slug_of(title: str, fallback: str) -> str:
    """A slug (lower case ASCII, digits, single hyphens) that is cut between words; `fallback` if nothing is left."""
    text = unicodedata.normalize("NFC", title).lower().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > _LONGEST:
        cut = slug[: _LONGEST + 1].rpartition("-")[0]
        slug = cut or slug[:_LONGEST]
    return slug or fallback


def unique(slug: str, taken: Collection[str]) -> str:
    """The slug, or the first of slug-2, slug-3 ... that is free."""
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free
