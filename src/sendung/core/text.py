"""Text from files that hosts and their tools write: read it safely, make one clean line of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate, pairwise
from pathlib import Path

from sendung.core.errors import ConfigError, Place
from sendung.core.words import say

MAX_BYTES = 32 * 1024 * 1024
"""No chapter list or transcript is larger; a recording named by mistake is not read into memory."""

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_WHITE_SPACE = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]+")
"""Unicode's categories Cc and Cs, without what is white space."""


def read_text(path: Path, data: bytes | None = None) -> str:
    """The text of a file, UTF-8 (or UTF-16 with a byte order mark), with line feeds only, without the mark.

    `data` are its bytes, where they were read already. Raises ConfigError if it is missing, unreadable, larger than
    MAX_BYTES or not in one of these encodings.
    """
    text = _decode(read_small(path) if data is None else data, path)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_small(path: Path) -> bytes:
    """The bytes of a text file. Raises ConfigError if it is missing, unreadable or larger than MAX_BYTES."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(
                say("{name} is too large to be a text file.", name=path.name), "Name a text file here.", Place(path)
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            say("{name} does not exist.", name=path.name), "Check the name, or add the file.", Place(path)
        ) from None
    except OSError as error:
        hint = "Check that it is a file and that you may read it."
        raise ConfigError(
            say("{name} cannot be read: {strerror}.", name=path.name, strerror=error.strerror), hint, Place(path)
        ) from None


def lines_of_keys(text: str, keys: Iterable[str], count: int) -> list[int]:
    """The lines of a JSON text's entries, by the first of some keys (patterns) that stands in it `count` times.

    All 0 where none does, since such a key stands elsewhere, too.
    """
    for key in keys:
        starts = [0, *(match.start() for match in re.finditer(key, text))]
        if len(starts) == count + 1:
            return list(accumulate((text.count("\n", *span) for span in pairwise(starts)), initial=1))[1:]
    return [0] * count


def clean(text: str) -> str:
    """One line of text: white space (line ends too) to single spaces, control characters and lone surrogates gone."""
    return _WHITE_SPACE.sub(" ", _CONTROLS.sub("", text)).strip()


def _decode(data: bytes, path: Path) -> str:
    mark, encoding = next(((m, e) for m, e in _BYTE_ORDER_MARKS if data.startswith(m)), (b"", "utf-8"))
    body = data[len(mark) :]
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1 if encoding == "utf-8" else 0
        hint = "Save it again with the encoding UTF-8."
        raise ConfigError(say("{name} is not UTF-8 text.", name=path.name), hint, Place(path, line)) from None


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(words: str) -> str:
    """A table cell's text in one line, never a formula (OWASP, "CSV Injection")."""
    line = clean(words)
    return f"'{line}" if line.startswith(_FORMULA) else line
