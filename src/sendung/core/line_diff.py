"""How two texts differ, in few lines for a message."""

from __future__ import annotations

from difflib import unified_diff

from sendung.core.words import say

Texts = tuple[str, str]
"""A host's, and the published one."""

_LINES = 12
"""Lines of a difference that are told."""
_COLUMNS = 160
_LONG = 60
"""Characters of a value that fit into a sentence."""


def is_text(mine: object, theirs: object) -> bool:
    """Whether two values that differ are told better line by line than in a sentence."""
    both = [value for value in (mine, theirs) if isinstance(value, str)]
    return len(both) == 2 and any("\n" in text or len(text) > _LONG for text in both)


def diff_words(old: str, new: str) -> str:
    """The lines that differ, those of `old` behind a "-", those of `new` behind a "+"."""
    lines = [
        f"  {line[0]} {_cut(line[1:])}"
        for line in unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
        if not line.startswith(("---", "+++", "@@"))
    ]
    more = [say("  … and {count} more lines", count=len(lines) - _LINES)] if len(lines) > _LINES else []
    return "\n".join([*lines[:_LINES], *more])


def _cut(line: str) -> str:
    return line if len(line) <= _COLUMNS else f"{line[:_COLUMNS]}…"
