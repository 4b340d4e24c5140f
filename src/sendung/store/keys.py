"""Which strings are keys of objects."""

from __future__ import annotations

import re

HIDDEN = ".sendung"
"""The folder at a store's root that is the store's own: no key is in it, `list` skips it."""

PRIVATE = ("records/", "state/", f"{HIDDEN}/")
"""The folders that the public must not read: records name episodes whose date has not come."""

_KEY = re.compile(
    r"(?!/)(?!\.sendung(/|$))(?:(?!\.{1,2}(?:/|$))[\x20-\x2e\x30-\x5b\x5d-\x7e]+(?:/(?=.)|$))+", re.DOTALL
)


def is_key(text: str) -> bool:
    """Whether `text` is a key: printable ASCII without a backslash, relative, no part empty, "." or ".."."""
    return _KEY.fullmatch(text) is not None


def check_key(key: str) -> str:
    """The key itself. Raises ValueError if it is none: only a bug asks for such a key."""
    if not is_key(key):
        raise ValueError(f"not a key: {key!r}")
    return key
