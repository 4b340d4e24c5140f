"""Files that are given for chapters or transcripts, and hold no plain text."""

from __future__ import annotations

import re
from pathlib import Path

from sendung.core.errors import ConfigError, Place
from sendung.core.words import say

_DOCUMENTS = (
    (re.compile(rb"PK\x03\x04"), "a Word document or an archive"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "a Word document"),
    (re.compile(rb"%PDF"), "a PDF"),
    (re.compile(rb"\{\\rtf"), "rich text (RTF)"),
    (re.compile(rb"\d{3}STL\d\d"), "captions of broadcasters (EBU STL)"),
)
"""How they begin; the last as EBU Tech 3264 has it: code page and disk format."""
PAGE = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)


def refuse_documents(path: Path, export: str) -> None:
    """Raise ConfigError for what word processors write; `export` says what to do."""
    try:
        with path.open("rb") as source:
            start = source.read(8)
    except OSError:
        return
    if kind := next((name for magic, name in _DOCUMENTS if magic.match(start)), None):
        raise refused(path, kind, export)


def refused(path: Path, kind: str, export: str) -> ConfigError:
    """The error for a file of another kind."""
    return ConfigError(say("{name} is {kind}, which is not read.", name=path.name, kind=kind), export, Place(path, 1))
